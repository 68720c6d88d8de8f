package conformance

import (
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// entryCases present credentials in ways that must not do, and valid ones in
// letters that must.
func entryCases(c *Config, op *spec.Operation) []*Case {
	ways := waysIn(op)
	if len(ways) == 0 || letsAnybodyIn(op) {
		return nil
	}
	scheme := ways[0][0]
	cases := append(authFirstCases(c, op), alteredCases(c, op)...)
	for _, a := range presentations(op, scheme) {
		cases = append(cases, &Case{
			ID: protocolID(op, a.name), Topic: Authentication, Operation: op, Name: a.says,
			Steps: []*Step{{
				Operation: op,
				Expect:    Expect{Status: entryRefusals(op, a.unreadable), Because: "RFC 9110 §15.5.2, RFC 6750 §3.1, and the operation's security: " + op.Pointer},
				build: func(b *builder, _ []*Exchange) (*Request, error) {
					r, err := b.withoutCredentials(op)
					if err != nil {
						return nil, err
					}
					a.set(r)
					return r, nil
				},
			}},
		})
	}
	if usesScheme(scheme) && safeMethod(op.Method) {
		cases = append(cases, schemeCaseCase(op))
	}
	return cases
}

// presentation is a way to present credentials that must not do.
type presentation struct {
	name, says string
	unreadable bool // so that the request may be refused as malformed
	set        func(*Request)
}

// presentations are those that a scheme has.
func presentations(op *spec.Operation, scheme *spec.SecurityScheme) []presentation {
	header := func(name, value string) func(*Request) {
		return func(r *Request) { r.Header[http.CanonicalHeaderKey(name)] = []string{value} }
	}
	switch {
	case usesScheme(scheme):
		word := schemeWord(scheme)
		all := []presentation{
			{"empty-credentials", "with the scheme " + word + " and nothing after it", true, header("Authorization", word)},
			{"malformed-credentials", "with credentials that are none", true, header("Authorization", word+` "concord, verify"`)},
		}
		for _, other := range []struct{ word, secret string }{
			{"Basic", base64.StdEncoding.EncodeToString([]byte("concord:verify-nobody"))}, {"Bearer", "concord-verify-nobody"},
		} {
			if !takesScheme(op, other.word) {
				return append(all, presentation{"other-scheme", "with credentials of the scheme " + other.word, true, header("Authorization", other.word+" "+other.secret)})
			}
		}
		return all
	case scheme.Type == "apiKey" && scheme.In == spec.InHeader:
		return []presentation{{"empty-credentials", "with an empty " + scheme.Name, true, header(scheme.Name, "")}}
	case scheme.Type == "apiKey" && scheme.In == spec.InCookie:
		return []presentation{{"empty-credentials", "with an empty cookie " + scheme.Name, true, header("Cookie", scheme.Name+"=")}}
	case scheme.Type == "apiKey" && scheme.In == spec.InQuery:
		return []presentation{{"empty-credentials", "with an empty " + scheme.Name, true, func(r *Request) {
			joint := "?"
			if strings.Contains(r.URL, "?") {
				joint = "&"
			}
			r.URL += joint + scheme.Name + "="
		}}}
	}
	return nil
}

// entryRefusals are the statuses that credentials which do not do are refused with:
// 401, and 400 for those that cannot be read (RFC 6750 §3.1), where the contract
// has it.
func entryRefusals(op *spec.Operation, unreadable bool) []string {
	statuses := []string{"401"}
	if unreadable && op.Response(http.StatusBadRequest) != nil {
		statuses = append(statuses, "400")
	}
	return statuses
}

// usesScheme tells whether credentials travel in Authorization, after a word.
func usesScheme(s *spec.SecurityScheme) bool {
	return s.Type == "http" || s.Type == "oauth2" || s.Type == "openIdConnect"
}

func schemeWord(s *spec.SecurityScheme) string {
	if s.Type != "http" || s.Scheme == "bearer" {
		return "Bearer"
	}
	return strings.ToUpper(s.Scheme[:1]) + s.Scheme[1:]
}

// takesScheme tells whether an operation lets in by a scheme.
func takesScheme(op *spec.Operation, word string) bool {
	return slices.ContainsFunc(waysIn(op), func(way []*spec.SecurityScheme) bool {
		return slices.ContainsFunc(way, func(s *spec.SecurityScheme) bool { return usesScheme(s) && strings.EqualFold(schemeWord(s), word) })
	})
}

// usesKeys tells whether an operation lets in by a key.
func usesKeys(op *spec.Operation) bool {
	return slices.ContainsFunc(waysIn(op), func(way []*spec.SecurityScheme) bool {
		return slices.ContainsFunc(way, func(s *spec.SecurityScheme) bool { return !usesScheme(s) })
	})
}

// withoutCredentials is a request that is valid but for them.
func (b *builder) withoutCredentials(op *spec.Operation) (*Request, error) {
	r, err := b.unplaced(op)
	if err != nil {
		return nil, err
	}
	r.Credential, r.Secret = scenarios.None, ""
	return b.finish(op, r)
}

// schemeCaseCase asks twice, the second time with the scheme in other letters.
func schemeCaseCase(op *spec.Operation) *Case {
	return &Case{
		ID: protocolID(op, "scheme-case"), Topic: SchemeCase, Operation: op,
		Name: "with the scheme of its credentials in other letters",
		Steps: []*Step{
			{Name: "usual", Operation: op, Setup: true, build: func(b *builder, _ []*Exchange) (*Request, error) {
				r, err := b.valid(op, true)
				if err != nil {
					return nil, err
				}
				return b.finish(op, r)
			}},
			{Name: "other letters", Operation: op, build: func(_ *builder, earlier []*Exchange) (*Request, error) {
				r := again(earlier[0])
				word, rest, ok := strings.Cut(r.Header.Get("Authorization"), " ")
				if !ok {
					return nil, &scenarios.UnsetError{Kind: "credential", Name: scenarios.Own}
				}
				other := strings.ToLower(word)
				if other == word {
					other = strings.ToUpper(word)
				}
				r.Header.Set("Authorization", other+" "+rest)
				return r, nil
			}},
		},
	}
}

// authFirstCases lack credentials and are wrong in another way too.
func authFirstCases(c *Config, op *spec.Operation) []*Case {
	expect := Expect{Status: []string{"401"}, Because: "the operation's security: " + op.Pointer}
	var cases []*Case
	if sc := refusedFor(c.Script, op, http.StatusNotFound); sc != nil {
		cases = append(cases, &Case{
			ID: protocolID(op, "auth-before-not-found"), Topic: AuthFirst, Operation: op,
			Name: "without credentials, for what is not there",
			Steps: []*Step{{Operation: op, Expect: expect, build: func(b *builder, _ []*Exchange) (*Request, error) {
				r, err := sc.Request(b.env)
				if err != nil {
					return nil, err
				}
				r.Credential, r.Secret = scenarios.None, ""
				return b.finish(op, r)
			}}},
		})
	}
	if op.RequestBody != nil && op.RequestBody.Required {
		cases = append(cases, &Case{
			ID: protocolID(op, "auth-before-invalid"), Topic: AuthFirst, Operation: op,
			Name: "without credentials and without the body that is required",
			Steps: []*Step{{Operation: op, Expect: expect, build: func(b *builder, _ []*Exchange) (*Request, error) {
				r, err := b.withoutCredentials(op)
				if err != nil {
					return nil, err
				}
				if r.Body == nil {
					return nil, errors.New("the valid request has no body to leave out")
				}
				r.Body = nil
				r.Header.Del("Content-Type")
				return r, nil
			}}},
		})
	}
	return cases
}

// refusedFor is a scenario of the run's own credential that plays one plain
// error; nil for none.
func refusedFor(script *scenarios.Script, op *spec.Operation, statuses ...int) *scenarios.Scenario {
	for _, sc := range script.Of(op) {
		if len(sc.Responses) != 1 || len(sc.Given()) > 0 || sc.Verify.Noisy || sc.Verify.Burst > 0 {
			continue
		}
		r := sc.Responses[0]
		if (sc.Credentials == "" || sc.Credentials == scenarios.Own) && slices.Contains(statuses, r.Status) && !r.Offspec && r.Fault == scenarios.NoFault {
			return sc
		}
	}
	return nil
}
