package state_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/concord-api/concord/mockserver/state"
)

func ExampleMemory_Count() {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	store := state.NewMemory(state.WithClock(func() time.Time { return noon }))
	for range 2 {
		count, resets, err := store.Count(context.Background(), "credential-7", time.Minute)
		fmt.Println(count, resets.Format(time.TimeOnly), err)
	}
	// Output:
	// 1 12:01:00 <nil>
	// 2 12:01:00 <nil>
}

func ExampleMemory_Reserve() {
	ctx := context.Background()
	store := state.NewMemory()
	answer := func(key, request string) string {
		fingerprint := sha256.Sum256([]byte(request))
		r, err := store.Reserve(ctx, key, fingerprint, 30*time.Second)
		if err != nil {
			return err.Error()
		}
		switch r.Outcome {
		case state.Claimed:
			made := []byte("created by " + request)
			if err := store.Complete(ctx, key, fingerprint, made, 24*time.Hour); err != nil && !errors.Is(err, state.ErrNotReserved) {
				return err.Error()
			}
			return string(made)
		case state.Done:
			return "again: " + string(r.Answer)
		}
		return r.Outcome.String()
	}
	fmt.Println(answer("key", "POST /a"))
	fmt.Println(answer("key", "POST /a"))
	fmt.Println(answer("key", "POST /b"))
	// Output:
	// created by POST /a
	// again: created by POST /a
	// mismatch
}
