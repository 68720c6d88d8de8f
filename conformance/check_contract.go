package conformance

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/concord-api/concord/conformance/coverage"
	"github.com/concord-api/concord/spec"
)

// holdsContract tells whether an answer is held to the contract at all.
func holdsContract(s *Step) bool { return s.Operation != nil }

// documented tells whether the contract says anything of the answer's status.
func documented(x *Exchange) bool { return x.Documented() != nil }

// documentedType tells whether it says anything of its media type.
func documentedType(x *Exchange) bool {
	d := x.Documented()
	return d != nil && d.MediaType(x.Response.Header.Get("Content-Type")) != nil
}

// statusDocumented demands a status that the contract has.
var statusDocumented = Check{
	ID:       "status.documented",
	Severity: Must,
	Says:     "the status is documented",
	Source:   "OpenAPI 3.1 §4.8.16",
	Why:      "Clients are written from the contract. A status that it does not name is one that no client handles.",
	Right:    "documented: 200, 404; it answers 404",
	Wrong:    "documented: 200, 404; it answers 418",
	ByAnswer: true,
	For:      anyStep(holdsContract),
	Applies: func(x *Exchange) bool {
		return x.Operation() != nil && !spared(x) && !fellOver(x)
	},
	Run: func(x *Exchange) error {
		if documented(x) {
			return nil
		}
		return &Mismatch{"one of " + x.Operation().Statuses(), statusText(x.Response.Status)}
	},
}

// refusalDocumented asks for the statuses that HTTP itself gives to a request
// which the suite provoked a refusal by: no credentials, a body that cannot be
// read. Few contracts name them all, and a server is right to send them.
var refusalDocumented = Check{
	ID:       "status.refusal-documented",
	Severity: Should,
	Says:     "the status of a refusal is documented",
	Source:   "OpenAPI 3.1 §4.8.16: known errors are expected to be documented",
	Why:      "A refusal that HTTP demands, such as 401 without credentials, is right all the same; partners handle it better where the contract tells of it.",
	Right:    "documented: 200, 401; it answers 401 to a request without credentials",
	Wrong:    "documented: 200; it answers 401 to a request without credentials",
	ByAnswer: true,
	For:      anyStep(holdsContract),
	Applies: func(x *Exchange) bool {
		return x.Operation() != nil && x.step.trial == nil && spared(x) && !httpItself(x.Response.Status)
	},
	Run: statusDocumented.Run,
}

// spared tells whether a status that the contract may lack is no fault of the
// server: it is what the case provoked and HTTP has for it.
func spared(x *Exchange) bool {
	status, expect := x.Response.Status, x.step.Expect
	if x.step.trial != nil {
		return x.step.trial.spares(status)
	}
	return status/100 == 4 && expect.Answer == nil && len(expect.Status) > 0 && expect.Accepts(status)
}

// fellOver tells an answer of the coverage phase that [noServerError] speaks of:
// that its status is not documented either is no finding of its own.
func fellOver(x *Exchange) bool {
	return noServerError.Applies(x) && x.Response.Status >= http.StatusInternalServerError
}

// mediaTypeDocumented demands a media type that the contract has for the status.
var mediaTypeDocumented = Check{
	ID:       "media-type.documented",
	Severity: Must,
	Says:     "the media type is documented for the status",
	Source:   "OpenAPI 3.1 §4.8.17",
	Why:      "A client chooses its parser by the media type, and has none for one that is not documented.",
	Right:    "documented: application/json; Content-Type: application/json; charset=utf-8",
	Wrong:    "documented: application/json; Content-Type: text/html",
	For:      anyStep(holdsContract),
	Applies:  documented,
	Run:      violationOf(func(v spec.Violation) bool { return v.Keyword == spec.KeywordMediaType }),
}

// bodyPresent demands a body where the contract has one.
var bodyPresent = Check{
	ID:       "body.present",
	Severity: Must,
	Says:     "a body comes where one is documented",
	Source:   "OpenAPI 3.1 §4.8.17",
	Why:      "A client that the contract promises a body will read one, and fail on none.",
	Right:    `200 OK with {"id":1}`,
	Wrong:    "200 OK with Content-Length: 0, where a body is documented",
	For:      anyStep(expectsBody),
	Applies:  documented,
	Run: func(x *Exchange) error {
		if len(x.Response.Body) > 0 {
			return nil
		}
		return violationOf(func(v spec.Violation) bool { return v.In == spec.BodyPart && v.Keyword == spec.KeywordRequired })(x)
	},
}

// bodyReadable demands a body that its media type can be read from.
var bodyReadable = Check{
	ID:       "body.readable",
	Severity: Must,
	Says:     "the body can be read as its media type",
	Source:   "RFC 8259 §2, §8.1; the registration of the media type",
	Why:      "What cannot be parsed is lost as a whole.",
	Right:    `{"name":"Ana"}`,
	Wrong:    `{"name":"Ana",}`,
	For:      anyStep(expectsBody),
	Applies:  documentedType,
	Run:      violationOf(func(v spec.Violation) bool { return v.In == spec.BodyPart && v.Keyword == spec.KeywordSyntax }),
}

