package scenarios

import (
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/source"
)

// Behaviour is what an API does on every operation and a contract cannot say.
// A part that the script does not give is nil: the mock does not do it, and the
// suite does not check it.
type Behaviour struct {
	Idempotency *Idempotency
	RateLimit   *RateLimit
	RequestID   *RequestID
	Problems    *Problems
}

// Idempotency makes a repeated request give the first one's answer (IETF draft
// httpapi-idempotency-key-header).
type Idempotency struct {
	Header   string   // canonical form
	Aliases  []string // further headers that are read where Header is missing, in this order
	Methods  []string // upper case
	TTL      time.Duration
	Forget   []StatusRange // answers that are not remembered
	Position source.Position
}

// Key returns a request's idempotency key, "" where it has none.
func (i *Idempotency) Key(header http.Header) string {
	if i == nil {
		return ""
	}
	if v := header[i.Header]; len(v) > 0 && v[0] != "" {
		return v[0]
	}
	for _, alias := range i.Aliases {
		if v := header[alias]; len(v) > 0 && v[0] != "" {
			return v[0]
		}
	}
	return ""
}

// Applies tells whether requests of a method are remembered.
func (i *Idempotency) Applies(method string) bool {
	return i != nil && slices.Contains(i.Methods, method)
}

// Remembers tells whether an answer of a status is given again.
func (i *Idempotency) Remembers(status int) bool {
	return !slices.ContainsFunc(i.Forget, func(r StatusRange) bool { return r.Has(status) })
}

// StatusRange is one status, or a hundred of them: 408 or 5XX.
type StatusRange struct{ From, To int } // both included

// Has tells whether a status is in the range.
func (r StatusRange) Has(status int) bool { return r.From <= status && status <= r.To }

// String writes the range as a script does.
func (r StatusRange) String() string {
	if r.From == r.To {
		return strconv.Itoa(r.From)
	}
	return strconv.Itoa(r.From/100) + "XX"
}

// By is whose requests a limit counts together.
type By string

// The ways of counting.
const (
	ByCredential By = "credential" // each credential on its own; clients without one by address
	ByAddress    By = "address"    // each client's address
	ByAll        By = "all"        // all requests together
)

// RateLimit bounds how many requests are served in a time.
type RateLimit struct {
	Requests int
	Per      time.Duration
	By       By
	Headers  RateLimitHeaders
	Except   []*spec.Operation // not limited and not counted
	Position source.Position
}

// Spares tells whether requests of an operation are neither limited nor counted.
func (l *RateLimit) Spares(op *spec.Operation) bool { return slices.Contains(l.Except, op) }

// RateLimitHeaders are the names of headers that tell of a limit, in canonical
// form, "" for one that is not sent.
type RateLimitHeaders struct {
	Limit     string // requests in a window
	Remaining string // requests left in it
	Reset     string // its end, in Unix seconds
}

// RequestID names each answer.
type RequestID struct {
	Header   string // canonical form
	Prefix   string // "req_"; 32 hexadecimal digits follow it
	Position source.Position
}

// Problems is the table of an API's problem types (RFC 9457).
type Problems struct {
	Base     string // what the URIs begin with
	Types    []ProblemType
	Codes    map[Situation]string
	Position source.Position
}

// ProblemType is one kind of problem.
type ProblemType struct {
	Name     string // "not-found", also the end of its URI
	URI      string // absolute: Base and Name, or as the script gives it
	Status   int
	Title    string
	Position source.Position
}

// Situation is what can be wrong with a request before a scenario is looked
// for; a script gives the code that a client sees then.
type Situation string

// The situations that have codes.
const (
	MalformedBody         Situation = "malformed_body"          // 400: the body cannot be read
	MissingBody           Situation = "missing_body"            // 400 or 422: there is none
	MissingMember         Situation = "missing_member"          // item of errors[]: a required parameter, header or member
	InvalidMember         Situation = "invalid_member"          // item of errors[]: any other fault
	RateLimited           Situation = "rate_limited"            // 429
	IdempotencyInProgress Situation = "idempotency_in_progress" // 409
	IdempotencyReused     Situation = "idempotency_reused"      // 422
)

// situations lists them all.
var situations = []Situation{
	MalformedBody, MissingBody, MissingMember, InvalidMember, RateLimited, IdempotencyInProgress, IdempotencyReused,
}

// defaultTTL is how long an idempotency key is remembered where a script does
// not say: IETF draft httpapi-idempotency-key-header leaves it open, a day is
// what most APIs have.
const defaultTTL = 24 * time.Hour

// Code returns the code of a situation, "" where the script gives none.
func (p *Problems) Code(s Situation) string {
	if p == nil {
		return ""
	}
	return p.Codes[s]
}

// For returns the first type of a status, or nil.
func (p *Problems) For(status int) *ProblemType {
	if p == nil {
		return nil
	}
	for i := range p.Types {
		if p.Types[i].Status == status {
			return &p.Types[i]
		}
	}
	return nil
}

// ByName returns the type with a name or a URI, or nil.
func (p *Problems) ByName(name string) *ProblemType {
	if p == nil {
		return nil
	}
	for i := range p.Types {
		if p.Types[i].Name == name || p.Types[i].URI == name {
			return &p.Types[i]
		}
	}
	return nil
}

func canonical(header string) string {
	return textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(header))
}
