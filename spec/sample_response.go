package spec

import (
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"strings"

	"github.com/concord-api/concord/spec/sample"
	"github.com/concord-api/concord/spec/schema"
)

// ErrNoExample says that an example was asked for by a name that it is not
// documented under.
var ErrNoExample = errors.New("no such example")

// SampleOptions say which sample is wanted. The zero value asks for the first
// example, else for static data.
type SampleOptions struct {
	Example  string // its name; "" takes the first
	Seed     uint64 // one seed gives one sample
	Dynamic  bool   // fresh data for each seed, whatever the examples
	Verbatim bool   // an example as it is written, even where it breaks its schema
}

// Sample is an answer made from a contract. Its body is valid against its
// schema, unless Verbatim was asked for and Violations says otherwise.
type Sample struct {
	Status      int
	ContentType string      // "" where there is no body
	Header      http.Header // those that the response documents
	Body        []byte
	Value       schema.Value // the body as data, nil where it is none
	Example     string       // the name of the example that was taken
	Mended      bool         // the example broke its schema and was mended
	Violations  []Violation  // of an example that was sent verbatim
}

// Sample makes an answer of a response: with the status, and the media type as
// the contract documents it and as it is sent (see [Negotiate]); nil for none.
// Examples come first, then generated data. The error wraps [ErrNoExample] or
// says that no valid body can be made.
func (r *Response) Sample(status int, mt *MediaType, contentType string, o SampleOptions) (*Sample, error) {
	s := &Sample{Status: status, Header: http.Header{}}
	if err := r.sampleHeaders(s, o); err != nil {
		return nil, err
	}
	if o.Example != "" && (mt == nil || mt.example(o.Example) == nil) {
		return nil, fmt.Errorf("%w: %q is not among the examples of %s (documented: %s)", ErrNoExample, o.Example, r.Status, r.exampleNames())
	}
	if mt == nil || bodiless(status) {
		return s, nil
	}
	s.ContentType = contentType
	if err := mt.sampleBody(s, o); err != nil {
		return nil, fmt.Errorf("sample of a %s as %s: %w", r.Status, mt.Range, err)
	}
	return s, nil
}

func (m *MediaType) example(name string) *Example {
	for i := range m.Examples {
		if m.Examples[i].Name == name {
			return &m.Examples[i]
		}
	}
	return nil
}

func (r *Response) exampleNames() string {
	var out []string
	for _, m := range r.Content {
		for _, e := range m.Examples {
			if e.Name != "" {
				out = append(out, e.Name)
			}
		}
	}
	if out == nil {
		return "none"
	}
	return strings.Join(out, ", ")
}

func (m *MediaType) sampleBody(s *Sample, o SampleOptions) error {
	options := sample.Options{Seed: o.Seed, Direction: schema.Response, Dynamic: o.Dynamic, Verbatim: o.Verbatim}
	var chosen *Example
	var examples []schema.Value
	if o.Example != "" {
		chosen = m.example(o.Example)
		options.Dynamic = false
	} else if len(m.Examples) > 0 && !o.Dynamic {
		chosen = &m.Examples[0]
	}
	if chosen != nil {
		s.Example = chosen.Name
		examples = []schema.Value{chosen.Value}
		if chosen.Verbatim != nil {
			s.Body = chosen.Verbatim
			if vs := m.check(BodyPart, s.ContentType, s.Body, schema.Response, nil); len(vs) == 0 || o.Verbatim {
				s.Violations = vs
				return nil
			}
			// As data it may be valid where as text it is not.
			if v, err := m.decodeBody(s.ContentType, chosen.Verbatim); err == nil && v != nil {
				examples = []schema.Value{v}
			}
		}
	}
	value, mended, err := m.sampleValue(examples, options)
	if err != nil {
		return err
	}
	s.Value, s.Mended = value, mended
	if m.IsJSON() || IsJSON(s.ContentType) {
		s.Body = value
	} else {
		body, contentType, err := m.encodeBody(value, s.ContentType)
		if err != nil {
			return err
		}
		s.Body = body
		if strings.Contains(contentType, "boundary=") || strings.Contains(contentType, "charset=") {
			s.ContentType = contentType
		}
	}
	if o.Verbatim && chosen != nil {
		s.Violations = m.check(BodyPart, s.ContentType, s.Body, schema.Response, nil)
	}
	return nil
}

// sampleValue makes the data of a body; a media type that says nothing about
// its bodies gets the least that is well formed.
func (m *MediaType) sampleValue(examples []schema.Value, o sample.Options) (schema.Value, bool, error) {
	if len(examples) == 0 && m.Schema == nil {
		if m.IsJSON() {
			return schema.Value("{}"), false, nil
		}
		return schema.Text("string"), false, nil
	}
	return sample.Choose(examples, m.Schema, o)
}

// framing are headers that belong to the connection or to the server, whatever
// a contract documents: they must say what is true of the bytes that are sent.
var framing = map[string]bool{
	"Connection": true, "Content-Encoding": true, "Content-Length": true, "Content-Type": true,
	"Date": true, "Keep-Alive": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
}

func (r *Response) sampleHeaders(s *Sample, o SampleOptions) error {
	for _, p := range r.Headers {
		name := http.CanonicalHeaderKey(p.Name)
		if framing[name] {
			continue
		}
		value, err := p.sample(sample.Options{Seed: o.Seed, Direction: schema.Response, Dynamic: o.Dynamic, Verbatim: o.Verbatim})
		if err != nil {
			if !p.Required {
				continue
			}
			return fmt.Errorf("sample of the header %s of a %s: %w", p.Name, r.Status, err)
		}
		text, err := p.encode(value)
		if err != nil {
			if !p.Required {
				continue
			}
			return fmt.Errorf("sample of the header %s of a %s: %w", p.Name, r.Status, err)
		}
		if text != "" || p.Required {
			s.Header[name] = []string{text}
		}
	}
	return nil
}

// sample makes a value of a parameter or header: its example, else one of its
// schema. Each parameter of a request draws from a seed of its own.
func (p *Parameter) sample(o sample.Options) (schema.Value, error) {
	h := fnv.New64a()
	h.Write([]byte(p.Name))
	o.Seed ^= h.Sum64()
	s := p.Schema
	examples := p.Examples
	if p.Content != nil {
		s = p.Content.Schema
		if len(examples) == 0 {
			examples = p.Content.Examples
		}
	}
	var values []schema.Value
	if len(examples) > 0 {
		values = []schema.Value{examples[0].Value}
	}
	if values == nil && s == nil {
		return schema.Text("string"), nil
	}
	v, _, err := sample.Choose(values, s, o)
	return v, err
}
