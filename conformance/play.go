package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/concord-api/concord/scenarios"
)

// maxRepeats bounds how often a request is repeated because the target asked to
// come back later.
const maxRepeats = 5

// player sends the requests of cases.
type player struct {
	builder *builder
	pace    *pace
	maxWait time.Duration
	workers int
	ledger  *ledger

	progress *progress

	controls controls     // of the coverage phase
	standing standing     // things that requests are about
	aside    atomic.Int64 // requests sent for them
	safe     bool         // sends only what changes nothing
	memory   memory       // of what answers said

	silent atomic.Int64 // exchanges without an answer, since the last one with
}

// giveUp is after how many exchanges without an answer in a row the target is
// taken for gone.
const giveUp = 20

// judge reaches the verdicts on what came of a case; take gets it when that is
// done.
type (
	judgeFunc func(c *Case, played *Played)
	takeFunc  func(c *Case, played *Played)
)

// all plays cases, turn by turn: those that may disturb others of their turn
// after these, and one after another. Each is judged as soon as it was played, by
// several goroutines at a time, and taken in the order in which they were sent.
func (p *player) all(ctx context.Context, cases []*Case, judge judgeFunc, take takeFunc) {
	p.progress.start(len(cases))
	defer p.progress.end()
	for now := range turns {
		var together, alone []*Case
		for _, c := range cases {
			switch {
			case c.turn() != now:
			case c.Alone:
				alone = append(alone, c)
			default:
				together = append(together, c)
			}
		}
		if (now == afterwards || now == removal) && p.workers > 1 {
			p.sendControls(ctx, together, p.workers)
		}
		p.round(ctx, together, max(1, p.workers), judge, take)
		p.round(ctx, alone, 1, judge, take)
	}
}

// maxAhead is how many cases are played before the first of them is taken: one
// that takes its time holds up no others, and not too many wait for it.
const maxAhead = 512

// round plays cases, some at a time: those of many steps first, so that none is
// left to be played alone at the end.
func (p *player) round(ctx context.Context, cases []*Case, workers int, judge judgeFunc, take takeFunc) {
	if workers > 1 {
		cases = slices.Clone(cases)
		slices.SortStableFunc(cases, func(a, b *Case) int { return b.weight() - a.weight() })
	}
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		came  = map[int]*Played{} // that wait for earlier ones
		next  int                 // to be taken
		room  = make(chan struct{}, maxAhead)
		queue = make(chan int)
	)
	for range min(workers, len(cases)) {
		wg.Go(func() {
			for i := range queue {
				played := p.play(ctx, cases[i])
				judge(cases[i], played)
				mu.Lock()
				for came[i] = played; came[next] != nil; next++ {
					p.taken(cases[next], came[next], judge, take)
					delete(came, next)
					<-room
				}
				mu.Unlock()
			}
		})
	}
	for i := range cases {
		room <- struct{}{}
		queue <- i
	}
	close(queue)
	wg.Wait()
}

// taken ends a case: what it says is held to what others said before, which may
// change its verdicts.
func (p *player) taken(c *Case, played *Played, judge judgeFunc, take takeFunc) {
	if p.memory.note(c, played) {
		judge(c, played)
	}
	p.progress.played(played)
	take(c, played)
}

// play sends the steps of a case in their order.
func (p *player) play(ctx context.Context, c *Case) *Played {
	c.lend()
	played := &Played{Skip: c.Skip}
	b := p.builder
	for i, step := range c.Steps {
		if played.Skip != "" {
			break
		}
		if step.Together {
			continue // sent with the one before
		}
		if err := ctx.Err(); err != nil {
			played.Skip = "the run was cut short"
			break
		}
		if p.silent.Load() >= giveUp {
			played.Skip = "the target no longer answers"
			break
		}
		if step.trial != nil {
			x := p.try(ctx, step)
			p.repeat(ctx, c, step, x)
			played.Exchanges = append(played.Exchanges, x)
			continue
		}
		var request *Request
		var err error
		b, request, err = p.build(ctx, c, b, step, played.Exchanges)
		var unset *scenarios.UnsetError
		var skip skipError
		switch {
		case errors.Is(err, errEnough):
			return played
		case errors.As(err, &unset):
			played.Skip = unset.Error()
		case errors.As(err, &skip):
			played.Skip = skip.Error()
		case err != nil:
			played.Skip = "its request cannot be made: " + err.Error()
		case p.safe && !safeMethod(request.Method) && !step.Harmless:
			played.Skip = skipUnsafe(request.Method)
		default:
			exchanges, skip := p.atOnce(ctx, c.Steps[i:], request, played.Exchanges)
			x := exchanges[0]
			played.Exchanges = append(played.Exchanges, exchanges...)
			if len(exchanges) == 1 {
				p.repeat(ctx, c, step, x)
			}
			played.Skip = skip
			if skip == "" && step.Setup && !(x.Answered() && step.Expect.Accepts(x.Response.Status)) {
				played.Skip = fmt.Sprintf("its step %q did not come about: wanted %s, got %s", step.Name, step.Expect, cameInShort(x))
			}
			if played.Skip == "" && step.gate != nil && x.Answered() {
				played.Skip = step.gate(x)
			}
			if step.ends != nil && step.ends(x) {
				return played
			}
		}
	}
	if why := played.undecided(); why != "" {
		played.Skip = why
	}
	return played
}

