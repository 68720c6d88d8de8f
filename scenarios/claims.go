package scenarios

import (
	"net/http"

	"github.com/concord-api/concord/spec/source"
)

// Claims are what a scripted answer demands of every server that plays the
// scenario. What machines read is claimed, what people read is not.
type Claims struct {
	Status    int
	MediaType string        // "" where no body is claimed
	Problem   *ProblemClaim // nil where the answer is no problem
	Headers   []string      // present, in canonical form
	Members   []string      // present, JSON pointers into the body
	Expect    []Condition
}

// ProblemClaim is what is claimed of a problem (RFC 9457).
type ProblemClaim struct {
	Type  string // absolute URI, "" where none is claimed
	Code  string // "" where none is claimed
	Items []ProblemItem
}

// ProblemItem is one item that `errors` must have.
type ProblemItem struct{ Param, Code string }

// Condition is a CEL condition over `request` and `response`.
type Condition struct {
	Text     string
	Position source.Position

	program *program
}

// Observed is an exchange with a target, as it is held to claims.
type Observed struct {
	URL     string // of the request, for problem types that are relative; may be left out
	Request *Request
	Status  int
	Header  http.Header
	Body    []byte
}

// Claim is the kind of a claim.
type Claim string

// The kinds of claims.
const (
	ClaimStatus      Claim = "status"
	ClaimMediaType   Claim = "media-type"
	ClaimProblemType Claim = "problem-type"
	ClaimProblemCode Claim = "problem-code"
	ClaimProblemItem Claim = "problem-item"
	ClaimHeader      Claim = "header"
	ClaimMember      Claim = "member"
	ClaimExpect      Claim = "expect"
)

// Difference is a claim that an answer does not meet.
type Difference struct {
	Claim    Claim
	Path     string // what is at fault: "status", "header Retry-After", "/errors", the condition
	Wanted   string
	Got      string
	Position source.Position // of the claim in the script
}

// String returns the difference as a sentence.
func (d Difference) String() string {
	return d.Path + ": wanted " + d.Wanted + ", got " + d.Got
}
