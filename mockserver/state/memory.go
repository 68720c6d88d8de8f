package state

import (
	"context"
	"fmt"
	"hash/maphash"
	"strings"
	"sync/atomic"
	"time"
)

// Defaults of [NewMemory].
const (
	DefaultEntries = 100_000  // counters, positions and reservations together
	DefaultBytes   = 64 << 20 // keys and answers, with an allowance for each entry
)

// Memory is a [Store] in the process's own memory. It is split into shards, so that
// requests with different keys seldom wait for each other, and it is bounded: where a
// limit is reached, what was used least recently is forgotten first, but never a claim
// in flight. (Where entries are spread over several shards, "least recently" is meant
// within the shard of the newcomer.) It starts no goroutine: what has expired is
// dropped when something new comes. It never waits, so it does not look at contexts.
type Memory struct {
	clock   func() time.Time
	entries int64
	bytes   int64
	seed    maphash.Seed
	shards  []shard
	count   atomic.Int64 // entries held
	size    atomic.Int64 // bytes held
}

var _ Store = (*Memory)(nil)

// An Option sets what [NewMemory] has a default for.
type Option func(*Memory)

// WithClock has the store ask for the time here instead of [time.Now].
func WithClock(clock func() time.Time) Option { return func(m *Memory) { m.clock = clock } }

// WithEntries limits how many counters, positions and reservations are held together;
// the default is [DefaultEntries], the least is 1.
func WithEntries(n int) Option { return func(m *Memory) { m.entries = max(1, int64(n)) } }

// WithBytes limits the bytes of keys and answers, each entry counting for about 256
// more; the default is [DefaultBytes], the least is 1 KiB.
func WithBytes(n int64) Option { return func(m *Memory) { m.bytes = max(1<<10, n) } }

// NewMemory returns an empty store.
func NewMemory(options ...Option) *Memory {
	m := &Memory{clock: time.Now, entries: DefaultEntries, bytes: DefaultBytes, seed: maphash.MakeSeed()}
	for _, option := range options {
		option(m)
	}
	m.shards = make([]shard, shardsFor(m.entries))
	for i := range m.shards {
		m.shards[i].clear()
	}
	return m
}

// shardsFor returns a power of two: one shard for a small store, whose order of
// forgetting is then exact, and at most 64.
func shardsFor(entries int64) int {
	n := 1
	for n < 64 && int64(n)*512 < entries {
		n *= 2
	}
	return n
}

// Count implements [Store].
func (m *Memory) Count(_ context.Context, key string, window time.Duration) (int64, time.Time, error) {
	if window <= 0 {
		return 0, time.Time{}, fmt.Errorf("count %q in a window of %v: %w", key, window, ErrDuration)
	}
	now := m.clock()
	i := m.shardOf(key)
	s := &m.shards[i]
	s.Lock()
	e, fresh := m.use(s, name{counter, key}, now)
	if fresh {
		e.expires = now.Add(window)
	}
	e.number++
	count, resets := e.number, e.expires
	s.Unlock()
	if fresh {
		m.makeRoom(i, e, now)
	}
	return count, resets, nil
}

// Advance implements [Store].
func (m *Memory) Advance(_ context.Context, key string) (int64, error) {
	now := m.clock()
	i := m.shardOf(key)
	s := &m.shards[i]
	s.Lock()
	e, fresh := m.use(s, name{position, key}, now)
	at := e.number
	e.number++
	s.Unlock()
	if fresh {
		m.makeRoom(i, e, now)
	}
	return at, nil
}

// use returns the entry of the name, as the most recently used of its shard, and
// whether it is new.
func (m *Memory) use(s *shard, n name, now time.Time) (e *entry, fresh bool) {
	if e := s.find(n, now); e != nil {
		s.settled.refresh(e)
		return e, false
	}
	return m.insert(s, &s.settled, n, now), true
}

// insert adds an entry in place of what may be left of it, and drops what it meets
// that has expired.
func (m *Memory) insert(s *shard, to *list, n name, now time.Time) *entry {
	if old := s.entries[n]; old != nil {
		m.drop(s, old)
	}
	m.dropExpired(s, &s.settled, now)
	m.dropExpired(s, &s.inFlight, now)
	n.key = strings.Clone(n.key) // it may be part of a request's buffer
	e := &entry{name: n, in: to}
	s.entries[n] = e
	to.push(e)
	m.count.Add(1)
	m.size.Add(e.size())
	return e
}

// drop forgets an entry.
func (m *Memory) drop(s *shard, e *entry) {
	delete(s.entries, e.name)
	e.in.remove(e)
	e.in = nil
	m.count.Add(-1)
	m.size.Add(-e.size())
}

// dropExpired drops expired entries from the old end of a list, two at most: more
// than one goes for one that comes, so they do not pile up.
func (m *Memory) dropExpired(s *shard, l *list, now time.Time) {
	for range 2 {
		e := l.oldest()
		if e == nil || !e.expired(now) {
			return
		}
		m.drop(s, e)
	}
}

func (m *Memory) shardOf(key string) int {
	return int(maphash.String(m.seed, key) & uint64(len(m.shards)-1))
}

// Reset implements [Store]. Shards are emptied one after the other: what comes in
// meanwhile may be forgotten or stay.
func (m *Memory) Reset(context.Context) error {
	for i := range m.shards {
		s := &m.shards[i]
		s.Lock()
		for _, e := range s.entries {
			m.count.Add(-1)
			m.size.Add(-e.size())
		}
		s.clear()
		s.Unlock()
	}
	return nil
}

// Len returns how many counters, positions and reservations are held, those that
// have expired and were not met since included.
func (m *Memory) Len() int { return int(m.count.Load()) }

// Size returns the bytes that are held, as [WithBytes] counts them.
func (m *Memory) Size() int64 { return m.size.Load() }
