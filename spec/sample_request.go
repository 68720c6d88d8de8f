package spec

import (
	"fmt"
	"strings"

	"github.com/concord-api/concord/spec/sample"
	"github.com/concord-api/concord/spec/schema"
)

// SampleRequest is a request made from a contract. Change its values and
// encode it anew with [Operation.EncodeRequest] for another.
type SampleRequest struct {
	Values    []ParameterValue
	Body      schema.Value // nil where none is sent
	MediaType *MediaType   // of Body
	Parts     RequestParts
}

// RequestOptions say which request is wanted. The zero value asks for the least
// that is valid: required parameters, and a body where one is required.
type RequestOptions struct {
	Seed     uint64
	Dynamic  bool
	Optional bool // also the parameters and the body that are not required
	// Body asks for the body also where it is not required, if one can be made:
	// contracts that mean it to be sent often leave "required" out, whose default
	// is false (OpenAPI 3.1 §4.8.13.1).
	Body bool
	// MediaType of the body; nil takes JSON where it is documented, else the
	// first.
	MediaType *MediaType
}

// SampleRequest makes a valid request of the operation, without credentials.
// The error says which parameter or body no valid value can be made for.
func (o *Operation) SampleRequest(ro RequestOptions) (*SampleRequest, error) {
	so := sample.Options{Seed: ro.Seed, Direction: schema.Request, Dynamic: ro.Dynamic}
	out := &SampleRequest{}
	used := map[string]bool{} // names in the query
	for _, p := range o.Parameters {
		if !p.Required && (!ro.Optional || p.In == InHeader && framing[p.codec().lines]) || p.In == InHeader && ignoredHeader(p.codec().lines) {
			continue
		}
		value, text, err := p.carried(so)
		if err != nil {
			if !p.Required {
				continue
			}
			return nil, fmt.Errorf("sample of a request of %s: %s parameter %s: %w", o.ID, p.In, p.Name, err)
		}
		if p.In == InQuery && !claim(used, text) && !p.Required {
			continue
		}
		out.Values = append(out.Values, ParameterValue{p, value})
	}
	if b := o.RequestBody; b != nil && (b.Required || ro.Optional || ro.Body) && len(b.Content) > 0 {
		out.MediaType = ro.MediaType
		if out.MediaType == nil {
			out.MediaType = b.Preferred()
		}
		var examples []schema.Value
		if len(out.MediaType.Examples) > 0 {
			examples = []schema.Value{out.MediaType.Examples[0].Value}
		}
		value, _, err := out.MediaType.sampleValue(examples, so)
		switch {
		case err == nil:
			out.Body = value
		case b.Required || ro.Optional:
			return nil, fmt.Errorf("sample of a request of %s: body as %s: %w", o.ID, out.MediaType.Range, err)
		default:
			out.MediaType = nil
		}
	}
	var err error
	out.Parts, err = o.EncodeRequest(out.Values, out.Body, out.MediaType)
	return out, err
}

// carryTries is how many generated values are tried for a parameter whose
// example cannot be sent.
const carryTries = 8

// carried samples a parameter and writes it. An example that a request cannot
// carry, such as the empty one that exporters leave for a segment of a path,
// gives way to a generated value.
func (p *Parameter) carried(so sample.Options) (schema.Value, string, error) {
	value, err := p.sample(so)
	if err != nil {
		return nil, "", err
	}
	text, cannot := p.encode(value)
	if cannot == nil || p.Schema == nil && p.Content == nil {
		return value, text, cannot
	}
	so.Dynamic = true
	for range carryTries {
		if value, err = p.sample(so); err == nil {
			if text, err = p.encode(value); err == nil {
				return value, text, nil
			}
		}
		so.Seed++
	}
	return nil, "", cannot
}

// claim takes the names of a query's pairs, unless one of them is taken: the
// members of two exploded objects of one name could not be told apart.
func claim(used map[string]bool, query string) bool {
	var names []string
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if used[name] {
			return false
		}
		names = append(names, name)
	}
	for _, name := range names {
		used[name] = true
	}
	return true
}

// Preferred is the media type that a client sends where it may choose: JSON,
// else the first. Nil where none is documented.
func (b *RequestBody) Preferred() *MediaType {
	for _, m := range b.Content {
		if m.IsJSON() {
			return m
		}
	}
	if len(b.Content) == 0 {
		return nil
	}
	return b.Content[0]
}