// bodySchema demands a body that its schema accepts.
var bodySchema = Check{
	ID:       "body.schema",
	Severity: Must,
	Says:     "the body is valid against its schema",
	Source:   "OpenAPI 3.1 §4.8.14",
	Why:      "Generated clients take the schema for granted: a missing member or another type is an exception in their code.",
	Right:    `type: integer; {"total":3}`,
	Wrong:    `type: integer; {"total":"3"}`,
	For:      anyStep(expectsBody),
	Applies:  func(x *Exchange) bool { return documentedType(x) && len(x.Response.Body) > 0 && !givesBackWrong(x) },
	Run: violationOf(func(v spec.Violation) bool {
		return v.In == spec.BodyPart && v.Keyword != spec.KeywordSyntax && v.Keyword != spec.KeywordMediaType
	}),
}

// givesBackWrong tells an answer to what should have been refused and was not: it
// may hold what was sent, so that its faults are the request's.
func givesBackWrong(x *Exchange) bool {
	return x.step != nil && x.step.trial != nil && x.step.trial.at != nil && x.step.trial.at.Want != coverage.Accept && succeeded(x)
}

// headersPresent demands the response headers that the contract requires.
var headersPresent = Check{
	ID:       "headers.present",
	Severity: Must,
	Says:     "each header that the contract requires is there",
	Source:   "OpenAPI 3.1 §4.8.21 (required)",
	Why:      "A header that the contract requires is one that clients read without asking whether it is there.",
	Right:    "X-Total is required: X-Total: 3",
	Wrong:    "X-Total is required, and is missing",
	For:      anyStep(expectsHeaders),
	Applies:  documented,
	Run: violationOf(func(v spec.Violation) bool {
		return v.In == spec.HeaderPart && v.Keyword == spec.KeywordRequired && v.Pointer == ""
	}),
}

// headersSchema demands response headers that their schemas accept.
var headersSchema = Check{
	ID:       "headers.schema",
	Severity: Must,
	Says:     "each documented header is valid against its schema",
	Source:   "OpenAPI 3.1 §4.8.21",
	Why:      "Headers carry numbers and dates that clients parse; their schemas say which.",
	Right:    "schema: integer; X-Total: 3",
	Wrong:    "schema: integer; X-Total: many",
	For:      anyStep(expectsHeaders),
	Applies:  documented,
	Run: violationOf(func(v spec.Violation) bool {
		return v.In == spec.HeaderPart && v.Keyword != spec.KeywordMediaType && !(v.Keyword == spec.KeywordRequired && v.Pointer == "")
	}),
}

// violationOf returns a Run that lists violations of some kind.
func violationOf(is func(spec.Violation) bool) func(*Exchange) error {
	return func(x *Exchange) error {
		var found []error
		for _, v := range x.violations() {
			if is(v) {
				found = append(found, &violationError{v, describeViolation(v, x)})
			}
		}
		return errors.Join(found...)
	}
}

// describeViolation is a violation with the value at its place.
func describeViolation(v spec.Violation, x *Exchange) string {
	text := v.String()
	switch {
	case v.In == spec.BodyPart && v.Keyword != spec.KeywordSyntax && v.Keyword != spec.KeywordMediaType:
		if at := valueAt(x.Response.Body, v.Pointer); at != "" && v.Pointer != "" {
			text += ": it is " + shorten(at, 120)
		}
	case v.In == spec.HeaderPart && v.Keyword != spec.KeywordRequired && v.Name != "":
		text += fmt.Sprintf(": it is %q", shorten(x.Response.Header.Get(v.Name), 120))
	}
	return text
}

// expected lists what the contract says of the statuses that a step expects.
func expected(s *Step) []*spec.Response {
	if s.Operation == nil {
		return nil
	}
	if len(s.Expect.Status) == 0 {
		return s.Operation.Responses
	}
	var out []*spec.Response
	for _, r := range s.Operation.Responses {
		if slices.ContainsFunc(s.Expect.Status, func(status string) bool { return overlap(status, r.Status) }) {
			out = append(out, r)
		}
	}
	return out
}

// overlap tells whether a status can fall under both patterns.
func overlap(a, b string) bool {
	if a == "default" || b == "default" {
		return true
	}
	wide := strings.HasSuffix(strings.ToUpper(a), "XX") || strings.HasSuffix(strings.ToUpper(b), "XX")
	return strings.EqualFold(a, b) || wide && a[0] == b[0]
}

func expectsBody(s *Step) bool {
	return slices.ContainsFunc(expected(s), func(r *spec.Response) bool { return len(r.Content) > 0 })
}

func expectsHeaders(s *Step) bool {
	return slices.ContainsFunc(expected(s), func(r *spec.Response) bool { return len(r.Headers) > 0 })
}

func expectsProblem(s *Step) bool {
	return slices.ContainsFunc(expected(s), func(r *spec.Response) bool { return problemType(r) })
}
