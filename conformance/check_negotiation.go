package conformance

import (
	"net/http"
	"strings"

	"github.com/concord-api/concord/spec"
)

// negotiationChecks are about media types that do not suit, paths that are not
// quite those of the contract, and time.
var negotiationChecks = []*Check{&acceptsNothing, &unknownTypeRefused, &unknownTypeDocumented, &pathExact, &responseTime}

// acceptsNothing demands 406, or what the contract has all the same.
var acceptsNothing = Check{
	ID:       "negotiation.accept",
	Severity: Should,
	Says:     "an Accept that nothing suits gets 406, or the answer that it would have got without",
	Source:   "RFC 9110 §12.5.1, which lets a server disregard Accept; §15.5.7",
	Why:      "A client that asks for what there is not should hear so, or get what there is; it did nothing wrong.",
	Right:    "406 Not Acceptable, or 200 OK as without Accept",
	Wrong:    "400 Bad Request",
	For:      topic(Negotiation),
	Applies:  hasSetup,
	Run: func(x *Exchange) error {
		before := x.Before(1).Response
		if s := x.Response.Status; s != http.StatusNotAcceptable && s != before.Status {
			return &Mismatch{statusText(http.StatusNotAcceptable) + " or " + statusText(before.Status) + " as without", statusText(s)}
		}
		if x.Response.Status == before.Status && x.MediaType() != mediaType(before.Header.Get("Content-Type")) {
			return &Mismatch{"Content-Type: " + before.Header.Get("Content-Type") + " as without", "Content-Type: " + x.Response.Header.Get("Content-Type")}
		}
		return nil
	},
}

// unknownTypeRefused demands that nobody guesses what a body is.
var unknownTypeRefused = Check{
	ID:       "negotiation.unknown-type",
	Severity: Should,
	Says:     "a body of a media type that the contract does not have is refused with a 4xx",
	Source:   "RFC 9110 §15.5.16; the contract's request body",
	Why:      "A server that guesses what it was sent may guess wrong, or be made to.",
	Right:    "415 Unsupported Media Type",
	Wrong:    "201 Created for a body of application/vnd.unheard-of",
	For:      topic(UnknownType),
	Applies:  func(x *Exchange) bool { return !documents415(x.Case().Operation) },
	Run:      statusExpected,
}

// unknownTypeDocumented demands 415 where the contract promises it.
var unknownTypeDocumented = Check{
	ID:       "negotiation.unsupported-type",
	Severity: Must,
	Says:     "a body of a media type that the contract does not have is refused, with 415 where the contract has it",
	Source:   "RFC 9110 §15.5.16; the contract's 415",
	Why:      "The contract promises 415, and clients tell by it that the type is what is wrong.",
	Right:    "415 Unsupported Media Type",
	Wrong:    "201 Created, or 400 Bad Request, where the contract documents 415",
	For:      func(c *Case) bool { return c.Topic == UnknownType && documents415(c.Operation) },
	Applies:  func(x *Exchange) bool { return !saysNothingIsThere(x) },
	Run:      statusExpected,
}

// saysNothingIsThere tells an answer about the thing that the path names: a
// server may look for it before it looks at the body.
func saysNothingIsThere(x *Exchange) bool {
	op, status := x.Case().Operation, x.Response.Status
	absent := status == http.StatusNotFound || status == http.StatusGone
	return absent && op.Response(status) != nil && strings.Contains(op.Path, "{")
}

func documents415(op *spec.Operation) bool {
	for _, r := range op.Responses {
		if r.Status == "415" {
			return true
		}
	}
	return false
}

// pathExact demands that other paths are not taken for the contract's.
var pathExact = Check{
	ID:       "path.exact",
	Severity: Should,
	Says:     "a path that differs from the contract's by a slash at its end or the case of a letter is another resource, which is not there",
	Source:   "RFC 3986 §6.2.2.1, §6.2.3; RFC 9110 §4.2.3",
	Why:      "Two paths for one resource confuse caches, logs and rules of access that go by paths.",
	Right:    "404 Not Found, or 308 to the path without the slash",
	Wrong:    "200 OK for /customers/",
	For:      topic(OtherPath),
	Applies:  func(x *Exchange) bool { return hasSetup(x) && x.Before(1).Response.Status/100 == 2 },
	Run: func(x *Exchange) error {
		if s := x.Response.Status; s/100 == 2 {
			return &Mismatch{"404, or a redirect to the path of the contract", statusText(s)}
		}
		return nil
	},
}

func hasSetup(x *Exchange) bool { return len(x.earlier) > 0 && x.Before(1).Answered() }

// responseTime demands that answers do not take longer than the run allows.
var responseTime = Check{
	ID:       "response-time",
	Severity: Must,
	Says:     "the answer comes within --max-response-time",
	Source:   "the configuration of the run",
	Why:      "The run was told what is too slow.",
	Right:    "an answer after 80 ms with --max-response-time 500ms",
	Wrong:    "an answer after 2 s with it",
	For:      func(c *Case) bool { return c.longest > 0 },
	Applies: func(x *Exchange) bool {
		a := x.step.Expect.Answer
		return a == nil || !x.Mock // a scripted delay is the mock's to play
	},
	Run: func(x *Exchange) error {
		if limit := x.at.longest; x.Took > limit {
			return &Mismatch{"an answer within " + limit.String(), "one after " + x.Took.String()}
		}
		return nil
	},
}
