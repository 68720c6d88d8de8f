package conformance

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/concord-api/concord/spec/schema"
)

// replayStatus demands the first answer's status.
var replayStatus = Check{
	ID:       "idempotency.status",
	Severity: Must,
	Says:     "the same request and key get the status of the first answer",
	Source:   "the script's idempotency; IETF draft httpapi-idempotency-key-header §2.6",
	Why:      "A client that repeats a request after a timeout wants to know how the first one went, and nothing else.",
	Right:    "201 Created, and 201 Created to the repeated request",
	Wrong:    "201 Created, and 409 Conflict to the repeated request",
	For:      topic(Replay),
	Run: func(x *Exchange) error {
		if want := x.Before(1).Response.Status; x.Response.Status != want {
			return &Mismatch{statusText(want) + " as before", statusText(x.Response.Status)}
		}
		return nil
	},
}

// replayHeaders demands the first answer's headers, but for those of the moment.
var replayHeaders = Check{
	ID:       "idempotency.headers",
	Severity: Must,
	Says:     "the same request and key get the headers of the first answer that bear its meaning",
	Source:   "the script's idempotency; IETF draft httpapi-idempotency-key-header §2.6",
	Why:      "Location and its like are part of the result; a repeated request that gets others leads to another resource.",
	Right:    "Location: /things/1 twice",
	Wrong:    "Location: /things/1, then Location: /things/2",
	For:      topic(Replay),
	Applies:  sameStatusAsFirst,
	Run: func(x *Exchange) error {
		first := x.Before(1).Response.Header
		for _, name := range []string{"Content-Type", "Content-Encoding", "Content-Language", "Content-Location", "Location", "Etag", "Link"} {
			want, got := first.Values(name), x.Response.Header.Values(name)
			if !slices.Equal(want, got) {
				return &Mismatch{fmt.Sprintf("%s: %s as before", name, list(want)), fmt.Sprintf("%s: %s", name, list(got))}
			}
		}
		return nil
	},
}

// replayBody demands the first answer's body, as what it says.
var replayBody = Check{
	ID:       "idempotency.body",
	Severity: Must,
	Says:     "the same request and key get the body of the first answer",
	Source:   "the script's idempotency; IETF draft httpapi-idempotency-key-header §2.6",
	Why:      "The same key stands for the same operation, carried out once. Another body means that it was carried out again.",
	Right:    `{"id":"thing_1"} twice`,
	Wrong:    `{"id":"thing_1"}, then {"id":"thing_2"}`,
	For:      topic(Replay),
	Applies:  sameStatusAsFirst,
	Run: func(x *Exchange) error {
		if want := x.Before(1).Response.Body; !sameValue(want, x.Response.Body) {
			return &Mismatch{shorten(string(want), 300) + " as before", shorten(string(x.Response.Body), 300)}
		}
		return nil
	},
}

// replayBytes demands the first answer's body, byte for byte.
var replayBytes = Check{
	ID:       "idempotency.bytes",
	Severity: Should,
	Says:     "the same request and key get the very bytes of the first answer",
	Source:   "IETF draft httpapi-idempotency-key-header §2.6, which asks for the result and not for its bytes",
	Why:      "Stored answers come back as the same bytes, which signatures and hashes over bodies need. The draft asks for the result only, so that this is a should.",
	Right:    `{"a":1,"b":2} twice`,
	Wrong:    `{"a":1,"b":2}, then {"b":2,"a":1}`,
	For:      topic(Replay),
	Applies: func(x *Exchange) bool {
		return sameStatusAsFirst(x) && sameValue(x.Before(1).Response.Body, x.Response.Body)
	},
	Run: func(x *Exchange) error {
		if want := x.Before(1).Response.Body; !bytes.Equal(want, x.Response.Body) {
			return &Mismatch{shorten(string(want), 300) + " as before", shorten(string(x.Response.Body), 300)}
		}
		return nil
	},
}

// refusesKeyReuse demands that a key stands for one request.
var refusesKeyReuse = Check{
	ID:       "idempotency.reuse-refused",
	Severity: Must,
	Says:     "a key that was used for another request is refused",
	Source:   "the script's idempotency; IETF draft httpapi-idempotency-key-header §2.7",
	Why:      "A key that is used for two different requests is a fault of the client. Answering with the first result would tell it that the second was done.",
	Right:    "the key again with another body: 422 Unprocessable Content",
	Wrong:    "the key again with another body: 201 Created with the first result",
	For:      topic(KeyReuse),
	Run:      statusExpected,
}

func sameStatusAsFirst(x *Exchange) bool { return x.Before(1).Response.Status == x.Response.Status }

// sameValue tells whether two bodies are the same bytes, or the same JSON value.
func sameValue(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, y := schema.Value(slices.Clone(a)), schema.Value(slices.Clone(b))
	return x.Canonicalize() == nil && y.Canonicalize() == nil && bytes.Equal(x, y)
}
