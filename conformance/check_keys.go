package conformance

import (
	"net/http"
)

// keyChecks are about idempotency keys in more than a plain replay.
var keyChecks = []*Check{&keyOnce, &keyForgotten, &errorStatus, &errorBody, &keyLongest, &keyTooLong}

// keyOnce demands one result of two requests that race.
var keyOnce = Check{
	ID:       "idempotency.at-once",
	Severity: Must,
	Says:     "the same request and key twice at the same time give one result: both get it, or one gets 409",
	Source:   "the script's idempotency; IETF draft httpapi-idempotency-key-header §2.6",
	Why:      "Clients that time out send again while the first request still runs: that is when a key is needed most.",
	Right:    "201 Created twice with one id, or 201 Created and 409 Conflict",
	Wrong:    "201 Created twice, with two ids",
	For:      topic(AtOnce),
	Applies: func(x *Exchange) bool {
		return len(x.earlier) == 1 && x.Before(1).Answered() && (x.Response.Status/100 == 2 || x.Before(1).Response.Status/100 == 2)
	},
	Run: func(x *Exchange) error {
		first := x.Before(1)
		switch a, b := first.Response.Status, x.Response.Status; {
		case isBusy(a), isBusy(b):
			return nil
		case a/100 == 2 && b/100 == 2 && sameValue(first.Response.Body, x.Response.Body):
			return nil
		case a/100 == 2 && b/100 == 2:
			return &Mismatch{shorten(string(first.Response.Body), 300) + " as the other", shorten(string(x.Response.Body), 300)}
		default:
			return &Mismatch{"the same result twice, or 409 for one", statusText(a) + " and " + statusText(b)}
		}
	},
}

// isBusy tells whether a status says to try again, as the first still runs.
func isBusy(status int) bool {
	return status == http.StatusConflict || status == http.StatusTooEarly || status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// keyForgotten demands that a refusal which the script has forgotten does not
// use a key up.
var keyForgotten = Check{
	ID:       "idempotency.forgotten",
	Severity: Must,
	Says:     "a key whose request got an answer that is not kept can be used again",
	Source:   "the script's idempotency (forget)",
	Why:      "A client that renews its token and tries again with the same key should get on with it.",
	Right:    "401 without credentials, then 201 with them",
	Wrong:    "401 without credentials, then 401 again with them",
	For:      topic(Forgotten),
	Applies:  aboutKey,
	Run:      keyDid,
}

// aboutKey tells the exchange that decides on a key: that with it where it
// succeeds, else that with another key.
func aboutKey(x *Exchange) bool {
	return x.step.Name == otherKey || x.step.ends != nil && succeeded(x)
}

// keyDid demands that the request was not refused for its key.
func keyDid(x *Exchange) error {
	if x.step.Name != otherKey {
		return nil
	}
	return &Mismatch{statusText(x.Response.Status) + ", as with another key", statusText(x.Before(1).Response.Status)}
}

// errorStatus demands that errors which are kept are replayed.
var errorStatus = Check{
	ID:       "idempotency.error-status",
	Severity: Must,
	Says:     "the same request and key get the error of the first answer again, where it is kept",
	Source:   "the script's idempotency (forget)",
	Why:      "A client that asks again whether its request failed should hear the same.",
	Right:    "404 Not Found, and 404 Not Found again",
	Wrong:    "404 Not Found, and 409 Conflict for the same request",
	For:      topic(ErrorKept),
	Applies:  func(x *Exchange) bool { return x.step.Name == "again" },
	Run: func(x *Exchange) error {
		if want := x.Before(1).Response.Status; x.Response.Status != want {
			return &Mismatch{statusText(want) + " as before", statusText(x.Response.Status)}
		}
		return nil
	},
}

// errorBody demands that they are kept as they were, ids of requests included.
var errorBody = Check{
	ID:       "idempotency.error-body",
	Severity: Should,
	Says:     "an error that is kept is replayed with the body of the first answer",
	Source:   "the script's idempotency (forget); IETF draft httpapi-idempotency-key-header §2.6",
	Why:      "The error's instance and request id lead to what happened the first time.",
	Right:    "the same instance in both errors",
	Wrong:    "another instance in the second error",
	For:      topic(ErrorKept),
	Applies:  func(x *Exchange) bool { return x.step.Name == "again" && sameStatusAsFirst(x) },
	Run:      replayBody.Run,
}

// keyLongest demands that the longest key of the contract does.
var keyLongest = Check{
	ID:       "idempotency.key-longest",
	Severity: Must,
	Says:     "a key as long as the contract allows is taken",
	Source:   "the contract's maxLength of the header",
	Why:      "Clients make keys as long as the contract lets them.",
	Right:    "201 Created with a key of 255 characters, for maxLength 255",
	Wrong:    "422 with it",
	For:      func(c *Case) bool { return c.Topic == KeyLength && c.Steps[0].Expect.Status[0] == "2XX" },
	Applies:  aboutKey,
	Run:      keyDid,
}

// keyTooLong demands that a longer one is refused.
var keyTooLong = Check{
	ID:       "idempotency.key-too-long",
	Severity: Must,
	Says:     "a key longer than the contract allows is refused with a 4xx",
	Source:   "the contract's maxLength of the header",
	Why:      "A key that is cut to size may be another's.",
	Right:    "422 for a key of 256 characters, for maxLength 255",
	Wrong:    "201 Created with it",
	For:      func(c *Case) bool { return c.Topic == KeyLength && c.Steps[0].Expect.Status[0] != "2XX" },
	Run:      statusExpected,
}
