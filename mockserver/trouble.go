package mockserver

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/problem"
)

// trouble is why a request gets an error.
type trouble struct {
	// statuses are what says it, the best first: the first that the contract
	// documents is sent.
	statuses []int
	detail   string
	code     string // for machines; "" for none
	items    []problem.Item
	header   []field // of the error itself, such as Allow
}

// status returns which of the statuses is sent: the first that the contract
// documents by itself, else the first that it covers by a class or default,
// else the first.
func (t *trouble) status(op *operation) int {
	if op == nil {
		return t.statuses[0]
	}
	for _, status := range t.statuses {
		if r := op.Response(status); r != nil && r.Code() == status && r.Status != "default" && !strings.HasSuffix(r.Status, "XX") {
			return status
		}
	}
	for _, status := range t.statuses {
		if op.Response(status) != nil {
			return status
		}
	}
	return t.statuses[0]
}

// problem says the trouble as problem details, with the type and title that the
// script's table has for the status.
func (t *trouble) problem(s *Server, status int, instance string) *problem.Problem {
	p := problem.New(status, t.detail)
	if kind := s.problems.For(status); kind != nil {
		p.Type, p.Title = kind.URI, kind.Title
	}
	if p.Title == "" {
		p.Title = fmt.Sprintf("Status %d", status)
	}
	p.Instance, p.Code, p.Errors = instance, t.code, t.items
	return p
}

// violated is the trouble of a request that breaks its contract.
func (s *Server) violated(violations []spec.Violation) *trouble {
	t := &trouble{}
	unreadable, noBody := false, false
	for _, v := range violations {
		switch v.Keyword {
		case spec.KeywordMediaType:
			return &trouble{statuses: []int{http.StatusUnsupportedMediaType}, detail: "the " + v.String()}
		case spec.KeywordSyntax:
			unreadable = true
		case spec.KeywordRequired:
			noBody = noBody || v.In == spec.BodyPart && v.Pointer == ""
		}
	}
	switch {
	case unreadable:
		t.statuses = []int{http.StatusBadRequest, http.StatusUnprocessableEntity}
		t.code = s.problems.Code(scenarios.MalformedBody)
	case noBody:
		t.statuses = []int{http.StatusBadRequest, http.StatusUnprocessableEntity}
		t.code = s.problems.Code(scenarios.MissingBody)
	default:
		t.statuses = []int{http.StatusUnprocessableEntity, http.StatusBadRequest}
	}
	for _, v := range violations {
		situation := scenarios.InvalidMember
		switch {
		case v.Keyword == spec.KeywordRequired && v.In == spec.BodyPart && v.Pointer == "":
			situation = scenarios.MissingBody
		case v.Keyword == spec.KeywordRequired:
			situation = scenarios.MissingMember
		case v.Keyword == spec.KeywordSyntax && v.In == spec.BodyPart:
			situation = scenarios.MalformedBody
		}
		code := s.problems.Code(situation)
		if code == "" && situation == scenarios.MissingBody {
			code = s.problems.Code(scenarios.MissingMember)
		}
		if code == "" {
			code = v.Keyword
		}
		t.items = append(t.items, problem.Item{Param: v.Param(), Detail: v.Detail, Code: code})
	}
	t.detail = "the request breaks the contract: " + violations[0].String()
	if n := len(violations) - 1; n > 0 {
		t.detail += fmt.Sprintf(", and %d more", n)
	}
	return t
}

// busy is the answer of a server that has its hands full (RFC 9110 §15.6.4).
func (x *exchange) busy() *answer {
	return x.fail(&trouble{
		statuses: []int{http.StatusServiceUnavailable},
		detail:   fmt.Sprintf("the mock serves %d requests already; try again in a second, or raise its limit", x.server.maxInFlight),
		header:   []field{{"Retry-After", []string{"1"}}},
	})
}

// broken is the answer where the mock itself is at fault.
func (x *exchange) broken(detail string) *answer {
	a := x.fail(&trouble{statuses: []int{http.StatusInternalServerError}, detail: detail})
	a.fleeting = true
	return a
}
