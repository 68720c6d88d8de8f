package state_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concord-api/concord/mockserver/state"
	"github.com/concord-api/concord/mockserver/state/statetest"
)

func TestMemoryIsAStore(t *testing.T) {
	for name, options := range map[string][]state.Option{
		"with the default limits": nil,
		"in one shard":            {state.WithEntries(5000), state.WithBytes(8 << 20)},
	} {
		t.Run(name, func(t *testing.T) {
			statetest.TestStore(t, func(clock func() time.Time) state.Store {
				return state.NewMemory(append(options, state.WithClock(clock))...)
			})
		})
	}
}

func TestMemoryForgetsTheLeastRecentlyUsed(t *testing.T) {
	m := state.NewMemory(state.WithEntries(3))
	for _, key := range []string{"a", "b", "c", "a", "d"} { // a is used again, so b goes
		advance(t, m, key)
	}
	if m.Len() != 3 {
		t.Errorf("Len = %d, want 3", m.Len())
	}
	for key, want := range map[string]int64{"a": 2, "c": 1, "d": 1} {
		if at := advance(t, m, key); at != want {
			t.Errorf("position of %s = %d, want %d", key, at, want)
		}
	}
	if at := advance(t, m, "b"); at != 0 {
		t.Errorf("position of b = %d: it should have been forgotten", at)
	}
}

func TestMemoryNeverForgetsAClaimInFlight(t *testing.T) {
	var now time.Time
	m := state.NewMemory(state.WithEntries(2), state.WithClock(func() time.Time { return now }))
	reserve(t, m, "first", state.Claimed)
	reserve(t, m, "second", state.Claimed)
	for i := range 100 {
		advance(t, m, fmt.Sprint(i))
	}
	reserve(t, m, "first", state.InFlight)
	reserve(t, m, "second", state.InFlight)
	if n := m.Len(); n > 3 {
		t.Errorf("Len = %d, want the limit and at most the newcomer", n)
	}
	if _, err := m.Reserve(t.Context(), "third", fingerprint, time.Minute); !errors.Is(err, state.ErrFull) {
		t.Errorf("a claim beyond the limit: error %v, want ErrFull", err)
	}
	now = now.Add(time.Minute)
	reserve(t, m, "third", state.Claimed) // the leases are over
	reserve(t, m, "fourth", state.Claimed)
}

func TestMemoryFindsAnEndedLeaseBehindALongOne(t *testing.T) {
	var now time.Time
	m := state.NewMemory(state.WithEntries(2), state.WithClock(func() time.Time { return now }))
	if _, err := m.Reserve(t.Context(), "long", fingerprint, time.Hour); err != nil {
		t.Fatal(err)
	}
	reserve(t, m, "short", state.Claimed)
	now = now.Add(2 * time.Minute)
	reserve(t, m, "next", state.Claimed)
	reserve(t, m, "long", state.InFlight)
}

func TestMemoryHoldsItsBytes(t *testing.T) {
	const limit = 64 << 10
	m := state.NewMemory(state.WithBytes(limit))
	answer := make([]byte, 5000)
	for i := range 100 {
		key := fmt.Sprint(i)
		reserve(t, m, key, state.Claimed)
		if err := m.Complete(t.Context(), key, fingerprint, answer, time.Hour); err != nil {
			t.Fatal(err)
		}
		if m.Size() > limit {
			t.Fatalf("Size = %d, over the limit of %d", m.Size(), limit)
		}
	}
	if n := m.Len(); n < 8 {
		t.Errorf("only %d of 12 that fit are held", n)
	}
	reserve(t, m, "99", state.Done)

	reserve(t, m, "large", state.Claimed)
	if err := m.Complete(t.Context(), "large", fingerprint, make([]byte, limit), time.Hour); !errors.Is(err, state.ErrFull) {
		t.Errorf("an answer as large as the limit: error %v, want ErrFull", err)
	}
	reserve(t, m, "large", state.Claimed) // it was released
	reserve(t, m, "99", state.Done)       // and pushed nothing out
}

func TestMemoryDropsWhatHasExpired(t *testing.T) {
	now := time.Unix(0, 0)
	m := state.NewMemory(state.WithEntries(100), state.WithClock(func() time.Time { return now }))
	for i := range 10_000 {
		if _, _, err := m.Count(t.Context(), fmt.Sprint(i), time.Second); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Second / 4)
	}
	if n := m.Len(); n > 5 {
		t.Errorf("%d counters are held where 4 windows are open at a time", n)
	}
}

func TestMemoryAccountsForWhatItHolds(t *testing.T) {
	m := state.NewMemory(state.WithEntries(2000), state.WithBytes(400<<10))
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 2000 {
				key := fmt.Sprint(worker%3, "/", i*i%977)
				advance(t, m, key)
				if r, err := m.Reserve(t.Context(), key, fingerprint, time.Minute); err != nil || r.Outcome != state.Claimed {
					continue
				}
				if i%5 == 0 {
					_ = m.Release(t.Context(), key, fingerprint)
				} else if err := m.Complete(t.Context(), key, fingerprint, make([]byte, i), time.Hour); err != nil && !errors.Is(err, state.ErrFull) && !errors.Is(err, state.ErrNotReserved) {
					t.Error(err)
				}
				if i%700 == 0 {
					_ = m.Reset(t.Context())
				}
			}
		})
	}
	group.Wait()
	if m.Len() > 2000 || m.Size() > 400<<10 {
		t.Errorf("%d entries, %d bytes are held, over the limits", m.Len(), m.Size())
	}
	if err := m.Reset(t.Context()); err != nil || m.Len() != 0 || m.Size() != 0 {
		t.Errorf("after a reset %d entries, %d bytes are held, error %v", m.Len(), m.Size(), err)
	}
}

func TestMemoryDoesNotGrow(t *testing.T) {
	m := state.NewMemory(state.WithEntries(1000))
	fill := func() uint64 {
		for i := range 50_000 {
			advance(t, m, strings.Repeat("k", 50)+fmt.Sprint(i))
		}
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	first := fill()
	if second := fill(); second > first+1<<20 {
		t.Errorf("the heap grows from %d to %d bytes over the same keys", first, second)
	}
	runtime.KeepAlive(m)
}

func TestMemoryAllocatesNothingForAKnownKey(t *testing.T) {
	m := state.NewMemory()
	ctx := t.Context()
	if n := testing.AllocsPerRun(1000, func() {
		_, _, _ = m.Count(ctx, "k", time.Hour)
		_, _ = m.Advance(ctx, "k")
	}); n != 0 {
		t.Errorf("Count and Advance allocate %v times", n)
	}
	reserve(t, m, "k", state.Claimed)
	if err := m.Complete(ctx, "k", fingerprint, []byte("answer"), time.Hour); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(1000, func() {
		_, _ = m.Reserve(ctx, "k", fingerprint, time.Minute)
	}); n != 0 {
		t.Errorf("a replay allocates %v times", n)
	}
}

var fingerprint = [32]byte{1}

func advance(t *testing.T, m *state.Memory, key string) int64 {
	t.Helper()
	at, err := m.Advance(t.Context(), key)
	if err != nil {
		t.Errorf("Advance(%q): %v", key, err)
	}
	return at
}

func reserve(t *testing.T, m *state.Memory, key string, want state.Outcome) {
	t.Helper()
	r, err := m.Reserve(t.Context(), key, fingerprint, time.Minute)
	if err != nil || r.Outcome != want {
		t.Fatalf("Reserve(%q) = %v, error %v; want %v", key, r.Outcome, err, want)
	}
}
