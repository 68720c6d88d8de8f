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
	For:      topic(Head),
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
