package conformance

import (
	"errors"
	"net/http"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// protocolCases makes the cases that no script has to say: what HTTP and the
// contract demand of every server.
func protocolCases(c *Config) []*Case {
	var cases []*Case
	if path := noSuchPath(c.Document); isUnknown(c.Document, path) {
		cases = append(cases, unknownPath(path))
	}
	paths := map[string]bool{}
	for _, op := range c.Document.Operations() {
		cases = append(cases, authenticationCases(c, op)...)
		cases = append(cases, malformedCases(op)...)
		cases = append(cases, entryCases(c, op)...)
		cases = append(cases, idempotencyCases(c, op)...)
		cases = append(cases, keyCases(c, op)...)
		cases = append(cases, negotiationCases(op)...)
		if op.Method == http.MethodGet {
			cases = append(cases, headCase(op))
		}
		if !paths[op.Path] {
			paths[op.Path] = true
			if wrong := wrongMethod(c, op); wrong != nil {
				cases = append(cases, wrong)
			}
		}
	}
	return append(cases, rateLimitCase(c)...)
}

func protocolID(op *spec.Operation, name string) string { return "protocol/" + op.ID + "/" + name }

// noSuchPath makes a path that the contract does not have, nor for a template
// that takes any word, where there is one that is not too long.
func noSuchPath(doc *spec.Document) string {
	path := "/concord-verify-no-such-path"
	for range 8 {
		if isUnknown(doc, path) {
			break
		}
		path += "/concord-verify-no-such-path"
	}
	return path
}

func isUnknown(doc *spec.Document, path string) bool {
	_, err := doc.Match(http.MethodGet, path)
	return errors.Is(err, spec.ErrNoPath)
}

func unknownPath(path string) *Case {
	return &Case{
		ID:    "protocol/unknown-path",
		Topic: UnknownPath,
		Name:  "an unknown path",
		Steps: []*Step{{
			Expect: Expect{Status: []string{"404"}, Because: "RFC 9110 §15.5.5: the contract has no such path"},
			build: func(b *builder, _ []*Exchange) (*Request, error) {
				return b.finish(nil, &scenarios.Request{Method: http.MethodGet, Path: path})
			},
		}},
	}
}
