package conformance

import (
	"net/http"
	"slices"
	"strings"

	"github.com/concord-api/concord/spec"
)

// keyHeaders are the names under which contracts have idempotency keys.
var keyHeaders = []string{"Idempotency-Key", "X-Idempotency-Key"}

// keyHeader is the header of an operation that is an idempotency key by its name
// alone; "" where it has none, and where the script says how keys work, which
// [idempotencyCases] go by.
func keyHeader(c *Config, op *spec.Operation) string {
	if i := c.Script.Behaviour.Idempotency; i.Applies(op.Method) && takesHeader(op, i.Header) {
		return ""
	}
	for _, p := range op.Parameters {
		if p.In == spec.InHeader && slices.ContainsFunc(keyHeaders, func(name string) bool { return strings.EqualFold(name, p.Name) }) {
			return http.CanonicalHeaderKey(p.Name)
		}
	}
	return ""
}

// onceMade makes a thing with an idempotency key, and again with the same.
func (r *resource) onceMade(made []*Step, header string) []*Step {
	first := *made[len(made)-1]
	build := first.build
	first.build = func(b *builder, earlier []*Exchange) (*Request, error) {
		request, err := build(b, earlier)
		if err != nil {
			return nil, err
		}
		request.Header = withKey(request.Header, header, newKey())
		return request, nil
	}
	return append(slices.Clone(made[:len(made)-1]), &first, &Step{
		Name: "make it again with the same key", Operation: r.create, role: remakes, resource: r,
		Expect: Expect{Because: "the contract has the header " + header + " for " + r.create.ID},
		build:  func(_ *builder, earlier []*Exchange) (*Request, error) { return again(earlier[len(earlier)-1]), nil },
	})
}

// keyMakesOne demands of a key that only the contract's header tells of what keys
// are for.
var keyMakesOne = Check{
	ID:       "idempotency.one-thing",
	Severity: Should,
	Says:     "the same request with the same idempotency key makes one thing",
	Source:   "the contract's header of that name; IETF draft httpapi-idempotency-key-header §2. A contract does not say how its keys work, so that this is a should: a script's behaviour says it",
	Why:      "Clients send the key so that a request repeated after a timeout is not carried out twice: no second customer, and no second payment.",
	Right:    "POST /things with key k answers 201 with id 7; the same again answers 201 with id 7, or 409",
	Wrong:    "POST /things with key k answers 201 with id 7; the same again answers 201 with id 8",
	For:      shows(remakes),
	Applies:  func(x *Exchange) bool { return x.step.role == remakes && succeeded(x) },
	Run: func(x *Exchange) error {
		r := x.step.resource
		first, ok := r.id(r.read, x.Before(1))
		second, ok2 := r.id(r.read, x)
		if !ok || !ok2 || first == second {
			return nil
		}
		return &Mismatch{"the thing whose " + param(r.read) + " is " + first, "another, whose " + param(r.read) + " is " + second}
	},
}
