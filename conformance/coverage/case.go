package coverage

import (
	"fmt"

	"github.com/concord-api/concord/spec"
)

// Want is what a case wants of a server.
type Want string

// What cases want.
const (
	Accept  Want = "accept"  // the request is valid
	Refuse  Want = "refuse"  // it breaks the contract
	Survive Want = "survive" // it may be accepted or refused, but must not upset the server
)

// Kind is what a case changes, by which the statuses differ that say "refused".
type Kind string

// The kinds.
const (
	Path   Kind = "path"
	Query  Kind = "query"
	Header Kind = "header"
	Cookie Kind = "cookie"
	Member Kind = "body"       // the body's value
	Media  Kind = "media type" // its Content-Type
	Syntax Kind = "syntax"     // its bytes
)

// Case is a valid request with a difference.
type Case struct {
	ID   string // unique within its operation: "query/limit/above-maximum"
	Name string // a sentence without its subject: "is 101, above the maximum 100"

	Place   string // what is changed, for people: "query limit", "body /name", "body"
	Kind    Kind
	Pointer string // of what is changed, in the body or in the parameter's value
	Keyword string // what is broken or just kept: a keyword of JSON Schema, or one of spec's

	Want Want
	// Sure says that only a fault explains another answer. Where it is not set,
	// standards leave room, or contracts seldom say all.
	Sure bool
	// Meant says that a server may refuse the value for what it means: an id
	// that nobody has, a number with wrong check digits.
	Meant bool

	Changes []Change

	// Broken lists, of a Refuse, the place that is changed, and what else the
	// request breaks by it.
	Broken []Where

	others  []*place // what is optional beside it
	witness []Change // nil for none
}

// Where is a place in a request.
type Where struct {
	Name    string // of the parameter, "" for the body
	Pointer string // JSON pointer inside the body or the parameter's value
}

// Apply makes the request of a case from a base, which may be another than the
// one that the case was made for. The error says that the base has no place for
// it, or that the request, as serialized, is not what the case is about any more.
func (c *Case) Apply(b *Base) (*Request, error) {
	r, err := c.Change(b)
	if err != nil {
		return nil, err
	}
	return r, c.Holds(b.Operation, r)
}

// Change is Apply for a request that is still to be completed, and held to the
// case then: it says only that the base has no place for the case.
func (c *Case) Change(b *Base) (*Request, error) {
	r := b.Request.clone()
	for i := range c.Changes {
		if err := c.Changes[i].apply(b, r); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Holds tells whether a request, as serialized, is what a case is about: one
// that breaks the contract, or keeps it. The error says why not.
func (c *Case) Holds(op *spec.Operation, r *Request) error {
	violations, routed := r.Violations(op)
	return c.holds(op, r, violations, routed)
}

// holds is Holds by the violations of the request.
func (c *Case) holds(op *spec.Operation, r *Request, violations []spec.Violation, routed bool) error {
	switch {
	case !routed:
		return &DroppedError{fmt.Sprintf("the path %s does not lead to %s", r.Path, op.ID)}
	case c.Want == Refuse && len(violations) == 0:
		return &DroppedError{"the request is valid as the wire carries it"}
	case c.Want == Accept && len(violations) > 0:
		return &FaultyError{violations[0]}
	}
	return nil
}

// DroppedError says that a case does not come about: what it changes does not
// show on the wire.
type DroppedError struct{ Reason string }

// Error implements error.
func (e *DroppedError) Error() string { return e.Reason }

// FaultyError says that a request which was meant to be valid is not: a fault of
// the generator.
type FaultyError struct{ Violation spec.Violation }

// Error implements error.
func (e *FaultyError) Error() string { return "the request is not valid: " + e.Violation.String() }
