package conformance

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/concord-api/concord/scenarios"
)

// rateLimitChecks hold what is told of a limit to sense.
var rateLimitChecks = []*Check{&limitRemaining, &limitReset, &limitFalls}

// limitRemaining demands that no more is left than there was.
var limitRemaining = Check{
	ID:       "rate-limit.remaining",
	Severity: Should,
	Says:     "what remains of a limit is between none and all of it",
	Source:   "the meaning of the headers; IETF draft httpapi-ratelimit-headers §5",
	Why:      "Clients pace themselves by it.",
	Right:    "X-RateLimit-Limit: 600, X-RateLimit-Remaining: 599",
	Wrong:    "X-RateLimit-Limit: 600, X-RateLimit-Remaining: 601",
	For:      anyStep(holdsContract),
	Applies: func(x *Exchange) bool {
		names := x.limitHeaders()
		return names.Limit != "" && x.Response.Header.Get(names.Remaining) != "" && x.Response.Header.Get(names.Limit) != ""
	},
	Run: func(x *Exchange) error {
		names := x.limitHeaders()
		remaining, ok := firstNumber(x.Response.Header.Get(names.Remaining))
		limit, okLimit := firstNumber(x.Response.Header.Get(names.Limit))
		if ok && okLimit && (remaining < 0 || remaining > limit) {
			return &Mismatch{fmt.Sprintf("%s: 0 to %d", names.Remaining, limit), fmt.Sprintf("%s: %d", names.Remaining, remaining)}
		}
		return nil
	},
}

// limitReset demands an end of the window that is ahead.
var limitReset = Check{
	ID:       "rate-limit.reset",
	Severity: Should,
	Says:     "the end of a limit's window lies ahead, within a month",
	Source:   "the script's rate_limit, in Unix seconds; without one, seconds or Unix time",
	Why:      "Clients wait until then: a time gone by makes them hammer, one far ahead makes them stop.",
	Right:    "X-RateLimit-Reset: the Unix time of the end of this minute",
	Wrong:    "X-RateLimit-Reset: 1500000000",
	For:      anyStep(holdsContract),
	Applies:  func(x *Exchange) bool { return x.Response.Header.Get(x.limitHeaders().Reset) != "" },
	Run: func(x *Exchange) error {
		name := x.limitHeaders().Reset
		value := x.Response.Header.Get(name)
		n, ok := firstNumber(value)
		if !ok {
			return nil // headers.schema judges its form
		}
		now := x.Started.Add(x.Took)
		if at, err := http.ParseTime(x.Response.Header.Get("Date")); err == nil {
			now = at // the clock that the value was read from
		}
		at := time.Unix(n, 0)
		if x.limit() == nil || x.limit().Headers.Reset != name {
			switch {
			case n < 1e8:
				at = now.Add(time.Duration(n) * time.Second)
			case n > 1e11:
				at = time.UnixMilli(n)
			}
		}
		if at.Before(now.Add(-5*time.Second)) || at.After(now.AddDate(0, 1, 0)) {
			return &Mismatch{fmt.Sprintf("%s: %d or later", name, now.Unix()), fmt.Sprintf("%s: %s, which is %s", name, value, at.UTC().Format(time.RFC3339))}
		}
		return nil
	},
}

// limitFalls demands that requests count.
var limitFalls = Check{
	ID:       "rate-limit.falls",
	Severity: Should,
	Says:     "what remains of a limit falls from one request to the next within a window",
	Source:   "the script's rate_limit",
	Why:      "A number that stays tells clients that they may go on, until they are shut out.",
	Right:    "X-RateLimit-Remaining: 599, then 598",
	Wrong:    "X-RateLimit-Remaining: 599, then 599",
	For:      topic(RateLimit),
	Applies:  func(x *Exchange) bool { return len(x.earlier) == limitRequests-1 },
	Run: func(x *Exchange) error {
		names, first := x.limitHeaders(), x.earlier[0]
		reset := x.Response.Header.Get(names.Reset)
		took := x.Started.Add(x.Took).Sub(first.Started)
		limit := x.limit()
		if limit == nil || limit.Requests == 0 || took >= limit.Per/time.Duration(limit.Requests) || first.Response.Header.Get(names.Reset) != reset {
			return nil // something may have been given back in between
		}
		var told []string
		falls := true
		last := int64(-1)
		for _, y := range append(x.earlier[:len(x.earlier):len(x.earlier)], x) {
			n, ok := firstNumber(y.Response.Header.Get(names.Remaining))
			if !ok || n == 0 {
				return nil
			}
			told = append(told, strconv.FormatInt(n, 10))
			falls = falls && (last < 0 || n < last)
			last = n
		}
		if !falls {
			return errors.Join(&Mismatch{names.Remaining + ": less with each request", names.Remaining + ": " + strings.Join(told, ", ")})
		}
		return nil
	},
}

// limit is what the script says of limits for the exchange, nil for nothing.
func (x *Exchange) limit() *scenarios.RateLimit {
	limit := x.at.script.Behaviour.RateLimit
	if limit == nil || x.Operation() != nil && limit.Spares(x.Operation()) {
		return nil
	}
	return limit
}

// limitHeaders are the names of the headers that tell of a limit: the script's,
// else those in common use that the answer has.
func (x *Exchange) limitHeaders() scenarios.RateLimitHeaders {
	if limit := x.limit(); limit != nil && limit.Headers.Remaining != "" {
		return limit.Headers
	}
	for _, prefix := range []string{"X-Ratelimit-", "Ratelimit-", "X-Rate-Limit-"} {
		if x.Response.Header.Get(prefix+"Remaining") != "" || x.Response.Header.Get(prefix+"Reset") != "" {
			return scenarios.RateLimitHeaders{Limit: prefix + "Limit", Remaining: prefix + "Remaining", Reset: prefix + "Reset"}
		}
	}
	return scenarios.RateLimitHeaders{}
}

// firstNumber reads the number that a header begins with: "600, 600;w=60".
func firstNumber(value string) (int64, bool) {
	end := strings.IndexFunc(value, func(r rune) bool { return (r < '0' || r > '9') && r != '-' })
	if end < 0 {
		end = len(value)
	} else if !strings.ContainsRune(",; ", rune(value[end])) {
		return 0, false
	}
	n, err := strconv.ParseInt(value[:end], 10, 64)
	return n, err == nil
}
