package state

import (
	"context"
	"errors"
	"time"
)

// A Store remembers. Its methods are safe for concurrent use, each is atomic, and
// each returns an error only where it could not do its work: then nothing has changed,
// as far as the store can tell.
type Store interface {
	// Count adds one to the counter of the key and returns the count, the added one
	// included, with the end of its window. A window opens with its first count and
	// lasts as long as that call says; the first count at or after its end opens
	// the next.
	Count(ctx context.Context, key string, window time.Duration) (count int64, resets time.Time, err error)

	// Advance returns the position of the key's sequence, 0 at first, and moves it
	// by one.
	Advance(ctx context.Context, key string) (position int64, err error)

	// Reserve claims the key for the request with the fingerprint, unless it is
	// taken; see [Outcome]. A claim that is neither completed nor released ends when
	// its lease is over, as if it had been released.
	Reserve(ctx context.Context, key string, fingerprint [32]byte, lease time.Duration) (Reservation, error)

	// Complete gives a claimed key its answer, and remembers it for the time to live.
	// It returns [ErrNotReserved] where no claim with the fingerprint is in flight: it
	// has ended, or was completed already. Of two requests with the same fingerprint,
	// the second of which began after the first one's lease, the one that completes
	// first gives the answer. Where the answer does not fit, it returns [ErrFull], and
	// the claim is released. The answer is copied.
	Complete(ctx context.Context, key string, fingerprint [32]byte, answer []byte, ttl time.Duration) error

	// Release gives up a claim and remembers nothing. It does nothing where no claim
	// with the fingerprint is in flight, so that it can be deferred.
	Release(ctx context.Context, key string, fingerprint [32]byte) error

	// Reset forgets everything.
	Reset(ctx context.Context) error
}

// A Reservation is what [Store.Reserve] found.
type Reservation struct {
	Outcome Outcome
	Answer  []byte // of Done: the answer as completed; not to be modified
}

// An Outcome tells whether a key could be claimed.
type Outcome uint8

// The outcomes of a reservation.
const (
	Claimed  Outcome = iota + 1 // the key was free; it is the caller's now
	InFlight                    // the same request is being answered
	Done                        // the same request has been answered
	Mismatch                    // another request holds the key, in flight or done
)

// String returns the outcome in words.
func (o Outcome) String() string {
	switch o {
	case Claimed:
		return "claimed"
	case InFlight:
		return "in flight"
	case Done:
		return "done"
	case Mismatch:
		return "mismatch"
	}
	return "no outcome"
}

// Errors of a Store.
var (
	// ErrNotReserved says that there is no claim to complete.
	ErrNotReserved = errors.New("no claim with this fingerprint is in flight")
	// ErrFull says that what should be remembered does not fit within the store's limits.
	ErrFull = errors.New("the store is full")
	// ErrDuration says that a window, lease or time to live is not positive.
	ErrDuration = errors.New("the duration is not positive")
)
