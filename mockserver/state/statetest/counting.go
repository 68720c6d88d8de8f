package statetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/concord-api/concord/mockserver/state"
)

// counting are the checks of Count, Advance and Reset.
var counting = []check{
	{"a window counts from one and ends when its first count says", countsFromOne},
	{"the count at the end of a window opens the next", opensTheNextWindow},
	{"counters of different keys do not meet", countersAreApart},
	{"a window that is not positive is refused", refusesWindow},
	{"a sequence starts at zero and moves by one", advancesByOne},
	{"a position does not expire", positionsStay},
	{"the same key in another space is another thing", spacesAreApart},
	{"any bytes can be a key", anyKey},
	{"reset forgets everything", resets},
}

func countsFromOne(ctx context.Context, s state.Store, c *clock) error {
	end := c.Now().Add(time.Minute)
	for i := range int64(3) {
		if err := wantCount(ctx, s, "k", time.Minute, i+1, end); err != nil {
			return err
		}
		c.move(19 * time.Second)
	}
	return wantCount(ctx, s, "k", time.Hour, 4, end) // another length counts from the next window on
}

func opensTheNextWindow(ctx context.Context, s state.Store, c *clock) error {
	start := c.Now()
	if err := wantCount(ctx, s, "k", time.Minute, 1, start.Add(time.Minute)); err != nil {
		return err
	}
	c.move(time.Minute - time.Millisecond)
	if err := wantCount(ctx, s, "k", time.Minute, 2, start.Add(time.Minute)); err != nil {
		return fmt.Errorf("just before the end: %w", err)
	}
	c.move(time.Millisecond)
	if err := wantCount(ctx, s, "k", time.Minute, 1, start.Add(2*time.Minute)); err != nil {
		return fmt.Errorf("at the end: %w", err)
	}
	c.move(time.Hour)
	if err := wantCount(ctx, s, "k", time.Minute, 1, c.Now().Add(time.Minute)); err != nil {
		return fmt.Errorf("long after the end: %w", err)
	}
	return nil
}

func countersAreApart(ctx context.Context, s state.Store, c *clock) error {
	for _, key := range []string{"a", "b", "", "a "} {
		if err := wantCount(ctx, s, key, time.Minute, 1, c.Now().Add(time.Minute)); err != nil {
			return err
		}
	}
	return wantCount(ctx, s, "a", time.Minute, 2, c.Now().Add(time.Minute))
}

func refusesWindow(ctx context.Context, s state.Store, c *clock) error {
	for _, window := range []time.Duration{0, -time.Second} {
		if _, _, err := s.Count(ctx, "k", window); !errors.Is(err, state.ErrDuration) {
			return fmt.Errorf("store: Count in a window of %v: error %v, want ErrDuration", window, err)
		}
	}
	return wantCount(ctx, s, "k", time.Minute, 1, c.Now().Add(time.Minute))
}

func advancesByOne(ctx context.Context, s state.Store, _ *clock) error {
	for i := range int64(5) {
		if err := wantPosition(ctx, s, "k", i); err != nil {
			return err
		}
	}
	return wantPosition(ctx, s, "other", 0)
}

func positionsStay(ctx context.Context, s state.Store, c *clock) error {
	if err := wantPosition(ctx, s, "k", 0); err != nil {
		return err
	}
	c.move(1000 * time.Hour)
	return wantPosition(ctx, s, "k", 1)
}

func spacesAreApart(ctx context.Context, s state.Store, c *clock) error {
	return errors.Join(
		wantCount(ctx, s, "k", time.Minute, 1, c.Now().Add(time.Minute)),
		wantPosition(ctx, s, "k", 0),
		wantReserve(ctx, s, "k", one, time.Minute, state.Claimed, ""),
		wantCount(ctx, s, "k", time.Minute, 2, c.Now().Add(time.Minute)),
		wantPosition(ctx, s, "k", 1),
		wantReserve(ctx, s, "k", one, time.Minute, state.InFlight, ""),
	)
}

func anyKey(ctx context.Context, s state.Store, _ *clock) error {
	for _, key := range []string{"", " ", "a:b", "a\x00b", "\xff\xfe", "{a}*?[b]\r\n", string(make([]byte, 5000))} {
		for i := range int64(2) {
			if err := wantPosition(ctx, s, key, i); err != nil {
				return err
			}
		}
	}
	return nil
}

func resets(ctx context.Context, s state.Store, c *clock) error {
	minute := c.Now().Add(time.Minute)
	for range 2 {
		if err := errors.Join(
			wantCount(ctx, s, "k", time.Minute, 1, minute),
			wantPosition(ctx, s, "k", 0),
			wantReserve(ctx, s, "done", one, time.Minute, state.Claimed, ""),
			s.Complete(ctx, "done", one, []byte("answer"), time.Hour),
			wantReserve(ctx, s, "in flight", one, time.Minute, state.Claimed, ""),
			s.Reset(ctx),
		); err != nil {
			return err
		}
	}
	if err := s.Complete(ctx, "in flight", one, nil, time.Hour); !errors.Is(err, state.ErrNotReserved) {
		return fmt.Errorf("store: Complete of a claim from before the reset: error %v, want ErrNotReserved", err)
	}
	return nil
}

func wantCount(ctx context.Context, s state.Store, key string, window time.Duration, count int64, resets time.Time) error {
	n, end, err := s.Count(ctx, key, window)
	if err != nil {
		return fmt.Errorf("Count(%.20q, %v): %w", key, window, err)
	}
	if n != count || !end.Equal(resets) {
		return fmt.Errorf("Count(%.20q, %v) = %d until %v, want %d until %v", key, window, n, end, count, resets)
	}
	return nil
}

func wantPosition(ctx context.Context, s state.Store, key string, position int64) error {
	at, err := s.Advance(ctx, key)
	if err != nil {
		return fmt.Errorf("Advance(%.20q): %w", key, err)
	}
	if at != position {
		return fmt.Errorf("Advance(%.20q) = %d, want %d", key, at, position)
	}
	return nil
}
