package conformance

import (
	"fmt"
	"net/http"
)

// headServed demands HEAD wherever there is GET.
var headServed = Check{
	ID:       "head.served",
	Severity: Should,
	Says:     "HEAD is served wherever GET is",
	Source:   "RFC 9110 §9.1",
	Why:      "HEAD is one of the two methods that every server has to support; caches and link checkers use it.",
	Right:    "HEAD /things: 200 OK",
	Wrong:    "HEAD /things: 405 Method Not Allowed",
	For:      topic(Head),
	ByAnswer: true,
	Applies:  isHead,
	Run: func(x *Exchange) error {
		if !headIsServed(x) {
			return &Mismatch{statusText(x.Before(1).Response.Status) + " as for GET", statusText(x.Response.Status)}
		}
		return nil
	},
}

// headStatus demands the status of GET.
var headStatus = Check{
	ID:       "head.status",
	Severity: Must,
	Says:     "HEAD answers with the status of GET",
	Source:   "RFC 9110 §9.3.2",
	Why:      "HEAD tells what GET would answer. Where it says something else, it tells nothing.",
	Right:    "GET /things: 200 OK; HEAD /things: 200 OK",
	Wrong:    "GET /things: 200 OK; HEAD /things: 404 Not Found",
	For:      topic(Head),
	Applies:  headIsServed,
	Run: func(x *Exchange) error {
		if want := x.Before(1).Response.Status; x.Response.Status != want {
			return &Mismatch{statusText(want) + " as for GET", statusText(x.Response.Status)}
		}
		return nil
	},
}

// headHeaders demands the headers of GET that describe what it would send.
var headHeaders = Check{
	ID:       "head.headers",
	Severity: Must,
	Says:     "the headers that HEAD sends are those of GET",
	Source:   "RFC 9110 §9.3.2",
	Why:      "Clients decide by the header of HEAD whether to send GET, so that it must be that of GET.",
	Right:    "Content-Type: application/json for both",
	Wrong:    "Content-Type: application/json for GET, text/html for HEAD",
	For:      topic(Head),
	Applies:  sameStatusAsGet,
	Run: func(x *Exchange) error {
		get, head := x.Before(1).Response.Header, x.Response.Header
		for _, name := range []string{"Content-Type", "Content-Encoding", "Content-Language", "Content-Location"} {
			if got := head.Get(name); got != "" && got != get.Get(name) {
				return &Mismatch{fmt.Sprintf("%s: %s as for GET", name, get.Get(name)), fmt.Sprintf("%s: %s", name, got)}
			}
		}
		return nil
	},
}

// headBody demands a HEAD without content.
var headBody = Check{
	ID:       "head.body",
	Severity: Must,
	Says:     "the answer to HEAD has no content",
	Source:   "RFC 9110 §9.3.2",
	Why:      "Content after the header of HEAD is taken for the next answer on the same connection.",
	Right:    "HEAD /things: the header, and nothing after it",
	Wrong:    "HEAD /things: the header, and [] after it",
	For:      topic(Head),
	Applies:  isHead,
	Run: func(x *Exchange) error {
		if n := len(x.Response.Body); n > 0 {
			return &Mismatch{"no content", fmt.Sprintf("%d bytes", n)}
		}
		return nil
	},
}

func isHead(x *Exchange) bool { return x.Request.Method == http.MethodHead }

func headIsServed(x *Exchange) bool {
	if !isHead(x) {
		return false
	}
	refused := x.Response.Status == http.StatusMethodNotAllowed || x.Response.Status == http.StatusNotImplemented
	return !refused || x.Before(1).Response.Status == x.Response.Status
}

func sameStatusAsGet(x *Exchange) bool {
	return isHead(x) && x.Before(1).Response.Status == x.Response.Status
}
