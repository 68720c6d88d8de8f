package conformance

import (
	"net/http"
	"slices"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// authenticationCases send a valid request with credentials that must not do.
func authenticationCases(c *Config, op *spec.Operation) []*Case {
	ways := waysIn(op)
	if len(ways) == 0 || letsAnybodyIn(op) {
		return nil
	}
	first := ways[0][0]
	type attempt struct{ name, says, credential, secret string }
	attempts := []attempt{
		{"no-credentials", "without credentials", scenarios.None, ""},
		{"invalid-credentials", "with credentials that nobody was given", scenarios.Invalid, "concord-verify-invalid"},
	}
	if first.Type == "http" && first.Scheme == "basic" {
		attempts[1].secret += ":" + attempts[1].secret
	}
	for _, cr := range c.Script.Credentials {
		if _, presented := cr.Secret(first); presented && cr.Name != scenarios.Invalid && unauthorized(c.Script, op, cr) {
			attempts = append(attempts, attempt{cr.Name + "-credentials", "with credentials that are " + cr.Name, cr.Name, ""})
		}
	}
	var cases []*Case
	for _, a := range attempts {
		cases = append(cases, &Case{
			ID:        protocolID(op, a.name),
			Topic:     Authentication,
			Operation: op,
			Name:      a.says,
			Steps: []*Step{{
				Operation: op,
				Expect: Expect{
					Status:  []string{"401"},
					Because: "RFC 9110 §15.5.2, and the operation's security: " + op.Pointer,
				},
				build: func(b *builder, _ []*Exchange) (*Request, error) {
					if b.mock && a.credential == scenarios.Invalid && !b.script.Identify(first, a.secret).Refused() {
						return nil, skipError("the mock lets in every credential, as its script has no table of them")
					}
					r, err := b.unplaced(op)
					if err != nil {
						return nil, err
					}
					r.Credential, r.Secret = a.credential, a.secret
					if secret, _ := b.secret(op, r); a.credential != scenarios.None && secret == "" {
						return nil, &scenarios.UnsetError{Kind: "credential", Name: a.credential}
					}
					return b.finish(op, r)
				},
			}},
		})
	}
	return cases
}

// unauthorized tells whether the script refuses a credential with 401.
func unauthorized(script *scenarios.Script, op *spec.Operation, c *scenarios.Credential) bool {
	a, ok, err := script.Refusal(&scenarios.Input{Operation: op, Method: op.Method, Path: op.Path, Header: http.Header{}, Credential: c})
	return err == nil && ok && a.Status == http.StatusUnauthorized
}

func letsAnybodyIn(op *spec.Operation) bool {
	return slices.ContainsFunc(op.Security, func(r spec.Requirement) bool { return len(r) == 0 })
}
