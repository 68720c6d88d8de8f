package conformance

import "errors"

// answered demands an answer to each request.
var answered = Check{
	ID:         "transport.answered",
	Severity:   Must,
	Says:       "the request is answered",
	Source:     "RFC 9110 §3.4",
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
	Run: func(x *Exchange) error {
		if x.Response.Cut != "" {
			return errors.New(x.Response.Cut)
		}
		return nil
	},
}
