package conformance

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// headerChecks look at headers beyond their schemas.
var headerChecks = []*Check{&headersSingle, &dateThere, &dateSane, &locationReadable, &retryAfterAhead}

// headersSingle demands one line of what can have one value only.
var headersSingle = Check{
	ID:       "headers.single",
	Severity: Must,
	Says:     "a header that has one value comes once",
	Source:   "RFC 9110 §5.3",
	Why:      "Recipients differ in which line they take, and between a proxy and a server that can be used for attacks.",
	Right:    "Content-Type: application/json",
	Wrong:    "Content-Type: application/json, and a second line Content-Type: text/html",
	Run: func(x *Exchange) error {
		names := singular
		if d := x.Documented(); d != nil {
			names = slices.Clone(names)
			for _, p := range d.Headers {
				if p.Schema != nil && oneValue(p.Schema) {
					names = append(names, http.CanonicalHeaderKey(p.Name))
				}
			}
		}
		var found []error
		for _, name := range names {
			if values := x.Response.Header[name]; len(values) > 1 {
				found = append(found, &Mismatch{"one line of " + name, fmt.Sprintf("%d: %s", len(values), strings.Join(values, " | "))})
			}
		}
		return errors.Join(found...)
	},
}

// singular are the headers of RFC 9110 and RFC 9111 that are no lists.
var singular = []string{"Age", "Content-Length", "Content-Location", "Content-Range", "Content-Type", "Date", "Etag", "Expires", "Last-Modified", "Location", "Retry-After", "Server"}

// oneValue tells whether a header's schema takes a number, a boolean, or text
// that is of one form: not an array, and not text that may hold commas.
func oneValue(s *schema.Schema) bool {
	for _, part := range inPlace(s) {
		if part.Types&(schema.TypeArray|schema.TypeObject) != 0 {
			return false
		}
	}
	return slices.ContainsFunc(inPlace(s), func(p *schema.Schema) bool {
		return p.Types&(schema.TypeInteger|schema.TypeNumber|schema.TypeBoolean) != 0 || p.Format != ""
	})
}

// dateThere demands the time of the answer.
var dateThere = Check{
	ID:       "date.present",
	Severity: Should,
	Says:     "an answer carries Date",
	Source:   "RFC 9110 §6.6.1, for origin servers with a clock",
	Why:      "Caches reckon ages by it, and clients correct their clocks.",
	Right:    "Date: Wed, 25 Nov 2026 18:00:00 GMT",
	Wrong:    "an answer without Date",
	Applies:  func(x *Exchange) bool { return x.Response.Status/100 > 1 && x.Response.Status/100 < 5 },
	Run: func(x *Exchange) error {
		if x.Response.Header.Get("Date") == "" {
			return errors.New("header Date is missing")
		}
		return nil
	},
}

// dateSane demands a time that can be read and is about now.
var dateSane = Check{
	ID:       "date.sane",
	Severity: Should,
	Says:     "Date is an HTTP date of about now",
	Source:   "RFC 9110 §5.6.7, §6.6.1",
	Why:      "Caches that believe it keep answers too long or not at all.",
	Right:    "Date: Wed, 25 Nov 2026 18:00:00 GMT, about now",
	Wrong:    "Date: Thu, 01 Jan 1970 00:00:00 GMT",
	Applies: func(x *Exchange) bool {
		return x.Response.Header.Get("Date") != "" && x.Response.Header.Get("Age") == ""
	},
	Run: func(x *Exchange) error {
		value := x.Response.Header.Get("Date")
		at, err := http.ParseTime(value)
		if err != nil {
			return &Mismatch{"an HTTP date", "Date: " + value}
		}
		if at.Before(x.Started.Add(-clockSkew)) || at.After(x.Started.Add(x.Took+clockSkew)) {
			return &Mismatch{"about " + x.Started.UTC().Format(http.TimeFormat), "Date: " + value}
		}
		return nil
	},
}

// locationReadable demands a Location that can be followed.
var locationReadable = Check{
	ID:       "location.readable",
	Severity: Must,
	Says:     "Location is a URI reference",
	Source:   "RFC 9110 §10.2.2; RFC 3986 §4.1",
	Why:      "Clients resolve it to find what was made, and cannot.",
	Right:    "Location: /customers/cust_1",
	Wrong:    "Location: http:// not a place",
	For: anyStep(func(s *Step) bool {
		return slices.ContainsFunc(expected(s), func(r *spec.Response) bool {
			return r.Status == "201" || r.Status == "202" || r.Status == "default" || r.Status[0] == '3' || strings.EqualFold(r.Status, "2XX")
		})
	}),
	Applies: func(x *Exchange) bool { _, there := x.Response.Header["Location"]; return there },
	Run: func(x *Exchange) error {
		value := x.Response.Header.Get("Location")
		u, err := url.Parse(value)
		if value == "" || err != nil || strings.ContainsAny(value, " <>\"{}|\\^`") {
			return &Mismatch{"a URI reference", "Location: " + value}
		}
		if (u.Scheme == "http" || u.Scheme == "https") && u.Host == "" {
			return &Mismatch{"a host in the URI", "Location: " + value}
		}
		return nil
	},
}

// retryAfterAhead demands that the time to come back has not gone by.
var retryAfterAhead = Check{
	ID:       "retry-after.ahead",
	Severity: Must,
	Says:     "Retry-After, where it comes, can be read and does not lie in the past",
	Source:   "RFC 9110 §10.2.3",
	For: anyStep(func(s *Step) bool {
		return s.trial != nil || contains(s.Expect.Status, "429") || contains(s.Expect.Status, "503")
	}),
	Why:     "A client that obeys it comes back at once, and again, which is what it was to prevent.",
	Right:   "Retry-After: 5",
	Wrong:   "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT",
	Applies: func(x *Exchange) bool { return x.Response.Header.Get("Retry-After") != "" },
	Run: func(x *Exchange) error {
		value := x.Response.Header.Get("Retry-After")
		if _, err := ParseRetryAfter(value, x.Started); err != nil {
			return err
		}
		if at, err := http.ParseTime(value); err == nil && at.Before(x.Started.Add(-5*time.Minute)) {
			return &Mismatch{"a date that is ahead of " + x.Started.UTC().Format(http.TimeFormat), "Retry-After: " + value}
		}
		return nil
	},
}
