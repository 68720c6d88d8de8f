package state

import (
	"bytes"
	"context"
	"fmt"
	"time"
)

// Reserve implements [Store]. It returns [ErrFull] where claims in flight alone
// reach the limits.
func (m *Memory) Reserve(_ context.Context, key string, fingerprint [32]byte, lease time.Duration) (Reservation, error) {
	if lease <= 0 {
		return Reservation{}, fmt.Errorf("reserve %q for %v: %w", key, lease, ErrDuration)
	}
	now := m.clock()
	i := m.shardOf(key)
	s := &m.shards[i]
	s.Lock()
	if e := s.find(name{reservation, key}, now); e != nil {
		found := Reservation{Outcome: Mismatch}
		if e.fingerprint == fingerprint {
			found.Outcome = InFlight
			if e.in == &s.settled {
				found = Reservation{Done, e.answer}
				s.settled.refresh(e)
			}
		}
		s.Unlock()
		return found, nil
	}
	e := m.insert(s, &s.inFlight, name{reservation, key}, now)
	e.fingerprint, e.expires = fingerprint, now.Add(lease)
	s.Unlock()
	if m.makeRoom(i, e, now) {
		return Reservation{Outcome: Claimed}, nil
	}
	s.Lock()
	if e.in == &s.inFlight {
		m.drop(s, e)
	}
	s.Unlock()
	return Reservation{}, fmt.Errorf("reserve %q: %w of claims in flight: raise its limits", key, ErrFull)
}

// Complete implements [Store]. It returns [ErrFull], and releases the claim, where the
// answer does not fit within the limits beside the claims in flight.
func (m *Memory) Complete(_ context.Context, key string, fingerprint [32]byte, answer []byte, ttl time.Duration) error {
	if ttl <= 0 {
		return fmt.Errorf("complete %q for %v: %w", key, ttl, ErrDuration)
	}
	kept := bytes.Clone(answer)
	now := m.clock()
	i := m.shardOf(key)
	s := &m.shards[i]
	s.Lock()
	e := s.claim(key, fingerprint, now)
	if e == nil {
		s.Unlock()
		return fmt.Errorf("complete %q: %w", key, ErrNotReserved)
	}
	if int64(len(kept)) > m.bytes-entryBytes { // it would push out everything and still not fit
		m.drop(s, e)
		s.Unlock()
		return fmt.Errorf("complete %q with %d bytes: %w: raise its limits", key, len(kept), ErrFull)
	}
	s.inFlight.remove(e)
	e.answer, e.expires, e.in = kept, now.Add(ttl), &s.settled
	s.settled.push(e)
	m.size.Add(int64(len(kept)))
	s.Unlock()
	if m.makeRoom(i, e, now) {
		return nil
	}
	s.Lock()
	if e.in == &s.settled {
		m.drop(s, e)
	}
	s.Unlock()
	return fmt.Errorf("complete %q with %d bytes: %w: raise its limits", key, len(kept), ErrFull)
}

// Release implements [Store].
func (m *Memory) Release(_ context.Context, key string, fingerprint [32]byte) error {
	now := m.clock()
	s := &m.shards[m.shardOf(key)]
	s.Lock()
	defer s.Unlock()
	if e := s.claim(key, fingerprint, now); e != nil {
		m.drop(s, e)
	}
	return nil
}
