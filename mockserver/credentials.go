package mockserver

import (
	"net/http"
	"slices"

	"github.com/concord-api/concord/scenarios"
)

// authenticate lets a request in by the contract's security and the script's
// table of credentials, or answers 401 with WWW-Authenticate (RFC 9110
// §15.5.2). A scenario that scripts the refusal of a credential has the word,
// then the credential's own entry in the table.
func (x *exchange) authenticate() *answer {
	who, v := x.op.guard.check(x.r, x.query, x.server.clients)
	x.client = who
	switch v {
	case admitted:
		return nil
	case refused:
		if a := x.refusal(who.credential); a != nil {
			return a
		}
		return x.unauthorized("invalid_token", "the credential is not accepted here")
	case malformed:
		if a := x.refusal(x.server.script.Credential(scenarios.Invalid)); a != nil {
			return a
		}
		return x.unauthorized("invalid_token", "the credential is not in the form of its scheme")
	}
	if a := x.refusal(x.server.script.Credential(scenarios.None)); a != nil {
		return a
	}
	return x.unauthorized("", "no credential was sent, and "+x.op.ID+" asks for one")
}

// refusal is the script's answer to a credential that is not let in.
func (x *exchange) refusal(c *scenarios.Credential) *answer {
	in := x.input()
	in.Credential, in.Refused = c, true
	a := x.performFirst(in)
	if a == nil {
		played, ok, err := x.server.script.Refusal(in)
		switch {
		case err != nil:
			return x.unplayable("the refusal of credential "+c.Name, err)
		case !ok:
			return nil
		}
		a = x.scripted(&played)
	}
	return x.challenged(a, challengeError(c))
}

// challengeError is what a challenge says of a credential (RFC 6750 §3.1):
// nothing to a client that sent none.
func challengeError(c *scenarios.Credential) string {
	if c == nil || c.Name == scenarios.None {
		return ""
	}
	return "invalid_token"
}

// challenged adds the challenge that a 401 must have, where the script gives
// none.
func (x *exchange) challenged(a *answer, code string) *answer {
	if a.status != http.StatusUnauthorized || a.get("Www-Authenticate") != "" {
		return a
	}
	with := *a
	with.header = slices.Clone(a.header)
	with.set("Www-Authenticate", x.op.guard.challengeFor(code))
	return &with
}

// unauthorized is the 401 of a contract whose script says nothing of it.
func (x *exchange) unauthorized(code, detail string) *answer {
	t := &trouble{statuses: []int{http.StatusUnauthorized}, detail: detail}
	if challenge := x.op.guard.challengeFor(code); challenge != nil {
		t.header = []field{{"Www-Authenticate", challenge}}
	}
	return x.failAgain(t)
}
