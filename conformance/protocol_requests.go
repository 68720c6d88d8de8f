package conformance

import (
	"net/http"
	"slices"
	"strings"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// malformedCases send a body that ends in the middle.
func malformedCases(op *spec.Operation) []*Case {
	if op.RequestBody == nil {
		return nil
	}
	i := slices.IndexFunc(op.RequestBody.Content, (*spec.MediaType).IsJSON)
	if i < 0 {
		return nil
	}
	contentType := op.RequestBody.Content[i].Range
	return []*Case{{
		ID:        protocolID(op, "malformed-body"),
		Topic:     Malformed,
		Operation: op,
		Name:      "with a body that is no JSON",
		Steps: []*Step{{
			Operation: op,
			Expect:    Expect{Status: []string{"4XX"}, Because: "RFC 9110 §15.5.1: the body cannot be read"},
			build: func(b *builder, _ []*Exchange) (*Request, error) {
				r, err := b.valid(op, true)
				if err != nil {
					return nil, err
				}
				r.ContentType, r.Body, r.HasBody = contentType, []byte(`{"cut": `), true
				return b.finish(op, r)
			},
		}},
	}}
}

// wrongMethod asks a path for a method that it does not have. The method is the
// least harmful one, should the server have it all the same.
func wrongMethod(c *Config, op *spec.Operation) *Case {
	allowed := pathMethods(c.Document, op)
	for _, method := range []string{http.MethodGet, http.MethodPatch, http.MethodPut, http.MethodPost, http.MethodDelete} {
		if slices.Contains(allowed, method) {
			continue
		}
		return &Case{
			ID:        protocolID(op, "wrong-method"),
			Topic:     WrongMethod,
			Operation: op,
			Name:      method + ", which " + op.Path + " does not have",
			Steps: []*Step{{
				Expect: Expect{Status: []string{"405"}, Because: "RFC 9110 §15.5.6: the path has " + strings.Join(allowed, ", ")},
				build: func(b *builder, _ []*Exchange) (*Request, error) {
					r, err := b.valid(op, true)
					if err != nil {
						return nil, err
					}
					return b.finish(op, &scenarios.Request{Method: method, Path: r.Path})
				},
			}},
		}
	}
	return nil
}

// pathMethods lists the methods that the contract has for an operation's path,
// and for requests to it: those to /users/me may also lead to /users/{id}.
func pathMethods(doc *spec.Document, op *spec.Operation) []string {
	leads := map[string]*spec.Operation{} // by method, where the path of a request leads
	path := ""
	if s, err := op.SampleRequest(spec.RequestOptions{}); err == nil {
		path = s.Parts.Path
	}
	var methods []string
	for _, other := range doc.Operations() {
		to, known := leads[other.Method]
		if !known && path != "" {
			if match, err := doc.Match(other.Method, path); err == nil {
				to = match.Operation
			}
			leads[other.Method] = to
		}
		if other.Path == op.Path || to == other {
			methods = append(methods, other.Method)
		}
	}
	return methods
}

// headCase asks for a GET and for its header alone.
func headCase(op *spec.Operation) *Case {
	get := func(b *builder, _ []*Exchange) (*Request, error) {
		r, err := b.valid(op, true)
		if err != nil {
			return nil, err
		}
		return b.finish(op, r)
	}
	return &Case{
		ID:        protocolID(op, "head"),
		Topic:     Head,
		Operation: op,
		Name:      "HEAD",
		Steps: []*Step{
			{Name: "GET", Operation: op, build: get},
			{Name: "HEAD", build: func(_ *builder, earlier []*Exchange) (*Request, error) {
				r := again(earlier[0])
				r.Method = http.MethodHead
				return r, nil
			}},
		},
	}
}

// again is the request of an earlier step.
func again(x *Exchange) *Request {
	r := x.Request
	r.Header = r.Header.Clone()
	return &r
}
