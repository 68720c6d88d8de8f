package statetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/concord-api/concord/mockserver/state"
)

// Callers that come at once, and what each of them asks.
const callers, calls = 16, 50

// sharing are the checks of callers that come at once.
var sharing = []check{
	{"no count is lost or given twice", countsAreExact},
	{"no position is lost or given twice", positionsAreExact},
	{"one of many claims the key", oneClaims},
	{"keys of many callers do not meet", keysAreApart},
	{"a handed-on claim is never held twice", neverHeldTwice},
}

func countsAreExact(ctx context.Context, s state.Store, _ *clock) error {
	return eachOnce(1, func() (int64, error) {
		n, _, err := s.Count(ctx, "k", time.Minute)
		return n, err
	})
}

func positionsAreExact(ctx context.Context, s state.Store, _ *clock) error {
	return eachOnce(0, func() (int64, error) { return s.Advance(ctx, "k") })
}

// eachOnce demands that callers at once get each number from first on exactly once.
func eachOnce(first int64, next func() (int64, error)) error {
	var mu sync.Mutex
	seen := make(map[int64]int)
	err := atOnce(func(int) error {
		for range calls {
			n, err := next()
			if err != nil {
				return err
			}
			mu.Lock()
			seen[n]++
			mu.Unlock()
		}
		return nil
	})
	if err != nil {
		return err
	}
	for n := first; n < first+callers*calls; n++ {
		if seen[n] != 1 {
			return fmt.Errorf("%d was given %d times, want once", n, seen[n])
		}
	}
	return nil
}

func oneClaims(ctx context.Context, s state.Store, _ *clock) error {
	for round := range calls {
		key := fmt.Sprint("k", round)
		var mu sync.Mutex
		got := make(map[state.Outcome]int)
		err := atOnce(func(int) error {
			r, err := s.Reserve(ctx, key, one, time.Minute)
			mu.Lock()
			defer mu.Unlock()
			got[r.Outcome]++
			return err
		})
		if err != nil {
			return err
		}
		if got[state.Claimed] != 1 || got[state.InFlight] != callers-1 {
			return fmt.Errorf("outcomes of %d claims at once: %v, want 1 claimed and the others in flight", callers, got)
		}
	}
	return nil
}

func keysAreApart(ctx context.Context, s state.Store, _ *clock) error {
	return atOnce(func(caller int) error {
		for i := range calls {
			key := fmt.Sprint(caller, "/", i)
			if err := errors.Join(
				wantReserve(ctx, s, key, one, time.Minute, state.Claimed, ""),
				s.Complete(ctx, key, one, []byte(key), time.Hour),
				wantReserve(ctx, s, key, one, time.Minute, state.Done, key),
				wantPosition(ctx, s, key, 0),
			); err != nil {
				return err
			}
		}
		return nil
	})
}

func neverHeldTwice(ctx context.Context, s state.Store, _ *clock) error {
	var mu sync.Mutex
	held := 0
	hold := func(by int) error {
		mu.Lock()
		defer mu.Unlock()
		held += by
		if held > 1 {
			return fmt.Errorf("%d callers hold the same claim", held)
		}
		return nil
	}
	return atOnce(func(int) error {
		for range calls {
			r, err := s.Reserve(ctx, "k", one, time.Minute)
			if err != nil {
				return err
			}
			if r.Outcome != state.Claimed {
				continue
			}
			if err := errors.Join(hold(1), hold(-1), s.Release(ctx, "k", one)); err != nil {
				return err
			}
		}
		return nil
	})
}

// atOnce runs do for each caller and returns their errors when all have ended.
func atOnce(do func(caller int) error) error {
	var group sync.WaitGroup
	errs := make([]error, callers)
	start := make(chan struct{})
	for caller := range callers {
		group.Go(func() {
			<-start
			errs[caller] = do(caller)
		})
	}
	close(start)
	group.Wait()
	return errors.Join(errs...)
}
