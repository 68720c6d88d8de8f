package conformance

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// keyCases use idempotency keys in a race, after errors, and at their longest.
func keyCases(c *Config, op *spec.Operation) []*Case {
	idempotency := c.Script.Behaviour.Idempotency
	if !idempotency.Applies(op.Method) || !takesHeader(op, idempotency.Header) {
		return nil
	}
	because := fmt.Sprintf("the script's idempotency, %s", idempotency.Position)
	valid := func(key string) func(*builder, []*Exchange) (*Request, error) {
		return func(b *builder, _ []*Exchange) (*Request, error) {
			r, err := b.valid(op, false)
			if err != nil {
				return nil, err
			}
			return b.keyed(op, r, idempotency.Header, key)
		}
	}
	cases := []*Case{{
		ID: protocolID(op, "at-once"), Topic: AtOnce, Operation: op,
		Name: "the same request and " + idempotency.Header + " twice at once",
		Steps: []*Step{
			{Name: "one", Operation: op, Expect: Expect{Because: because}, build: valid("")},
			{Name: "the other", Operation: op, Expect: Expect{Because: because}, Together: true},
		},
	}}
	if len(waysIn(op)) > 0 && !letsAnybodyIn(op) && !idempotency.Remembers(http.StatusUnauthorized) {
		cases = append(cases, forgottenCase(op, idempotency, because, valid("")))
	}
	if sc := keptError(c.Script, op); sc != nil {
		cases = append(cases, errorKeptCase(op, idempotency, because, sc))
	}
	return append(cases, keyLengthCases(op, idempotency, valid)...)
}

// keyed gives a request an idempotency key, a new one where none is given.
func (b *builder) keyed(op *spec.Operation, r *scenarios.Request, header, key string) (*Request, error) {
	if key == "" {
		key = newKey()
	}
	r.Header = withKey(r.Header, header, key)
	return b.finish(op, r)
}

// withKey is a request's header with an idempotency key.
func withKey(h http.Header, name, key string) http.Header {
	h = h.Clone()
	if h == nil {
		h = http.Header{}
	}
	h.Set(name, key)
	return h
}

// forgottenCase uses a key first without credentials, and then with.
func forgottenCase(op *spec.Operation, i *scenarios.Idempotency, because string, valid func(*builder, []*Exchange) (*Request, error)) *Case {
	return &Case{
		ID: protocolID(op, "key-after-refusal"), Topic: Forgotten, Operation: op,
		Name: "an " + i.Header + " that came without credentials before",
		Steps: append([]*Step{
			{Name: "without credentials", Operation: op, Setup: true, Expect: Expect{Status: []string{"401"}, Because: because},
				build: func(b *builder, _ []*Exchange) (*Request, error) {
					r, err := b.valid(op, false)
					if err != nil {
						return nil, err
					}
					r.Credential, r.Secret = scenarios.None, ""
					return b.keyed(op, r, i.Header, "")
				}},
		}, keyTaken(op, because, "with credentials", valid, func(b *builder, earlier []*Exchange) (*Request, error) {
			r, err := valid(b, nil)
			if err == nil {
				r.Header.Set(i.Header, earlier[0].Request.Header.Get(i.Header))
			}
			return r, err
		})...),
	}
}

// otherKey is the name of the step that tells whether an answer is for the key.
const otherKey = "with another key"

// keyTaken are the steps that show whether a key does: the request with it, and,
// where that is refused, the same with another key. Where both are refused it is
// not for the key: what the request makes is there by now.
func keyTaken(op *spec.Operation, because, name string, valid, keyed func(*builder, []*Exchange) (*Request, error)) []*Step {
	expect := Expect{Status: []string{"2XX"}, Because: because}
	return []*Step{
		{Name: name, Operation: op, Expect: expect, build: keyed, ends: succeeded},
		{Name: otherKey, Operation: op, Expect: expect, build: func(b *builder, _ []*Exchange) (*Request, error) { return valid(b, nil) },
			gate: func(x *Exchange) string {
				if !succeeded(x) {
					return "the same request is answered " + statusText(x.Response.Status) + " with any key"
				}
				return ""
			}},
	}
}

// keptError is a scenario whose plain error is kept for its key; nil for none.
func keptError(script *scenarios.Script, op *spec.Operation) *scenarios.Scenario {
	var kept []int
	for _, status := range []int{422, 404, 409, 400, 403} {
		if script.Behaviour.Idempotency.Remembers(status) {
			kept = append(kept, status)
		}
	}
	return refusedFor(script, op, kept...)
}

// errorKeptCase sends what fails, twice with one key.
func errorKeptCase(op *spec.Operation, i *scenarios.Idempotency, because string, sc *scenarios.Scenario) *Case {
	return &Case{
		ID: protocolID(op, "error-replay"), Topic: ErrorKept, Operation: op,
		Name: "the same wrong request and " + i.Header + " again",
		Steps: []*Step{
			{Name: "first", Operation: op, Setup: true, Expect: Expect{Status: []string{fmt.Sprint(sc.Responses[0].Status)}, Because: because},
				build: func(b *builder, _ []*Exchange) (*Request, error) {
					r, err := sc.Request(b.env)
					if err != nil {
						return nil, err
					}
					return b.keyed(op, r, i.Header, "")
				}},
			{Name: "again", Operation: op, Expect: Expect{Because: because},
				build: func(_ *builder, earlier []*Exchange) (*Request, error) { return again(earlier[0]), nil }},
		},
	}
}

// keyLengthCases send a key of the greatest length and one that is longer.
func keyLengthCases(op *spec.Operation, i *scenarios.Idempotency, valid func(key string) func(*builder, []*Exchange) (*Request, error)) []*Case {
	p := op.Parameter(spec.InHeader, i.Header)
	if p == nil || p.Schema == nil {
		return nil
	}
	longest := schema.None
	for _, s := range inPlace(p.Schema) {
		longest = min(longest, s.MaxLength)
	}
	if longest < len(newKey()) || longest > 4096 {
		return nil
	}
	because := fmt.Sprintf("the contract's maxLength %d of %s, %s", longest, i.Header, p.Position)
	keyOf := func(n int) string { return (newKey() + strings.Repeat("0", n))[:n] }
	var cases []*Case
	if checker := p.Schema.Checker(schema.Request); checker.ValidString(keyOf(longest)) {
		cases = append(cases, &Case{
			ID: protocolID(op, "key-longest"), Topic: KeyLength, Operation: op,
			Name:  fmt.Sprintf("an %s of %d characters", i.Header, longest),
			Steps: keyTaken(op, because, "with the longest key", valid(""), func(b *builder, _ []*Exchange) (*Request, error) { return valid(keyOf(longest))(b, nil) }),
		})
	}
	return append(cases, &Case{
		ID: protocolID(op, "key-too-long"), Topic: KeyLength, Operation: op,
		Name:  fmt.Sprintf("an %s of %d characters", i.Header, longest+1),
		Steps: []*Step{{Operation: op, Expect: Expect{Status: []string{"4XX"}, Because: because}, build: func(b *builder, _ []*Exchange) (*Request, error) { return valid(keyOf(longest+1))(b, nil) }}},
	})
}
