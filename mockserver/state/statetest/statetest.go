// Package statetest holds implementations of [state.Store] to its contract, as
// testing/fstest does with file systems:
//
//	func TestMemory(t *testing.T) {
//		statetest.TestStore(t, func(clock func() time.Time) state.Store {
//			return state.NewMemory(state.WithClock(clock))
//		})
//	}
//
// Run it with the race detector: half of the contract is about callers that come at once.
package statetest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/concord-api/concord/mockserver/state"
)

// TestStore runs every check of the contract as a subtest, each on a store of its own.
// The store that newStore returns must be empty, ask the clock for the time, and have
// room for a few thousand entries. The clock moves only when a check moves it.
func TestStore(t *testing.T, newStore func(clock func() time.Time) state.Store) {
	t.Helper()
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			clock := newClock()
			if err := c.run(t.Context(), newStore(clock.Now), clock); err != nil {
				t.Error(err)
			}
		})
	}
}

// A check is one sentence of the contract.
type check struct {
	name string
	run  func(context.Context, state.Store, *clock) error
}

var checks = append(append(append([]check(nil), counting...), reserving...), sharing...)

// A clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

// Now returns the time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// move turns the clock forward.
func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
