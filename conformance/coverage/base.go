package coverage

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// Request is a request as the wire carries it.
type Request struct {
	Path        string // escaped, without the base path of a server
	Query       string // raw, without "?"
	Header      http.Header
	Body        []byte
	ContentType string // "" for none; not in Header
	HasBody     bool   // a body is sent, if an empty one
}

// Violations lists how a request of an operation breaks its contract, by the
// contract's own validation; nil where it is valid. routed is false where the
// path leads to no operation, or to another one: then nothing is said of it.
func (r *Request) Violations(op *spec.Operation) (violations []spec.Violation, routed bool) {
	m, err := op.Document().Match(op.Method, r.Path)
	if err != nil || m.Operation != op {
		return nil, false
	}
	header := r.Header
	if r.ContentType != "" {
		header = header.Clone()
		if header == nil {
			header = http.Header{}
		}
		header.Set("Content-Type", r.ContentType)
	}
	return op.CheckRequest(&spec.Request{Path: m.Params, Query: r.Query, Header: header, Body: r.Body}), true
}

// Base is a valid request of an operation, taken apart so that one thing of it
// can be changed.
type Base struct {
	Operation *spec.Operation
	Request   Request

	params spec.Params
	media  *spec.MediaType // of the body; nil where there is none that can be changed
	body   schema.Value    // the body as its schema sees it; nil where it has no such form
}

// NewBase takes a request apart. The error says why it is none of the
// operation; a request that breaks the contract is one too.
func NewBase(op *spec.Operation, r Request) (*Base, error) {
	violations, routed := r.Violations(op)
	if !routed {
		return nil, fmt.Errorf("the path %s does not lead to %s", r.Path, op.ID)
	}
	if len(violations) > 0 {
		return nil, fmt.Errorf("the request of %s to start from breaks the contract: %s", op.ID, violations[0])
	}
	m, err := op.Document().Match(op.Method, r.Path)
	if err != nil {
		return nil, err
	}
	b := &Base{Operation: op, Request: r, params: m.Params}
	if !r.HasBody || op.RequestBody == nil {
		return b, nil
	}
	if b.media = op.RequestMediaType(r.ContentType); b.media == nil {
		b.media = op.RequestBody.Preferred()
	}
	if b.media == nil || len(r.Body) == 0 && !b.media.IsForm() {
		return b, nil
	}
	if v, err := b.media.Decode(r.ContentType, r.Body); err == nil {
		b.body = v
	}
	return b, nil
}

// MeansBody tells whether the body of a request with a method has a meaning: of
// the others, servers may read none (RFC 9110 §9.3.1, §9.3.2, §9.3.5).
func MeansBody(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodDelete
}

// SampleBase makes a base from the contract alone: the least that is valid, with
// a body wherever one has a meaning.
func SampleBase(op *spec.Operation, seed uint64) (*Base, error) {
	s, err := op.SampleRequest(spec.RequestOptions{Seed: seed, Body: MeansBody(op.Method)})
	if err != nil {
		return nil, err
	}
	return NewBase(op, Request{
		Path:        s.Parts.Path,
		Query:       s.Parts.Query,
		Header:      s.Parts.Header,
		Body:        s.Parts.Body,
		ContentType: s.Parts.ContentType,
		HasBody:     s.MediaType != nil,
	})
}

// has tells whether the base sends a parameter.
func (b *Base) has(p *spec.Parameter) bool {
	switch p.In {
	case spec.InPath:
		return true
	case spec.InHeader:
		return b.Request.Header.Get(p.Name) != ""
	case spec.InCookie:
		return strings.Contains(b.Request.Header.Get("Cookie"), p.Name+"=")
	}
	return withoutPairs(b.Request.Query, p) != b.Request.Query
}

// path is the escaped path with another text for one of its parameters.
func (b *Base) path(changed, text string) string {
	path := b.Operation.Path
	for _, p := range b.Operation.Parameters {
		if p.In != spec.InPath {
			continue
		}
		raw, _ := b.params.Get(p.Name)
		if p.Name == changed {
			raw = text
		}
		path = strings.ReplaceAll(path, "{"+p.Name+"}", raw)
	}
	return path
}

// withoutPairs leaves out the pairs of a query that belong to a parameter.
func withoutPairs(query string, p *spec.Parameter) string {
	if query == "" || p.In == spec.InQueryString {
		return ""
	}
	var kept []string
	for _, pair := range strings.Split(query, "&") {
		escaped, _, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(escaped)
		if err != nil || !owns(p, name) {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}

// owns tells whether a name of a query belongs to a parameter.
func owns(p *spec.Parameter, name string) bool {
	if name == p.Name {
		return true
	}
	if p.Style == "deepObject" {
		return strings.HasPrefix(name, p.Name+"[")
	}
	if !p.Explode || p.Schema == nil {
		return false
	}
	for _, s := range parts(p.Schema, nil) {
		if s.Property(name) != nil {
			return true
		}
	}
	return false
}
