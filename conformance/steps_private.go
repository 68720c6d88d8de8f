package conformance

import (
	"fmt"
	"net/http"
	"os"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// otherPartner is the credential of another client, who has no right to what the
// run makes. It may be given to a run whose script does not name it.
const otherPartner = "other_partner"

// hasOtherPartner tells whether the run may have the credential of another client.
func (c *Config) hasOtherPartner() bool {
	_, set := os.LookupEnv(environmentName("CREDENTIAL", otherPartner))
	return set || c.Credential[otherPartner] != "" || c.Script.Credential(otherPartner) != nil
}

// foreign are the steps in which another client tries what it has no right to.
func (r *resource) foreign(n int) []*Step {
	var steps []*Step
	for _, op := range append([]*spec.Operation{r.read}, r.changes...) {
		steps = append(steps, r.trespass(n, op))
	}
	if r.remove != nil {
		steps = append(steps, r.trespass(n, r.remove))
	}
	return steps
}

// trespass asks for a thing with the credential of another client. Whether a
// contract documents the refusal or not, 403 and 404 are right.
func (r *resource) trespass(n int, op *spec.Operation) *Step {
	return &Step{
		Name: op.ID + " by another client", role: trespasses,
		Expect: Expect{Status: []string{"403", "404"}, Because: r.create.ID + " made it for another client than the one that asks"},
		build: func(b *builder, earlier []*Exchange) (*Request, error) {
			request, err := b.item(r, op, earlier[n])
			if err != nil {
				return nil, err
			}
			from := *request.Scripted
			from.Credential, from.Secret = otherPartner, ""
			if secret, _ := b.secret(op, &from); secret == "" {
				return nil, &scenarios.UnsetError{Kind: "credential", Name: otherPartner}
			}
			return b.finish(op, &from)
		},
		gate: func(x *Exchange) string {
			switch status := x.Response.Status; {
			case status == http.StatusUnauthorized:
				return fmt.Sprintf("the credential %s is refused itself with %s", otherPartner, statusText(status))
			case status/100 == 4 && !x.step.Expect.Accepts(status):
				return fmt.Sprintf("%s by another client is refused with %s, which says nothing of its rights", op.ID, statusText(status))
			}
			return ""
		},
	}
}

// createdPrivate demands that what a client made is nobody else's.
var createdPrivate = Check{
	ID:       "created.private",
	Severity: Must,
	Says:     "what one client made is refused to another with 403 or 404",
	Source:   "OWASP API1:2023, broken object level authorization; RFC 9110 §15.5.4, §15.5.5",
	Why:      "Ids are guessed and leaked: only the server can keep one client's things from another's credentials. It is checked where the run has the credential other_partner.",
	Right:    "one partner makes thing 7; GET /things/7 with another partner's token: 404 Not Found",
	Wrong:    "one partner makes thing 7; GET /things/7 with another partner's token: 200 OK",
	For:      shows(trespasses),
	Applies:  withRole(trespasses),
	Run:      statusExpected,
}
