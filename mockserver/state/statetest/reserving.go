package statetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/concord-api/concord/mockserver/state"
)

// Fingerprints of two requests, which differ only at the end.
var one, two = [32]byte{31: 1}, [32]byte{31: 2}

// reserving are the checks of Reserve, Complete and Release.
var reserving = []check{
	{"a claim is in flight until it is completed", inFlightUntilDone},
	{"another request gets a mismatch, in flight and after", mismatches},
	{"an answer comes back byte for byte", keepsBytes},
	{"an answer is copied", copiesAnswer},
	{"an answer is forgotten after its time to live", forgetsAnswer},
	{"an answer lives longer than the lease of its claim", outlivesLease},
	{"a released key is free", releases},
	{"only the request that holds a claim can end it", onlyTheHolder},
	{"an answer cannot be replaced or released", answersAreFinal},
	{"an abandoned claim ends with its lease", leaseEnds},
	{"the answer of a request that outlived its lease is the first one completed", lateAnswer},
	{"a lease or time to live that is not positive is refused", refusesDurations},
}

func inFlightUntilDone(ctx context.Context, s state.Store, _ *clock) error {
	return errors.Join(
		wantReserve(ctx, s, "k", one, time.Minute, state.Claimed, ""),
		wantReserve(ctx, s, "k", one, time.Minute, state.InFlight, ""),
		wantReserve(ctx, s, "other", one, time.Minute, state.Claimed, ""),
		s.Complete(ctx, "k", one, []byte("answer"), time.Hour),
		wantReserve(ctx, s, "k", one, time.Minute, state.Done, "answer"),
		wantReserve(ctx, s, "k", one, time.Minute, state.Done, "answer"),
		wantReserve(ctx, s, "other", one, time.Minute, state.InFlight, ""),
	)
}

func mismatches(ctx context.Context, s state.Store, _ *clock) error {
	return errors.Join(
		wantReserve(ctx, s, "k", one, time.Minute, state.Claimed, ""),
		wantReserve(ctx, s, "k", two, time.Minute, state.Mismatch, ""),
		s.Complete(ctx, "k", one, []byte("answer"), time.Hour),
		wantReserve(ctx, s, "k", two, time.Minute, state.Mismatch, ""),
		wantReserve(ctx, s, "k", one, time.Minute, state.Done, "answer"),
	)
}

func keepsBytes(ctx context.Context, s state.Store, _ *clock) error {
	var all []byte
	for i := range 256 {
		all = append(all, byte(i))
	}
	for key, answer := range map[string][]byte{"empty": nil, "all": all, "large": bytes.Repeat(all, 400)} {
		if err := errors.Join(
			wantReserve(ctx, s, key, one, time.Minute, state.Claimed, ""),
			s.Complete(ctx, key, one, answer, time.Hour),
			wantReserve(ctx, s, key, one, time.Minute, state.Done, string(answer)),
		); err != nil {
			return err
		}
	}
	return nil
}

func copiesAnswer(ctx context.Context, s state.Store, _ *clock) error {
	answer := []byte("answer")
	err := errors.Join(
		wantReserve(ctx, s, "k", one, time.Minute, state.Claimed, ""),
		s.Complete(ctx, "k", one, answer, time.Hour),
	)
	answer[0] = 'X'
	return errors.Join(err, wantReserve(ctx, s, "k", one, time.Minute, state.Done, "answer"))
}

func forgetsAnswer(ctx context.Context, s state.Store, c *clock) error {
	err := errors.Join(
		wantReserve(ctx, s, "k", one, time.Minute, state.Claimed, ""),
		s.Complete(ctx, "k", one, []byte("answer"), time.Hour),
	)
	c.move(time.Hour - time.Millisecond)
	err = errors.Join(err, wantReserve(ctx, s, "k", one, time.Minute, state.Done, "answer")) // which does not prolong it
	c.move(time.Millisecond)
	return errors.Join(err, wantReserve(ctx, s, "k", two, time.Minute, state.Claimed, ""))
}

func outlivesLease(ctx context.Context, s state.Store, c *clock) error {
	err := errors.Join(
		wantReserve(ctx, s, "k", one, time.Second, state.Claimed, ""),
		s.Complete(ctx, "k", one, []byte("answer"), time.Hour),
	)
	c.move(time.Minute)
	return errors.Join(err, wantReserve(ctx, s, "k", one, time.Second, state.Done, "answer"))
}

