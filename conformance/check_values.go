package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// bodyURLs demands URLs that somebody can follow.
var bodyURLs = Check{
	ID:       "body.urls",
	Severity: Should,
	Says:     "each URL in the body is absolute and whole: it has a host, and nothing in it was left to fill in",
	Source:   "RFC 3986 §3, §4.3; RFC 9110 §4.2.1; the contract's format uri",
	Why:      "A client follows what it is given, and an empty host or a place that was not filled in leads nowhere.",
	Right:    "https://capture.example.com/sessions/9",
	Wrong:    "https://undefined/sessions/9",
	For:      anyStep(expectsBody),
	Applies:  isJSONAnswer,
	Run: placesThat(func(x *Exchange, p bodyPlace) string {
		text, ok := p.hasFormat("uri", "url", "iri")
		if !ok || text == "" {
			return ""
		}
		u, err := url.Parse(text)
		switch {
		case err != nil:
			return "is no URL: " + innermost(err)
		case u.Scheme != "http" && u.Scheme != "https":
			return "" // body.schema judges the form of other URIs
		case u.Host == "" || u.Hostname() == "":
			return "has no host"
		case u.Hostname() == "undefined" || u.Hostname() == "null" || u.Hostname() == "none":
			return "has a host that was not filled in"
		case strings.ContainsAny(text, "{}"):
			return "has a place that was not filled in"
		case slices.ContainsFunc(strings.Split(u.Path, "/"), func(s string) bool { return s == "undefined" || s == "[object Object]" || s == "<nil>" }):
			return "has a segment that was not filled in"
		}
		return ""
	}),
}

// bodyDatesAhead demands that what was just made does not end in the past.
var bodyDatesAhead = Check{
	ID:       "body.dates-ahead",
	Severity: Should,
	Says:     "what an answer to a creation says of when it ends lies ahead",
	Source:   "the names of the contract's members of format date-time, or in Unix time (expires_at, valid_until …)",
	Why:      "What has ended before it was made is of no use, and mostly a clock or a unit that is wrong.",
	Right:    "expires_at half an hour from now",
	Wrong:    "expires_at 1970-01-01T00:00:00Z",
	For:      anyStep(func(s *Step) bool { return expectsBody(s) && s.Operation.Method == http.MethodPost }),
	Applies: func(x *Exchange) bool {
		return isJSONAnswer(x) && x.Request.Method == http.MethodPost && x.Response.Status/100 == 2 && x.Operation() != nil
	},
	Run: placesThat(func(x *Exchange, p bodyPlace) string {
		at, ok := moment(p)
		if !ok || !saysEnd(p.name) || isSample(x, p) || at.After(x.Started.Add(-clockSkew)) {
			return ""
		}
		return "lies in the past"
	}),
}

// bodyDatesPast demands that what has happened lies behind.
var bodyDatesPast = Check{
	ID:       "body.dates-past",
	Severity: Should,
	Says:     "what an answer says of when something was made or changed does not lie ahead",
	Source:   "the names of the contract's members of format date-time, or in Unix time (created_at, updated_at …)",
	Why:      "Clients sort and page by these, and a date ahead hides what comes after it.",
	Right:    "created_at a moment ago",
	Wrong:    "created_at in the year 2999",
	For:      anyStep(expectsBody),
	Applies:  isJSONAnswer,
	Run: placesThat(func(x *Exchange, p bodyPlace) string {
		at, ok := moment(p)
		if !ok || !saysPast(p.name) || isSample(x, p) || at.Before(x.Started.Add(x.Took+clockSkew)) {
			return ""
		}
		return "lies ahead"
	}),
}

// clockSkew is how far the clocks of a target and of this machine may be apart.
const clockSkew = 26 * time.Hour // a time zone that was forgotten is no absurd date

// placesThat returns a Run that lists the places of a body which something is
// wrong with; wrong says what, "" for nothing.
func placesThat(wrong func(x *Exchange, p bodyPlace) string) func(*Exchange) error {
	return func(x *Exchange) error {
		var found []error
		for _, p := range bodyPlaces(x) {
			if text := wrong(x, p); text != "" {
				found = append(found, &violationError{
					spec.Violation{In: spec.BodyPart, Pointer: p.pointer, Keyword: "format", Detail: text},
					fmt.Sprintf("body %s %s: it is %q", p.pointer, text, shorten(fmt.Sprint(p.value), 120)),
				})
			}
		}
		return errors.Join(found...)
	}
}

// moment reads a value that the contract says is a date and time, or a whole
// number that is the Unix time of one, in seconds or milliseconds.
func moment(p bodyPlace) (time.Time, bool) {
	if number, ok := p.value.(json.Number); ok {
		n, err := number.Int64()
		switch {
		case err != nil || n < 1e8:
			return time.Time{}, false
		case n > 1e11:
			return time.UnixMilli(n), true
		}
		return time.Unix(n, 0), true
	}
	text, ok := p.hasFormat("date-time")
	if !ok {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339, text)
	return at, err == nil
}

// isSample tells whether a value may be an example of the contract, which was
// true when it was written: one of the mock's that no scenario names.
func isSample(x *Exchange, p bodyPlace) bool {
	if !x.Mock {
		return false
	}
	a := x.step.Expect.Answer
	return a == nil || a.Status != x.Response.Status || !claimsAny(a.Claims(), scenarios.ClaimMember) || !contains(a.Claims().Members, p.pointer)
}

func saysEnd(name string) bool {
	return contains([]string{"expiresat", "expireson", "expirydate", "expiry", "expiration", "expirationdate", "expiresdate", "validuntil", "validto", "notafter"}, plain(name))
}

func saysPast(name string) bool {
	return contains([]string{"createdat", "createdon", "updatedat", "updatedon", "modifiedat", "registeredat", "insertedat", "lastmodified"}, plain(name))
}
