package conformance

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/concord-api/concord/spec"
)

// marks are the names that one run gives to what it makes.
type marks struct {
	run string // 8 hexadecimal digits, another for each run
	n   atomic.Uint64
}

func newMarks() *marks { return &marks{run: newKey()[:8]} }

func (m *marks) next() uint64 { return m.n.Add(1) }

// text is a name that no other thing has: "concord-7f3a9c1b-12".
func (m *marks) text() string { return fmt.Sprintf("concord-%s-%d", m.run, m.next()) }

// Made is a thing that the run made on the target and could not remove.
type Made struct {
	URL string // where it is
	Why string // why it is still there
}

// Guest tells what a run made on its target, and what it left there.
type Guest struct {
	Run     string // what the names of things made begin with
	Created int    // things that the contract lets a client remove
	Removed int    // of them, also those that a case removed
	Left    []Made
}

// ledger keeps account of what a run makes, so that it can be removed.
type ledger struct {
	resources []*resource
	creators  map[*spec.Operation]*resource

	mu   sync.Mutex
	open []*thing // in the order in which they were made
	seen map[string]bool
}

// thing is one that was made.
type thing struct {
	request  *Request // removes it
	accepted bool     // it may be made later only
	gone     bool
}

func newLedger(doc *spec.Document) *ledger {
	l := &ledger{resources: resources(doc), creators: map[*spec.Operation]*resource{}, seen: map[string]bool{}}
	for _, r := range l.resources {
		if r.remove != nil {
			l.creators[r.create] = r
		}
	}
	return l
}

// note enters what an exchange made or removed.
func (l *ledger) note(b *builder, x *Exchange) {
	if !x.Answered() || x.step == nil {
		return
	}
	if x.Request.Method == http.MethodDelete {
		l.strike(x)
		return
	}
	r := l.creators[operationOf(b, x)]
	if r == nil || x.Request.Method != http.MethodPost || !r.creates(x) {
		return
	}
	request, err := b.item(r, r.remove, x)
	if err != nil {
		return // nothing tells how it is called
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.seen[request.URL] {
		l.seen[request.URL] = true
		l.open = append(l.open, &thing{request: request, accepted: x.Response.Status == http.StatusAccepted})
	}
}

// operationOf is the operation that a request leads to, also where its answer is
// not held to one: a target may make something of a request that it should have
// refused.
func operationOf(b *builder, x *Exchange) *spec.Operation {
	if x.step.Operation != nil || x.Request.Scripted == nil {
		return x.step.Operation
	}
	path, _, _ := strings.Cut(x.Request.Scripted.Path, "?")
	match, err := b.script.Document.Match(x.Request.Method, path)
	if err != nil {
		return nil
	}
	return match.Operation
}

// strike takes out what a DELETE removed.
func (l *ledger) strike(x *Exchange) {
	if !removed(x) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.open {
		if !e.gone && e.request.URL == x.Request.URL {
			e.gone = true
		}
	}
}

// removed tells whether a thing is not there after a DELETE.
func removed(x *Exchange) bool {
	return x.Answered() && (succeeded(x) || missing(x))
}

// tidyTime is how long removing what was made may take in all, also where the
// run was cut short.
const tidyTime = 15 * time.Second

// tidy removes what the run made and no case removed: what lies deepest first,
// as a thing may not go before those that belong to it. A run that was cut short
// tidies up all the same.
func (p *player) tidy(ctx context.Context) *Guest {
	l := p.ledger
	l.mu.Lock()
	open := l.open
	l.open = nil
	l.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
	defer cancel()
	guest := &Guest{Run: "concord-" + p.builder.marks.run, Created: len(open), Removed: len(open)}
	byDepth := map[int][]*thing{}
	var depths []int
	for _, e := range open {
		if e.gone {
			continue
		}
		depth := strings.Count(e.request.URL, "/")
		if byDepth[depth] == nil {
			depths = append(depths, depth)
		}
		byDepth[depth] = append(byDepth[depth], e)
	}
	slices.Sort(depths)
	slices.Reverse(depths)
	for _, depth := range depths {
		guest.Left = append(guest.Left, p.removeAll(ctx, byDepth[depth])...)
	}
	guest.Removed -= len(guest.Left)
	return guest
}

// removeAll removes things, some at a time, and returns those that stay.
func (p *player) removeAll(ctx context.Context, all []*thing) []Made {
	stay := make([]string, len(all))
	var wg sync.WaitGroup
	next := atomic.Int64{}
	for range min(max(1, p.workers), len(all)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(all); i = int(next.Add(1)) - 1 {
				stay[i] = p.removeOne(ctx, all[i])
			}
		})
	}
	wg.Wait()
	var left []Made
	for i, why := range stay {
		if why != "" {
			left = append(left, Made{all[i].request.maskedURL(), why})
		}
	}
	return left
}

// removeOne says why a thing stays, "" where it went.
func (p *player) removeOne(ctx context.Context, e *thing) string {
	if ctx.Err() != nil {
		return fmt.Sprintf("there was no time left: removing takes at most %s", tidyTime)
	}
	x, why := p.step(ctx, &Step{}, e.request)
	switch {
	case e.accepted && missing(x):
		return "its creation was accepted (202), and may come about later"
	case removed(x):
		e.gone = true
		return ""
	case !x.Answered():
		return x.Err
	case why != "":
		return why
	}
	return "DELETE was answered " + statusText(x.Response.Status)
}