// follow sends a request, and those that its answers lead to. It returns the
// last exchange.
func (p *player) follow(ctx context.Context, step *Step, request *Request, earlier []*Exchange) (x *Exchange, skip string) {
	for n := 1; ; n++ {
		x, skip = p.step(ctx, step, request)
		x.earlier = earlier
		if skip != "" || !x.Answered() || step.follow == nil {
			return x, skip
		}
		next, pause := step.follow(p.builder, x, n)
		if next == nil {
			return x, ""
		}
		if pause > 0 {
			sleep(ctx, pause)
		}
		request = next
	}
}

// step sends a request until there is an answer to judge. skip says why there
// is none.
func (p *player) step(ctx context.Context, step *Step, request *Request) (x *Exchange, skip string) {
	var waits []Wait
	for sent := 1; ; {
		p.pace.wait(ctx)
		x = p.builder.target.send(ctx, request)
		x.Waits, x.step, x.Mock = waits, step, p.builder.mock
		p.ledger.note(p.builder, x)
		if ctx.Err() != nil {
			return x, "the run was cut short"
		}
		if !x.Answered() {
			p.silent.Add(1)
			return x, ""
		}
		p.silent.Store(0)
		if request.Method == http.MethodHead && strings.HasPrefix(x.Response.Proto, "HTTP/1") {
			p.pace.wait(ctx)
			x.Aside++
			x.Response.Body = p.builder.target.afterHeader(ctx, request)
		}
		if !step.Expect.Accepts(x.Response.Status) && sent < step.Burst {
			sent++
			continue
		}
		pause, asked := comeBack(x)
		if !asked || slices.Contains(step.Expect.Status, strconv.Itoa(x.Response.Status)) || step.Burst > 0 {
			return x, ""
		}
		if pause > p.maxWait {
			return x, fmt.Sprintf("throttled: the target answers %d and asks to come back in %s, later than --max-wait %s allows", x.Response.Status, pause, p.maxWait)
		}
		if len(waits) == maxRepeats {
			return x, ""
		}
		waits = append(waits, Wait{x.Response.Status, pause})
		sleep(ctx, pause)
	}
}

// compare holds an answer to the script, with the names of this target.
func (p *player) compare(step *Step, x *Exchange) {
	if step.workflow != nil && x.Answered() {
		x.Unmet = step.workflow.unmet(p.builder, x, step.first)
	}
	if step.Expect.Answer == nil || !x.Answered() {
		return
	}
	env := x.Request.env
	if env == nil {
		env = p.builder.env
	}
	x.Differences = step.Expect.Answer.Check(observed(x), env)
}

// comeBack tells whether an answer asks to repeat the request later, and when.
// A 503 does with Retry-After only; a 429 without one is given a second.
func comeBack(x *Exchange) (time.Duration, bool) {
	value := x.Response.Header.Get("Retry-After")
	after, err := ParseRetryAfter(value, time.Now())
	switch x.Response.Status {
	case http.StatusTooManyRequests:
		if err != nil {
			after = time.Second
		}
		return after, true
	case http.StatusServiceUnavailable:
		return after, err == nil
	}
	return 0, false
}

// ParseRetryAfter reads the value of a Retry-After header, delay-seconds or an
// HTTP date, as a time to wait from now (RFC 9110 §10.2.3). A date in the past
// is no wait.
func ParseRetryAfter(value string, now time.Time) (time.Duration, error) {
	if value == "" {
		return 0, errors.New("header Retry-After is missing")
	}
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, nil
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0, fmt.Errorf("header Retry-After: %q is neither a number of seconds nor an HTTP date", value)
	}
	return max(0, date.Sub(now)), nil
}

// pace spreads requests over time.
type pace struct {
	mu    sync.Mutex
	every time.Duration // 0 sets no limit
	next  time.Time
}

func newPace(rate float64) *pace {
	if rate <= 0 {
		return &pace{}
	}
	return &pace{every: time.Duration(float64(time.Second) / rate)}
}

// wait returns when the next request may go.
func (p *pace) wait(ctx context.Context) {
	if p.every == 0 {
		return
	}
	p.mu.Lock()
	now := time.Now()
	if p.next.Before(now) {
		p.next = now
	}
	slot := p.next
	p.next = p.next.Add(p.every)
	p.mu.Unlock()
	sleep(ctx, slot.Sub(now))
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
