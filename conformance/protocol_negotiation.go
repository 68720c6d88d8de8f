package conformance

import (
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/concord-api/concord/spec"
)

// nobodysType is a media type that no API has.
const nobodysType = "application/vnd.concord.nobody-has-this"

// negotiationCases ask for media types and paths that the contract does not have.
func negotiationCases(op *spec.Operation) []*Case {
	cases := unknownTypeCases(op)
	if op.Method != http.MethodGet {
		return cases
	}
	if slices.ContainsFunc(op.Responses, func(r *spec.Response) bool { return r.Status[0] == '2' && len(r.Content) > 0 && !answersNobody(r) }) {
		cases = append(cases, negotiationCase(op))
	}
	cases = append(cases,
		absentCase(op),
		otherPathCase(op, "trailing-slash", "with a slash at the end of its path", func(path string) string { return path + "/" }),
		otherPathCase(op, "other-letters", "with its path in other letters", otherLetters(op)),
	)
	return slices.DeleteFunc(cases, func(c *Case) bool { return c == nil })
}

// absentCase asks for a thing that nobody made. It demands no status: servers that
// play samples have each. What comes must be of the contract.
func absentCase(op *spec.Operation) *Case {
	if template, rest := oneThing(op.Path); template == "" || rest != "" {
		return nil
	}
	return &Case{
		ID: protocolID(op, "absent"), Topic: Absent, Operation: op, Name: "for what nobody made",
		Steps: []*Step{plainly(op), {Name: "another id", Operation: op,
			Expect: Expect{Because: "nobody made it"},
			build: func(b *builder, earlier []*Exchange) (*Request, error) {
				r := *earlier[0].Request.Scripted
				path, _, _ := strings.Cut(r.Path, "?")
				at := strings.LastIndexByte(path, '/')
				other := neverCreated(op, path[:at], unescaped(path[at+1:]))
				if other == "" {
					return nil, skipError("the contract gives no way to ask for a thing that nobody made")
				}
				r.Path = itemPath(op, path[:at], other)
				return b.finish(op, &r)
			}}},
	}
}

// answersNobody tells whether a response is documented for any type there is, so
// that the one that no API has suits as well.
func answersNobody(r *spec.Response) bool {
	mt, _ := spec.Negotiate([]string{nobodysType}, r.Content)
	return mt != nil
}

// plainly is the step of a plain request, which a later one is compared with.
func plainly(op *spec.Operation) *Step {
	return &Step{Name: "plain", Operation: op, Setup: true, build: func(b *builder, _ []*Exchange) (*Request, error) {
		r, err := b.valid(op, true)
		if err != nil {
			return nil, err
		}
		return b.finish(op, r)
	}}
}

func negotiationCase(op *spec.Operation) *Case {
	return &Case{
		ID: protocolID(op, "accept-nothing"), Topic: Negotiation, Operation: op,
		Name: "with an Accept that nothing suits",
		Steps: []*Step{plainly(op), {Name: "with Accept",
			Expect: Expect{Because: "RFC 9110 §12.5.1: the contract has no " + nobodysType},
			build: func(_ *builder, earlier []*Exchange) (*Request, error) {
				r := again(earlier[0])
				r.Header.Set("Accept", nobodysType)
				return r, nil
			}}},
	}
}

func unknownTypeCases(op *spec.Operation) []*Case {
	if op.RequestBody == nil || !op.RequestBody.Required || op.RequestMediaType(nobodysType) != nil {
		return nil
	}
	expect := Expect{Status: []string{"4XX"}, Because: "RFC 9110 §15.5.16: the contract has no " + nobodysType}
	if documents415(op) {
		expect.Status = []string{"415"}
	}
	return []*Case{{
		ID: protocolID(op, "unknown-media-type"), Topic: UnknownType, Operation: op,
		Name: "with a body of a media type that the contract does not have",
		Steps: []*Step{{Expect: expect, build: func(b *builder, _ []*Exchange) (*Request, error) {
			r, err := b.valid(op, true)
			if err != nil {
				return nil, err
			}
			if len(r.Body) == 0 {
				return nil, skipError("the valid request has no body")
			}
			r.ContentType = nobodysType
			return b.finish(op, r)
		}}},
	}}
}

// otherPathCase asks for a path that change makes, nil where that is one of the
// contract's.
func otherPathCase(op *spec.Operation, name, says string, change func(path string) string) *Case {
	if other := change(op.Path); other == op.Path || strings.HasSuffix(op.Path, "/") {
		return nil
	}
	return &Case{
		ID: protocolID(op, name), Topic: OtherPath, Operation: op, Name: says,
		Steps: []*Step{plainly(op), {Name: "other path",
			Expect: Expect{Because: "RFC 3986 §6.2.3: the contract has no such path"},
			build: func(b *builder, earlier []*Exchange) (*Request, error) {
				r := *earlier[0].Request.Scripted
				path, _, _ := strings.Cut(r.Path, "?")
				r.Path = change(path)
				if _, err := op.Document().Match(op.Method, r.Path); err == nil {
					return nil, skipError("the contract has that path too")
				}
				return b.finish(op, &r)
			}}},
	}
}

// otherLetters swaps the case of the first letters of a path that the contract
// writes out.
func otherLetters(op *spec.Operation) func(string) string {
	at := slices.IndexFunc(strings.Split(op.Path, "/"), func(s string) bool {
		return s != "" && !strings.Contains(s, "{") && strings.ContainsFunc(s, unicode.IsLetter)
	})
	return func(path string) string {
		segments := strings.Split(path, "/")
		if at < 0 || at >= len(segments) {
			return path
		}
		upper := strings.ToUpper(segments[at])
		if upper == segments[at] {
			upper = strings.ToLower(segments[at])
		}
		segments[at] = upper
		return strings.Join(segments, "/")
	}
}
