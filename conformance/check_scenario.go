package conformance

import (
	"errors"
	"slices"

	"github.com/concord-api/concord/scenarios"
)

// What a script claims of an answer, each kind of claim a check.
var (
	statusAsScripted = scripted("scenario.status", explained{
		"The script is what the API and its clients have agreed on for this very case.",
		"the script says 404 for an unknown customer, and 404 comes",
		"the script says 404 for an unknown customer, and 200 comes",
	}, "the status is the scripted one", scenarios.ClaimStatus)
	mediaTypeAsScripted = scripted("scenario.media-type", explained{
		"Clients that were tried against the mock parse what the script names.",
		"the script says application/problem+json, and it comes",
		"the script says application/problem+json, and application/json comes",
	}, "the media type is the scripted one", scenarios.ClaimMediaType)
	problemAsScripted = scripted("scenario.problem", explained{
		"Clients branch on the type and the code of a problem; its title and detail are for people, and are not compared.",
		"type …/not-found, code customer_not_found, as scripted",
		"type about:blank, where …/not-found is scripted",
	}, "the problem has the scripted type and code", scenarios.ClaimProblemType, scenarios.ClaimProblemCode)
	errorsAsScripted = scripted("scenario.errors", explained{
		"A form shows each error beside the field that it names, so that each scripted item must be there with its param and code.",
		`errors: [{"param":"email","code":"invalid_format"}], as scripted`,
		"errors: [], where an item for email is scripted",
	}, "the problem has an item for each scripted one, with its param and code", scenarios.ClaimProblemItem)
	headersAsScripted = scripted("scenario.headers", explained{
		"What the script names, clients rely on. The values are samples, and are not compared.",
		"the script names Retry-After, and Retry-After: 5 comes",
		"the script names Retry-After, and there is none",
	}, "each header that the script names is there", scenarios.ClaimHeader)
	membersAsScripted = scripted("scenario.members", explained{
		"What the script names, clients rely on. The values are samples, and are not compared.",
		"the script names session_url, and the body has it",
		"the script names session_url, and the body has url in its place",
	}, "each member that the script names is there", scenarios.ClaimMember)
	conditionsAsScripted = scripted("scenario.expect", explained{
		"Conditions are there for the values that matter; they are true of the mock's answer, and must be of any other.",
		`expect: response.body.status == "active"; {"status":"active"}`,
		`expect: response.body.status == "active"; {"status":"pending"}`,
	}, "the conditions of the script hold", scenarios.ClaimExpect)
)

// explained is what [Explain] tells of a check.
type explained struct{ why, right, wrong string }

// scripted makes a check of some kinds of claims. All but the status are judged
// only of answers that have the scripted status.
func scripted(id string, why explained, says string, kinds ...scenarios.Claim) Check {
	status := slices.Contains(kinds, scenarios.ClaimStatus)
	return Check{
		ID:       id,
		Severity: Must,
		Says:     says,
		Source:   "the script",
		Why:      why.why,
		Right:    why.right,
		Wrong:    why.wrong,
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
