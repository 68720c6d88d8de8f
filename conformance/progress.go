package conformance

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// How often progress is told: over again on a terminal, in lines elsewhere.
const (
	progressLive  = 100 * time.Millisecond
	progressLines = 10 * time.Second
)

// progress tells how far a run has come while it sends. A nil progress tells
// nothing.
type progress struct {
	w    io.Writer
	live bool // w is a terminal, and one line of it is written over

	mu      sync.Mutex
	total   int
	done    int
	failing int // cases with a broken check so far
	began   time.Time
	told    time.Time
	shown   bool // something is on the line
}

func newProgress(w io.Writer, live bool) *progress {
	if w == nil {
		return nil
	}
	return &progress{w: w, live: live}
}

// start begins to count cases.
func (p *progress) start(total int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total, p.began = total, time.Now()
	p.told = p.began
}

// played counts a case that was played and judged.
func (p *progress) played(played *Played) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if played.broken() {
		p.failing++
	}
	every := progressLines
	if p.live {
		every = progressLive
	}
	now := time.Now()
	if now.Sub(p.told) < every {
		return
	}
	p.told = now
	p.tell(now)
}

func (p *progress) tell(now time.Time) {
	line := fmt.Sprintf("%d of %s, %d failing", p.done, count(p.total, "case"), p.failing)
	if left := remaining(now.Sub(p.began), p.done, p.total); left >= time.Second {
		line += ", about " + left.Round(time.Second).String() + " left"
	}
	if p.live {
		fmt.Fprint(p.w, "\r\x1b[K"+line)
		p.shown = true
		return
	}
	fmt.Fprintln(p.w, line)
}

// remaining is how long the rest takes if it goes on as before.
func remaining(gone time.Duration, done, total int) time.Duration {
	if done == 0 {
		return 0
	}
	return time.Duration(float64(gone) / float64(done) * float64(total-done))
}

// end clears the line.
func (p *progress) end() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}
