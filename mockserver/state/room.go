package state

import "time"

// full tells whether a limit is passed.
func (m *Memory) full() bool {
	return m.count.Load() > m.entries || m.size.Load() > m.bytes
}

// makeRoom forgets entries until the limits hold, and tells whether they do. It
// begins with the shard of the newcomer, which it spares, and locks one shard at a
// time. Where nothing settled is left, it looks for claims whose lease is over.
func (m *Memory) makeRoom(first int, newcomer *entry, now time.Time) bool {
	if !m.full() {
		return true
	}
	for _, take := range []func(*shard) *entry{
		func(s *shard) *entry { return s.settled.oldestBut(newcomer) },
		func(s *shard) *entry { return s.inFlight.oldestExpired(now) },
	} {
		for i := range m.shards {
			if !m.full() {
				return true
			}
			m.takeFrom(&m.shards[(first+i)%len(m.shards)], take)
		}
	}
	return !m.full()
}

func (m *Memory) takeFrom(s *shard, take func(*shard) *entry) {
	s.Lock()
	defer s.Unlock()
	for m.full() {
		e := take(s)
		if e == nil {
			return
		}
		m.drop(s, e)
	}
}
