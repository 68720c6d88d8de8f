package conformance

import (
	"bytes"
	"strings"

	"github.com/concord-api/concord/scenarios"
)

// requestIDChecks hold the header that names an exchange to what the script says
// of it. That it is there is the contract's to say: headers.present.
var requestIDChecks = []*Check{&requestIDPrefix, &requestIDFresh}

// requestIDPrefix demands the script's form.
var requestIDPrefix = Check{
	ID:       "request-id.prefix",
	Severity: Should,
	Says:     "request ids begin as the script says",
	Source:   "the script's request_id",
	Why:      "Support asks for the id, and finds it in logs by its form.",
	Right:    "X-Request-Id: req_2f1c…",
	Wrong:    "X-Request-Id: 2f1c…",
	For:      func(c *Case) bool { return c.requestID() != nil && anyStep(holdsContract)(c) },
	Applies:  func(x *Exchange) bool { return x.requestID() != "" },
	Run: func(x *Exchange) error {
		says := x.at.requestID()
		if id := x.requestID(); !strings.HasPrefix(id, says.Prefix) {
			return &Mismatch{says.Header + ": " + says.Prefix + "…", says.Header + ": " + shorten(id, 80)}
		}
		return nil
	},
}

// requestIDFresh demands an id for each request. A request that is sent again may
// be answered from what is kept of the first.
var requestIDFresh = Check{
	ID:       "request-id.fresh",
	Severity: Must,
	Says:     "another request has another request id",
	Source:   "the script's request_id",
	Why:      "An id that two requests share finds neither in a log.",
	Right:    "X-Request-Id: req_1, then X-Request-Id: req_2",
	Wrong:    "X-Request-Id: req_1 for two requests",
	For:      func(c *Case) bool { return c.requestID() != nil && len(c.Steps) > 1 },
	Applies:  func(x *Exchange) bool { return x.requestID() != "" && len(x.earlier) > 0 },
	Run: func(x *Exchange) error {
		id := x.requestID()
		for _, before := range x.earlier {
			if before.requestID() == id && !sameRequest(&before.Request, &x.Request) {
				name := x.at.requestID().Header
				return &Mismatch{name + ": an id of its own", name + ": " + shorten(id, 80) + ", as for " + before.Request.Method + " " + before.Request.URL + " before"}
			}
		}
		return nil
	},
}

// requestID is what the script says of request ids, nil for nothing.
func (c *Case) requestID() *scenarios.RequestID { return c.script.Behaviour.RequestID }

// requestID is the id that the answer names its exchange by.
func (x *Exchange) requestID() string {
	says := x.at.requestID()
	if says == nil || !x.Answered() {
		return ""
	}
	return x.Response.Header.Get(says.Header)
}

func sameRequest(a, b *Request) bool {
	return a.Method == b.Method && a.URL == b.URL && bytes.Equal(a.Body, b.Body)
}
