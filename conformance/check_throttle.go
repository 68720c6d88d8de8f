package conformance

import (
	"net/http"
	"time"
)

// retryAfter demands that a 429 tells the client when to come back.
var retryAfter = Check{
	ID:       "retry-after.readable",
	Severity: Should,
	Says:     "a 429 carries Retry-After, as delay-seconds or an HTTP date",
	Source:   "RFC 6585 §4, RFC 9110 §10.2.3",
	For:      expects("429"),
	Applies:  answers(http.StatusTooManyRequests),
	Run: func(x *Exchange) error {
		_, err := ParseRetryAfter(x.Response.Header.Get("Retry-After"), time.Now())
		return err
	},
}
