package scenarios

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/sample"
	"github.com/concord-api/concord/spec/schema"
)

// filling is what the contract itself gives for an answer: what a script leaves
// out is filled in from it.
type filling struct {
	Header http.Header
	Body   []byte
}

// sampleOf makes the contract's own answer of a status and media type, from the
// named example where one is asked for.
func sampleOf(op *spec.Operation, status int, mt *spec.MediaType, example string) (filling, error) {
	f := filling{Header: http.Header{}}
	documented := op.Response(status)
	if documented == nil {
		if example != "" {
			return f, fmt.Errorf("example %q: status %d is not documented for %s", example, status, op.ID)
		}
		return f, nil
	}
	for _, p := range documented.Headers {
		name := http.CanonicalHeaderKey(p.Name)
		if name == "Content-Type" {
			continue // OpenAPI 3.1 §4.8.17: it is said by the media type
		}
		text, err := parameterText(p, schema.Response)
		if err != nil {
			if p.Required {
				return f, fmt.Errorf("header %s of status %d: %w", p.Name, status, err)
			}
			continue
		}
		f.Header[name] = []string{text}
	}
	if mt == nil {
		return f, nil
	}
	examples, err := chosen(mt, example)
	if err != nil {
		return f, err
	}
	if len(examples) == 0 && mt.Schema == nil {
		return f, nil
	}
	if len(examples) > 0 && mt.Examples[0].Verbatim != nil && !isJSON(mt.Range) {
		f.Body = mt.Examples[0].Verbatim
		return f, nil
	}
	value, _, err := sample.Choose(examples, mt.Schema, sample.Options{Direction: schema.Response})
	if err != nil {
		return f, fmt.Errorf("body of status %d: %w", status, err)
	}
	f.Body = value
	if !isJSON(mt.Range) {
		f.Body = []byte(plainText(value))
	}
	return f, nil
}

// chosen lists the examples of a media type, the named one only where a name is
// given.
func chosen(mt *spec.MediaType, name string) ([]schema.Value, error) {
	var values []schema.Value
	var names []string
	for _, e := range mt.Examples {
		if name == "" || e.Name == name {
			values = append(values, e.Value)
		}
		names = append(names, e.Name)
	}
	if name != "" && len(values) == 0 {
		return nil, fmt.Errorf("the contract has no example %q of %s there (it has: %s)%s",
			name, mt.Range, quoted(names), didYouMean(name, names))
	}
	return values, nil
}

// parameterText makes a value of a parameter or header as text: items of a list
// are joined by commas.
func parameterText(p *spec.Parameter, dir schema.Direction) (string, error) {
	s, examples := p.Schema, p.Examples
	if p.Content != nil {
		s, examples = p.Content.Schema, p.Content.Examples
	}
	var values []schema.Value
	for _, e := range examples {
		values = append(values, e.Value)
	}
	if len(values) == 0 && s == nil {
		return "text", nil
	}
	v, _, err := sample.Choose(values, s, sample.Options{Direction: dir})
	if err != nil {
		return "", err
	}
	if p.Content == nil && v.Kind() == '[' {
		var texts []string
		d := jsontext.NewDecoder(strings.NewReader(string(v)))
		if _, err := d.ReadToken(); err == nil {
			for d.PeekKind() != ']' {
				item, err := d.ReadValue()
				if err != nil {
					break
				}
				texts = append(texts, plainText(item))
			}
		}
		return strings.Join(texts, ","), nil
	}
	return plainText(v), nil
}
