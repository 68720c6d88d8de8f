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
	Why:      "Without it each client chooses its own delay, and all of them come back too early. RFC 6585 lets a server leave it out, so that this is a should.",
	Right:    "429 Too Many Requests\nRetry-After: 30",
	Wrong:    "429 Too Many Requests\nRetry-After: soon",
	For:      expects("429"),
	Applies:  answers(http.StatusTooManyRequests),
	Run: func(x *Exchange) error {
		_, err := ParseRetryAfter(x.Response.Header.Get("Retry-After"), time.Now())
		return err
	},
}
