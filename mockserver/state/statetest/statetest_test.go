package statetest

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concord-api/concord/mockserver/state"
)

// A faulty store is a right one but for what is overridden.
type faulty struct {
	state.Store
	count    func(n int64, resets time.Time) (int64, time.Time)
	advance  func(key string, n int64) int64
	reserve  func(state.Reservation) state.Reservation
	complete func(context.Context, string, [32]byte, []byte, time.Duration) error
	release  func(context.Context, string, [32]byte) error
	reset    func(context.Context) error
}

func (f *faulty) Count(ctx context.Context, key string, window time.Duration) (int64, time.Time, error) {
	n, resets, err := f.Store.Count(ctx, key, window)
	if f.count != nil {
		n, resets = f.count(n, resets)
	}
	return n, resets, err
}

func (f *faulty) Advance(ctx context.Context, key string) (int64, error) {
	n, err := f.Store.Advance(ctx, key)
	if f.advance != nil {
		n = f.advance(key, n)
	}
	return n, err
}

func (f *faulty) Reserve(ctx context.Context, key string, fingerprint [32]byte, lease time.Duration) (state.Reservation, error) {
	r, err := f.Store.Reserve(ctx, key, fingerprint, lease)
	if f.reserve != nil {
		r = f.reserve(r)
	}
	return r, err
}

func (f *faulty) Complete(ctx context.Context, key string, fingerprint [32]byte, answer []byte, ttl time.Duration) error {
	if f.complete != nil {
		return f.complete(ctx, key, fingerprint, answer, ttl)
	}
	return f.Store.Complete(ctx, key, fingerprint, answer, ttl)
}

func (f *faulty) Release(ctx context.Context, key string, fingerprint [32]byte) error {
	if f.release != nil {
		return f.release(ctx, key, fingerprint)
	}
	return f.Store.Release(ctx, key, fingerprint)
}

func (f *faulty) Reset(ctx context.Context) error {
	if f.reset != nil {
		return f.reset(ctx)
	}
	return f.Store.Reset(ctx)
}

// TestChecksFindFaults breaks a right store in one way at a time. The checks must see
// each, and must pass the store as it was.
func TestChecksFindFaults(t *testing.T) {
	tests := map[string]struct {
		breakIt func(*faulty)
		finder  string // a check that must see it; none for the right store
	}{
		"a right store": {func(*faulty) {}, ""},
		"the window ends a second late": {
			func(f *faulty) {
				f.count = func(n int64, end time.Time) (int64, time.Time) { return n, end.Add(time.Second) }
			}, "a window counts from one and ends when its first count says",
		},
		"the count is that before": {
			func(f *faulty) {
				f.count = func(n int64, end time.Time) (int64, time.Time) { return n - 1, end }
			}, "no count is lost or given twice",
		},
		"the window never ends": {
			func(f *faulty) {
				var total atomic.Int64
				f.count = func(_ int64, end time.Time) (int64, time.Time) { return total.Add(1), end }
			}, "the count at the end of a window opens the next",
		},
		"positions start at one": {
			func(f *faulty) { f.advance = func(_ string, n int64) int64 { return n + 1 } },
			"a sequence starts at zero and moves by one",
		},
		"a position stands still once": {
			func(f *faulty) {
				f.advance = func(_ string, n int64) int64 { return max(0, n-1) }
			}, "no position is lost or given twice",
		},
		"a key is cut at its NUL": {
			func(f *faulty) {
				f.advance = func(key string, n int64) int64 {
					if len(key) > 1 && key[1] == 0 {
						return n + 2
					}
					return n
				}
			}, "any bytes can be a key",
		},
		"two hold one claim": {
			func(f *faulty) {
				f.reserve = func(r state.Reservation) state.Reservation {
					if r.Outcome == state.InFlight {
						r.Outcome = state.Claimed
					}
					return r
				}
			}, "one of many claims the key",
		},
		"a mismatch is taken for in flight": {
			func(f *faulty) {
				f.reserve = func(r state.Reservation) state.Reservation {
					if r.Outcome == state.Mismatch {
						r.Outcome = state.InFlight
					}
					return r
				}
			}, "another request gets a mismatch, in flight and after",
		},
		"the answer loses its last byte": {
			func(f *faulty) {
				f.reserve = func(r state.Reservation) state.Reservation {
					r.Answer = r.Answer[:max(0, len(r.Answer)-1)]
					return r
				}
			}, "an answer comes back byte for byte",
		},
		"the answer is not copied": {
			func(f *faulty) {
				var last atomic.Pointer[[]byte]
				f.complete = func(ctx context.Context, key string, fp [32]byte, answer []byte, ttl time.Duration) error {
					last.Store(&answer)
					return f.Store.Complete(ctx, key, fp, answer, ttl)
				}
				f.reserve = func(r state.Reservation) state.Reservation {
					if r.Outcome == state.Done {
						r.Answer = *last.Load()
					}
					return r
				}
			}, "an answer is copied",
		},
		"an answer is kept forever": {
			func(f *faulty) {
				f.complete = func(ctx context.Context, key string, fp [32]byte, answer []byte, ttl time.Duration) error {
					if ttl > 0 {
						ttl += 1000 * time.Hour
					}
					return f.Store.Complete(ctx, key, fp, answer, ttl)
				}
			}, "an answer is forgotten after its time to live",
		},
		"an answer goes with its lease": {
			func(f *faulty) {
				f.complete = func(ctx context.Context, key string, fp [32]byte, answer []byte, ttl time.Duration) error {
					return f.Store.Complete(ctx, key, fp, answer, min(ttl, time.Second))
				}
			}, "an answer lives longer than the lease of its claim",
		},
		"completing without a claim is accepted": {
			func(f *faulty) {
				f.complete = func(ctx context.Context, key string, fp [32]byte, answer []byte, ttl time.Duration) error {
					_ = f.Store.Complete(ctx, key, fp, answer, ttl)
					return nil
				}
			}, "only the request that holds a claim can end it",
		},
		"release does nothing": {
			func(f *faulty) { f.release = func(context.Context, string, [32]byte) error { return nil } },
			"a released key is free",
		},
		"release of nothing is an error": {
			func(f *faulty) {
				f.release = func(context.Context, string, [32]byte) error { return state.ErrNotReserved }
			}, "a released key is free",
		},
		"reset does nothing": {
			func(f *faulty) { f.reset = func(context.Context) error { return nil } },
			"reset forgets everything",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			failed := make(map[string]bool)
			for _, c := range checks {
				clock := newClock()
				store := &faulty{Store: state.NewMemory(state.WithClock(clock.Now))}
				tt.breakIt(store)
				if err := c.run(t.Context(), store, clock); err != nil {
					failed[c.name] = true
				}
			}
			if tt.finder == "" && len(failed) > 0 {
				t.Errorf("a right store fails %v", failed)
			}
			if tt.finder != "" && !failed[tt.finder] {
				t.Errorf("%q passes; failed: %v", tt.finder, failed)
			}
		})
	}
}
