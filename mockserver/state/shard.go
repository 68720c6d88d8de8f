package state

import (
	"sync"
	"time"
)

// A kind is one of the spaces that keys live in.
type kind uint8

const (
	counter kind = iota
	position
	reservation
)

// A name is a key in its space.
type name struct {
	kind kind
	key  string
}

// An entry is one thing remembered. Its shard's lock guards it.
type entry struct {
	name        name
	expires     time.Time // zero: never
	number      int64     // of a counter or position
	fingerprint [32]byte  // of a reservation
	answer      []byte    // of a reservation that is done

	in         *list // where it is linked; nil once dropped
	prev, next *entry
}

// entryBytes is what an entry costs beside its key and answer: itself and its place in
// the map.
const entryBytes = 256

func (e *entry) size() int64 { return entryBytes + int64(len(e.name.key)) + int64(len(e.answer)) }

func (e *entry) expired(now time.Time) bool { return !e.expires.IsZero() && !now.Before(e.expires) }

// A shard holds the entries of some keys. It is linked by its address: never copied.
type shard struct {
	sync.Mutex
	entries  map[name]*entry
	settled  list     // may be forgotten, the least recently used first
	inFlight list     // claims, the earliest first
	_        [64]byte // keeps neighbours off this one's cache line
}

// clear empties the shard, whose entries are no longer linked then.
func (s *shard) clear() {
	for _, e := range s.entries {
		e.in = nil
	}
	s.entries = make(map[name]*entry)
	s.settled.init()
	s.inFlight.init()
}

// find returns the entry of the name, unless it has expired.
func (s *shard) find(n name, now time.Time) *entry {
	e := s.entries[n]
	if e == nil || e.expired(now) {
		return nil
	}
	return e
}

// claim returns the claim in flight on the key with the fingerprint.
func (s *shard) claim(key string, fingerprint [32]byte, now time.Time) *entry {
	e := s.find(name{reservation, key}, now)
	if e == nil || e.in != &s.inFlight || e.fingerprint != fingerprint {
		return nil
	}
	return e
}

// A list is a ring of entries around a root. Entries link to each other, so that
// moving one allocates nothing.
type list struct{ root entry }

func (l *list) init() { l.root.next, l.root.prev = &l.root, &l.root }

// push adds an entry at the young end.
func (l *list) push(e *entry) {
	e.prev, e.next = l.root.prev, &l.root
	e.prev.next, e.next.prev = e, e
}

func (l *list) remove(e *entry) {
	e.prev.next, e.next.prev = e.next, e.prev
	e.prev, e.next = nil, nil
}

// refresh moves an entry of the list to the young end.
func (l *list) refresh(e *entry) {
	if e.next != &l.root {
		l.remove(e)
		l.push(e)
	}
}

// oldest returns the entry at the old end; nil of an empty list.
func (l *list) oldest() *entry { return l.oldestBut(nil) }

// oldestBut returns the oldest entry that is not the one spared.
func (l *list) oldestBut(spared *entry) *entry {
	e := l.root.next
	if e == spared {
		e = e.next
	}
	if e == &l.root {
		return nil
	}
	return e
}

// oldestExpired returns the oldest entry that has expired.
func (l *list) oldestExpired(now time.Time) *entry {
	for e := l.root.next; e != &l.root; e = e.next {
		if e.expired(now) {
			return e
		}
	}
	return nil
}
