package conformance

import "errors"

// answered demands an answer to each request.
var answered = Check{
	ID:         "transport.answered",
	Severity:   Must,
	Says:       "the request is answered",
	Source:     "RFC 9110 §3.4",
	Why:        "A client that gets nothing cannot tell whether its request was carried out, and has to guess.",
	Right:      "HTTP/1.1 503 Service Unavailable",
	Wrong:      "the connection is closed after the request, before any status line",
	Unanswered: true,
	Run: func(x *Exchange) error {
		if !x.Answered() {
			return &Mismatch{"an HTTP response", x.Err}
		}
		return nil
	},
}

// whole demands that a body comes to the end that its framing promises.
var whole = Check{
	ID:       "transport.whole",
	Severity: Must,
	Says:     "the body comes to its end",
	Source:   "RFC 9112 §6.3, §8; RFC 9113 §8.1.1",
	Why:      "A body that ends early is taken for whole by clients that do not count, and data is lost without an error.",
	Right:    "Content-Length: 27, and 27 bytes follow",
	Wrong:    "Content-Length: 27, and the connection ends after 11 bytes",
	Run: func(x *Exchange) error {
		if x.Response.Cut != "" {
			return errors.New(x.Response.Cut)
		}
		return nil
	},
}
