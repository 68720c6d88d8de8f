package conformance

import (
	"net/http"
	"slices"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/problem"
)

// problemChecks are the rules of RFC 9457, each a check: of answers that call
// themselves problems, and of those that the contract documents as problems only.
var problemChecks = func() []*Check {
	checks := make([]*Check, len(problem.Rules))
	for i, rule := range problem.Rules {
		checks[i] = &Check{
			ID:       rule.ID,
			Severity: Severity(rule.Severity),
			Says:     rule.Says,
			Source:   rule.Source,
			Why:      rule.Why,
			Right:    rule.Right,
			Wrong:    rule.Wrong,
			For:      anyStep(expectsProblem),
			Applies:  func(x *Exchange) bool { return isProblem(x) && rule.Applies(x.answer()) },
			Run:      func(x *Exchange) error { return rule.Check(x.answer()) },
		}
	}
	return checks
}()

// isProblem tells whether an answer is held to the rules of problems.
func isProblem(x *Exchange) bool {
	if x.Request.Method == http.MethodHead {
		return false
	}
	if x.MediaType() == problem.MediaType {
		return true
	}
	d := x.Documented()
	return d != nil && problemOnly(d)
}

func problemType(r *spec.Response) bool {
	return slices.ContainsFunc(r.Content, func(mt *spec.MediaType) bool { return mediaType(mt.Range) == problem.MediaType })
}

// problemOnly tells whether a response is documented as a problem and as nothing
// else.
func problemOnly(r *spec.Response) bool { return len(r.Content) == 1 && problemType(r) }
