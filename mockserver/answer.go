package mockserver

import (
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/concord-api/concord/scenarios"
)

// answer is what goes back to a client. One that was made beforehand is shared
// between requests: nobody changes it.
type answer struct {
	status int
	header []field  // names in canonical form, without Content-Length
	length []string // value of Content-Length; nil where the status has none
	body   []byte

	scenario string // what was played, for Concord-Scenario and the log
	delay    time.Duration
	fault    scenarios.Fault
	problem  string // the detail of an error, for the log
	fleeting bool   // not to be remembered for an idempotency key
}

// field is one header, in the form in which [http.Header] holds it.
type field struct {
	name   string
	values []string
}

// set replaces a header, or adds it.
func (a *answer) set(name string, values []string) {
	for i := range a.header {
		if a.header[i].name == name {
			a.header[i].values = values
			return
		}
	}
	a.header = append(a.header, field{name, values})
}

// get returns the first value of a header.
func (a *answer) get(name string) string {
	for _, f := range a.header {
		if f.name == name && len(f.values) > 0 {
			return f.values[0]
		}
	}
	return ""
}

// add takes the headers of h, in the order of their names.
func (a *answer) add(h http.Header) {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		a.set(http.CanonicalHeaderKey(name), h[name])
	}
}

// frame makes Content-Length and Content-Type tell the truth of the body, and
// drops what says something else (RFC 9112 §6).
func (a *answer) frame(contentType string) {
	a.header = slices.DeleteFunc(a.header, func(f field) bool {
		switch f.name {
		case "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Connection", "Trailer":
			return true
		}
		return false
	})
	if !hasBody(a.status) {
		a.body, a.length = nil, nil
		if a.status == http.StatusResetContent {
			a.length = []string{"0"}
		}
		return
	}
	if contentType != "" {
		a.header = append(a.header, field{"Content-Type", []string{contentType}})
	}
	a.measure()
}

// measure makes Content-Length that of the body.
func (a *answer) measure() { a.length = number(len(a.body)) }

// smallNumbers are the values of headers that hold a small number.
var smallNumbers = sync.OnceValue(func() *[4096][]string {
	var out [4096][]string
	texts := make([]string, len(out))
	for i := range out {
		texts[i] = strconv.Itoa(i)
		out[i] = texts[i : i+1 : i+1]
	}
	return &out
})

// number is the value of a header that holds a number. Nobody changes it.
func number(n int) []string {
	if small := smallNumbers(); n >= 0 && n < len(small) {
		return small[n]
	}
	return []string{strconv.Itoa(n)}
}

// hasBody tells whether an answer of a status may have a body (RFC 9110 §6.4.1).
func hasBody(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusResetContent && status != http.StatusNotModified
}
