package conformance

import (
	"errors"
	"slices"

	"github.com/concord-api/concord/scenarios"
)

// What a script claims of an answer, each kind of claim a check.
var (
	statusAsScripted     = scripted("scenario.status", "the status is the scripted one", scenarios.ClaimStatus)
	mediaTypeAsScripted  = scripted("scenario.media-type", "the media type is the scripted one", scenarios.ClaimMediaType)
	problemAsScripted    = scripted("scenario.problem", "the problem has the scripted type and code", scenarios.ClaimProblemType, scenarios.ClaimProblemCode)
	errorsAsScripted     = scripted("scenario.errors", "the problem has an item for each scripted one, with its param and code", scenarios.ClaimProblemItem)
	headersAsScripted    = scripted("scenario.headers", "each header that the script names is there", scenarios.ClaimHeader)
	membersAsScripted    = scripted("scenario.members", "each member that the script names is there", scenarios.ClaimMember)
	conditionsAsScripted = scripted("scenario.expect", "the conditions of the script hold", scenarios.ClaimExpect)
)

// scripted makes a check of some kinds of claims. All but the status are judged
// only of answers that have the scripted status.
func scripted(id, says string, kinds ...scenarios.Claim) Check {
	status := slices.Contains(kinds, scenarios.ClaimStatus)
	return Check{
		ID:       id,
		Severity: Must,
		Says:     says,
		Source:   "the script",
		For: anyStep(func(s *Step) bool {
			return s.Expect.Answer != nil && slices.ContainsFunc(kinds, func(k scenarios.Claim) bool { return claimsAny(s.Expect.Answer.Claims(), k) })
		}),
		Applies: func(x *Exchange) bool {
			return x.step.Expect.Answer != nil && (status || x.Response.Status == x.step.Expect.Answer.Status)
		},
		Run: func(x *Exchange) error {
			var found []error
			for _, d := range x.Differences {
				if !slices.Contains(kinds, d.Claim) {
					continue
				}
				found = append(found, &claimError{d, &Mismatch{Want: d.Wanted, Got: d.Got}})
			}
			return errors.Join(found...)
		},
	}
}

// claimError is a claim that is not met, and its place in the script.
type claimError struct {
	difference scenarios.Difference
	*Mismatch
}

// Error implements error.
func (e *claimError) Error() string { return e.difference.String() }

// Unwrap returns both sides.
func (e *claimError) Unwrap() error { return e.Mismatch }

// claimsAny tells whether a script claims anything of a kind.
func claimsAny(c scenarios.Claims, kind scenarios.Claim) bool {
	switch kind {
	case scenarios.ClaimStatus:
		return true
	case scenarios.ClaimMediaType:
		return c.MediaType != ""
	case scenarios.ClaimProblemType:
		return c.Problem != nil && c.Problem.Type != ""
	case scenarios.ClaimProblemCode:
		return c.Problem != nil && c.Problem.Code != ""
	case scenarios.ClaimProblemItem:
		return c.Problem != nil && len(c.Problem.Items) > 0
	case scenarios.ClaimHeader:
		return len(c.Headers) > 0
	case scenarios.ClaimMember:
		return len(c.Members) > 0
	case scenarios.ClaimExpect:
		return len(c.Expect) > 0
	}
	return false
}
