package state_test

import (
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concord-api/concord/mockserver/state"
)

// parallelism makes 512 goroutines of two processors, as a mock with that many
// connections has.
const parallelism = 256

func BenchmarkCount(b *testing.B) {
	m := state.NewMemory()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := m.Count(b.Context(), "credential", time.Minute); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCountParallel(b *testing.B) {
	for name, keys := range map[string]int{"one key": 1, "64 keys": 64} {
		b.Run(name, func(b *testing.B) {
			m := state.NewMemory()
			var worker atomic.Int64
			b.SetParallelism(parallelism)
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				key := "credential-" + strconv.Itoa(int(worker.Add(1))%keys)
				for pb.Next() {
					if _, _, err := m.Count(b.Context(), key, time.Minute); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

func BenchmarkAdvance(b *testing.B) {
	m := state.NewMemory()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Advance(b.Context(), "scenario/credential"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReplay(b *testing.B) {
	m := state.NewMemory()
	if _, err := m.Reserve(b.Context(), "k", fingerprint, time.Minute); err != nil {
		b.Fatal(err)
	}
	if err := m.Complete(b.Context(), "k", fingerprint, make([]byte, 300), time.Hour); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if r, err := m.Reserve(b.Context(), "k", fingerprint, time.Minute); err != nil || r.Outcome != state.Done {
			b.Fatal(r.Outcome, err)
		}
	}
}

// BenchmarkReserveComplete has a new key each time, so that the store is full for most
// of the run and forgets one for each that comes.
func BenchmarkReserveComplete(b *testing.B) {
	m := state.NewMemory(state.WithEntries(50_000))
	answer := make([]byte, 300)
	var n atomic.Int64
	b.SetParallelism(parallelism)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			key := strconv.FormatInt(n.Add(1), 36)
			if _, err := m.Reserve(b.Context(), key, fingerprint, time.Minute); err != nil {
				b.Error(err)
				return
			}
			if err := m.Complete(b.Context(), key, fingerprint, answer, time.Hour); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
