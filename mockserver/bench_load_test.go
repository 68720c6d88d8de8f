package mockserver_test

import (
	"encoding/json"
	"net"
	"runtime"
	"testing"
	"time"
)

// heldMemory is the memory that a server holds: its heap after a collection.
// Memory that the runtime keeps for later is not counted.
func heldMemory() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkConnections reports the throughput with 512 connections as a ratio of
// that with 32, in turns: no lock is taken by all. What a bare handler loses is
// what the connections cost themselves.
func BenchmarkConnections(b *testing.B) {
	for name, q := range benchRequests {
		b.Run(name, func(b *testing.B) {
			h, err := benchContracts[q.contract]()
			if err != nil {
				b.Fatal(err)
			}
			feed, err := json.Marshal(record(b, h, q))
			if err != nil {
				b.Fatal(err)
			}
			runtime.GOMAXPROCS(1)
			defer runtime.GOMAXPROCS(runtime.NumCPU())
			var lanes []*lane
			for _, s := range []*served{start(b, q.contract, nil), start(b, "bare", feed)} {
				lanes = append(lanes, &lane{connections: s.connections}, &lane{connections: s.connect(b, 512)})
			}
			wire := q.wire()
			const batch = 512 * 16
			for n := 0; n < b.N || n == 0; n += batch {
				for _, l := range lanes {
					d, err := loadOver(l.connections, wire, batch)
					if err != nil {
						b.Fatal(err)
					}
					l.took += d
				}
			}
			b.ReportMetric(float64(lanes[0].took)/float64(lanes[1].took), "ratio")
			b.ReportMetric(float64(lanes[2].took)/float64(lanes[3].took), "bare-ratio")
		})
	}
}

// lane is some connections, and the time that requests over them took.
type lane struct {
	connections []net.Conn
	took        time.Duration
}

// BenchmarkGrowth reports how much the memory that a mock holds grows by a
// request. Run it with -benchtime 1000000x: what must be remembered (limits,
// keys) is remembered for a while only, and only so much of it.
func BenchmarkGrowth(b *testing.B) {
	for name, q := range benchRequests {
		b.Run(name, func(b *testing.B) {
			mock := start(b, q.contract, nil)
			wire := q.wire()
			if err := mock.load(wire, 32*500); err != nil { // what is made once
				b.Fatal(err)
			}
			before, err := mock.ask(askMemory)
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			if err := mock.load(wire, b.N); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			after, err := mock.ask(askMemory)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(before)/1e6, "MB-before")
			b.ReportMetric(float64(after)/1e6, "MB-after")
		})
	}
}
