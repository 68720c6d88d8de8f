package mockserver

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/concord-api/concord/mockserver/state"
	"github.com/concord-api/concord/scenarios"
)

// limiter is the script's rate limit: so many requests in each window of time.
// It counts in the clients themselves, without a lock; where the mock was given
// a store to share with others it counts there.
type limiter struct {
	requests int
	per      time.Duration
	by       scenarios.By
	rule     *scenarios.RateLimit
	headers  scenarios.RateLimitHeaders
	everyone client      // who is counted where all are counted together
	shared   state.Store // nil where the mock counts for itself

	detail string // of its error

	limit []string                // value of the header
	reset atomic.Pointer[instant] // the value of the header that was sent last
}

type instant struct {
	at    int64 // Unix milliseconds
	value []string
}

// newLimiter returns nil where the script limits nothing.
// requests, where it is not 0, takes the place of the script's number.
func newLimiter(l *scenarios.RateLimit, requests int, shared state.Store) *limiter {
	if l == nil || l.Per <= 0 {
		return nil
	}
	if requests == 0 {
		requests = l.Requests
	}
	out := &limiter{requests: requests, rule: l, per: max(l.Per, time.Millisecond), by: l.By, headers: l.Headers, shared: shared}
	out.everyone.id = "everyone"
	out.limit = number(requests)
	out.detail = fmt.Sprintf("more than %d requests came within %v; Retry-After says when the next is served", requests, l.Per)
	return out
}

// window counts a client's requests up to its end, which is in the upper bits
// as Unix milliseconds. It is one word so that no lock is needed.
type window struct{ word atomic.Uint64 }

const (
	countBits = 22
	mostCount = 1<<countBits - 1 // a limit above it is never reached
)

func (w *window) end() int64 { return int64(w.word.Load() >> countBits) }

// standing is what a client is told of its limit.
type standing struct {
	end  int64 // of the window, Unix milliseconds
	left int
}

// end returns when the window of a time ends. Windows begin at multiples of
// their length since the epoch.
func (l *limiter) end(now time.Time) int64 {
	per := l.per.Milliseconds()
	return (now.UnixMilli()/per + 1) * per
}

// take counts a request of a client, and tells whether it is within the limit.
func (l *limiter) take(ctx context.Context, c *client, now time.Time) (standing, bool, error) {
	if l.shared != nil {
		count, resets, err := l.shared.Count(ctx, "limit "+c.id, l.per)
		if err != nil {
			return l.look(c, now), true, fmt.Errorf("count a request: %w", err)
		}
		end := resets.UnixMilli()
		c.window.word.Store(uint64(end)<<countBits | uint64(min(count, mostCount)))
		return standing{end, max(l.requests-int(count), 0)}, count <= int64(l.requests), nil
	}
	end := l.end(now)
	for {
		word := c.window.word.Load()
		count := int(word & mostCount)
		if int64(word>>countBits) != end {
			count = 0
		}
		if count >= l.requests {
			return standing{end, 0}, false, nil
		}
		if count < mostCount {
			count++
		}
		if c.window.word.CompareAndSwap(word, uint64(end)<<countBits|uint64(count)) {
			return standing{end, l.requests - count}, true, nil
		}
	}
}

// look tells how a client stands, without counting.
func (l *limiter) look(c *client, now time.Time) standing {
	word := c.window.word.Load()
	if end := int64(word >> countBits); end > now.UnixMilli() {
		return standing{end, max(l.requests-int(word&mostCount), 0)}
	}
	return standing{l.end(now), l.requests}
}

// retryAfter is how long a client waits for the next window, in whole seconds,
// at least one (RFC 9110 §10.2.3).
func (s standing) retryAfter(now time.Time) []string {
	return number(int(max((s.end-now.UnixMilli()+999)/1000, 1)))
}

// stamp sets the headers that tell of the limit; remaining is what is left of it.
func (l *limiter) stamp(h http.Header, s standing, remaining []string) {
	if l.headers.Limit != "" {
		h[l.headers.Limit] = l.limit
	}
	if l.headers.Remaining != "" {
		h[l.headers.Remaining] = remaining
	}
	if l.headers.Reset != "" {
		known := l.reset.Load()
		if known == nil || known.at != s.end {
			// Rounded up: a client that comes then must not be too early.
			known = &instant{s.end, []string{strconv.FormatInt((s.end+999)/1000, 10)}}
			l.reset.Store(known)
		}
		h[l.headers.Reset] = known.value
	}
}

// who returns the client that a request counts for.
func (l *limiter) who(cs *clients, c *client, r *http.Request) *client {
	switch {
	case l.by == scenarios.ByAll:
		return &l.everyone
	case c == nil || l.by == scenarios.ByAddress:
		return cs.address(r)
	}
	return c
}

var tooMany = []int{http.StatusTooManyRequests}

// throttle counts the request against its client's limit: 429 with Retry-After
// where it is used up (RFC 6585 §4).
func (x *exchange) throttle() *answer {
	l := x.server.limiter
	if l == nil || l.rule.Spares(x.op.Operation) {
		return nil
	}
	standing, ok, err := l.take(x.r.Context(), l.who(x.server.clients, x.client, x.r), x.start)
	x.standing, x.counted = standing, true
	if err != nil {
		x.server.log.Error("the rate limit is not kept", "error", err)
		return nil
	}
	if ok {
		return nil
	}
	return x.failAgain(&trouble{
		statuses: tooMany,
		code:     x.server.problems.Code(scenarios.RateLimited),
		detail:   l.detail,
		header:   []field{{"Retry-After", standing.retryAfter(x.start)}},
	})
}
