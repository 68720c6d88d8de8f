package conformance

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// The members that a contract marks writeOnly stay with the server. The looser of
// the two checks is for what leaves room: OpenAPI 3.0 says SHOULD NOT, and a member
// that the contract also requires is said to be there and not to be.
var (
	bodyWriteOnly = Check{
		ID:       "body.write-only",
		Severity: Must,
		Says:     "a member that is writeOnly is not in an answer",
		Source:   "OpenAPI 3.1 §4.8.24; JSON Schema 2020-12 validation §9.4: never present when it is retrieved",
		Why:      "Passwords and keys are marked so: whoever reads or logs the answer has them.",
		Right:    "password: {type: string, writeOnly: true}; GET /users/7: {\"name\": \"ana\"}",
		Wrong:    "password: {type: string, writeOnly: true}; GET /users/7: {\"name\": \"ana\", \"password\": \"s3cret\"}",
		For:      anyStep(expectsBody),
		Applies:  isDocumentedJSON,
		Run:      writeOnlyMembers(true),
	}
	bodyWriteOnlyLoosely = Check{
		ID:       "body.write-only-loosely",
		Severity: Should,
		Says:     "a member that is writeOnly is not in an answer, also where the contract leaves room for it",
		Source:   "OpenAPI 3.0.3 §4.7.24.2: SHOULD NOT be sent as part of the response",
		Why:      "Passwords and keys are marked so. OpenAPI 3.0 only advises against sending them, and a member that is required as well is the contract's own contradiction.",
		Right:    "openapi: 3.0.3, password writeOnly; GET /users/7: {\"name\": \"ana\"}",
		Wrong:    "openapi: 3.0.3, password writeOnly; GET /users/7: {\"name\": \"ana\", \"password\": \"s3cret\"}",
		For:      anyStep(expectsBody),
		Applies:  isDocumentedJSON,
		Run:      writeOnlyMembers(false),
	}
)

func isDocumentedJSON(x *Exchange) bool { return isJSONAnswer(x) && documentedType(x) }

// writeOnlyMembers returns a Run that lists the writeOnly members in a body: those
// for which the contract leaves no room, or the others.
func writeOnlyMembers(strictly bool) func(*Exchange) error {
	return func(x *Exchange) error {
		var found []error
		for _, p := range bodyPlaces(x) {
			is, required := p.writeOnly()
			room := required || strings.HasPrefix(x.Operation().Document().OpenAPI, "3.0")
			if is && room != strictly && !showsNothing(p.value) && !inExamples(x, p.pointer) {
				found = append(found, &violationError{
					spec.Violation{In: spec.BodyPart, Pointer: p.pointer, Keyword: "writeOnly", Detail: "is writeOnly"},
					fmt.Sprintf("body %s is writeOnly, and is in the answer", p.pointer),
				})
			}
		}
		return errors.Join(found...)
	}
}

// writeOnly tells whether each schema that describes a member says that it is
// writeOnly, and whether one of them requires it.
func (p bodyPlace) writeOnly() (is, required bool) {
	for _, s := range p.parent {
		required = required || s.Requires(p.name)
		for _, m := range s.Properties {
			if m.Name != p.name {
				continue
			}
			if !saysWriteOnly(m.Schema) {
				return false, false
			}
			is = true
		}
	}
	return is, required
}

// saysWriteOnly tells whether a schema, or one that holds with it, says so.
func saysWriteOnly(s *schema.Schema) bool {
	all := []*schema.Schema{s}
	for i := 0; i < len(all); i++ {
		if all[i] == nil {
			continue
		}
		if all[i].WriteOnly {
			return true
		}
		for _, other := range append([]*schema.Schema{all[i].Ref}, all[i].AllOf...) {
			if !slices.Contains(all, other) {
				all = append(all, other)
			}
		}
	}
	return false
}

// showsNothing tells a value that gives nothing away: none, or one that is masked.
func showsNothing(v any) bool {
	text, ok := v.(string)
	return v == nil || ok && strings.Trim(text, "*•xX#. ") == ""
}

// inExamples tells whether the contract itself shows a place in an example of the
// answer; what it shows of the first item of a list holds for all.
func inExamples(x *Exchange, pointer string) bool {
	pointer = indexes.ReplaceAllString(pointer, "/0$1")
	mt := x.Documented().MediaType(x.Response.Header.Get("Content-Type"))
	return mt != nil && slices.ContainsFunc(mt.Examples, func(e spec.Example) bool { return valueAt(e.Value, pointer) != "" })
}