func releases(ctx context.Context, s state.Store, _ *clock) error {
	return errors.Join(
		s.Release(ctx, "k", one), // of nothing
		wantReserve(ctx, s, "k", one, time.Minute, state.Claimed, ""),
		s.Release(ctx, "k", one),
		s.Release(ctx, "k", one),
		wantReserve(ctx, s, "k", two, time.Minute, state.Claimed, ""),
	)
}

func onlyTheHolder(ctx context.Context, s state.Store, _ *clock) error {
	return errors.Join(
		wantNotReserved(ctx, s, "k", one),
		wantReserve(ctx, s, "k", one, time.Minute, state.Claimed, ""),
		wantNotReserved(ctx, s, "k", two),
		s.Release(ctx, "k", two),
		wantReserve(ctx, s, "k", one, time.Minute, state.InFlight, ""),
		s.Complete(ctx, "k", one, []byte("answer"), time.Hour),
	)
}

func answersAreFinal(ctx context.Context, s state.Store, _ *clock) error {
	return errors.Join(
		wantReserve(ctx, s, "k", one, time.Minute, state.Claimed, ""),
		s.Complete(ctx, "k", one, []byte("answer"), time.Hour),
		wantNotReserved(ctx, s, "k", one),
		wantNotReserved(ctx, s, "k", two),
		s.Release(ctx, "k", one),
		wantReserve(ctx, s, "k", one, time.Minute, state.Done, "answer"),
	)
}

func leaseEnds(ctx context.Context, s state.Store, c *clock) error {
	err := wantReserve(ctx, s, "k", one, time.Minute, state.Claimed, "")
	c.move(time.Minute - time.Millisecond)
	err = errors.Join(err, wantReserve(ctx, s, "k", one, time.Hour, state.InFlight, "")) // which does not prolong it
	c.move(time.Millisecond)
	return errors.Join(err,
		wantNotReserved(ctx, s, "k", one),
		wantReserve(ctx, s, "k", two, time.Minute, state.Claimed, ""),
		s.Release(ctx, "k", one),
		wantReserve(ctx, s, "k", two, time.Minute, state.InFlight, ""),
	)
}

func lateAnswer(ctx context.Context, s state.Store, c *clock) error {
	err := wantReserve(ctx, s, "k", one, time.Minute, state.Claimed, "")
	c.move(time.Minute)
	return errors.Join(err,
		wantReserve(ctx, s, "k", one, time.Minute, state.Claimed, ""),
		s.Complete(ctx, "k", one, []byte("first"), time.Hour),
		wantNotReserved(ctx, s, "k", one),
		wantReserve(ctx, s, "k", one, time.Minute, state.Done, "first"),
	)
}

func refusesDurations(ctx context.Context, s state.Store, _ *clock) error {
	for _, d := range []time.Duration{0, -time.Second} {
		if _, err := s.Reserve(ctx, "k", one, d); !errors.Is(err, state.ErrDuration) {
			return fmt.Errorf("store: Reserve for %v: error %v, want ErrDuration", d, err)
		}
		if err := wantReserve(ctx, s, "k", one, time.Minute, state.Claimed, ""); err != nil {
			return err
		}
		if err := s.Complete(ctx, "k", one, nil, d); !errors.Is(err, state.ErrDuration) {
			return fmt.Errorf("store: Complete for %v: error %v, want ErrDuration", d, err)
		}
		if err := s.Release(ctx, "k", one); err != nil {
			return err
		}
	}
	return nil
}

func wantReserve(ctx context.Context, s state.Store, key string, fingerprint [32]byte, lease time.Duration, outcome state.Outcome, answer string) error {
	r, err := s.Reserve(ctx, key, fingerprint, lease)
	if err != nil {
		return fmt.Errorf("Reserve(%q, …%d): %w", key, fingerprint[31], err)
	}
	if r.Outcome != outcome || string(r.Answer) != answer {
		return fmt.Errorf("Reserve(%q, …%d) = %v %.20q, want %v %.20q", key, fingerprint[31], r.Outcome, r.Answer, outcome, answer)
	}
	return nil
}

func wantNotReserved(ctx context.Context, s state.Store, key string, fingerprint [32]byte) error {
	if err := s.Complete(ctx, key, fingerprint, []byte("not reserved"), time.Hour); !errors.Is(err, state.ErrNotReserved) {
		return fmt.Errorf("Complete(%q, …%d) without a claim: error %v, want ErrNotReserved", key, fingerprint[31], err)
	}
	return nil
}
