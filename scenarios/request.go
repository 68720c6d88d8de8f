package scenarios

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// requestTemplate is what a scenario sends, as it is written, and what the
// contract fills in.
type requestTemplate struct {
	at        source.Position
	path      []namedTemplate
	query     []namedTemplate
	rawQuery  string // as it is sent
	headers   []namedTemplate
	body      *template
	raw       *string // the body as it is sent
	mediaType string

	samples    []spec.ParameterValue // of required parameters that are not written
	bodySample schema.Value          // of a required body that is not written
	content    *spec.MediaType       // of the body; nil where the contract has none such
}

// samples has the contract fill in what a request leaves out and needs.
func (b *builder) samples() {
	t, op := &b.scenario.sends, b.scenario.Operation
	if rb := op.RequestBody; rb != nil && len(rb.Content) > 0 {
		if t.mediaType == "" {
			t.content = rb.Preferred()
			t.mediaType = t.content.Concrete()
		} else {
			t.content = op.RequestMediaType(t.mediaType)
		}
	}
	needsBody := op.RequestBody != nil && op.RequestBody.Required && t.body == nil && t.raw == nil && t.content != nil
	needed := slices.ContainsFunc(op.Parameters, func(p *spec.Parameter) bool { return p.Required && !t.writes(p) })
	if !needed && !needsBody {
		return
	}
	sample, err := op.SampleRequest(spec.RequestOptions{MediaType: t.content})
	if err != nil {
		b.says(t.at, ruleContract, "the request is not complete, and the contract cannot complete it: %v", err)
		return
	}
	for _, v := range sample.Values {
		if !t.writes(v.Parameter) {
			t.samples = append(t.samples, v)
		}
	}
	if needsBody {
		t.bodySample = sample.Body
	}
}

// writes tells whether the script itself says something of a parameter.
func (t *requestTemplate) writes(p *spec.Parameter) bool {
	var list []namedTemplate
	name := p.Name
	switch p.In {
	case spec.InPath:
		list = t.path
	case spec.InQuery:
		list = t.query
		if t.rawQuery != "" {
			return true
		}
	case spec.InHeader:
		list, name = t.headers, http.CanonicalHeaderKey(p.Name)
	}
	return slices.ContainsFunc(list, func(n namedTemplate) bool { return n.name == name })
}

// Request renders what the suite sends to a target. A fixture or credential
// that the target has no value for is an [*UnsetError]: the scenario cannot be
// checked there.
func (sc *Scenario) Request(env *Env) (*Request, error) {
	vars, err := sc.script.sending(env)
	if err != nil {
		return nil, err
	}
	t := &sc.sends
	if err := t.unset(vars.fixtures, sc.conditions()); err != nil {
		return nil, err
	}
	r := &Request{Method: sc.Operation.Method, Header: http.Header{}, Credential: sc.Credentials}
	if r.Credential == "" {
		r.Credential = Own
	}
	if err := sc.secret(r, env); err != nil {
		return nil, err
	}
	fail := func(err error) (*Request, error) {
		return nil, fmt.Errorf("%s: request of scenario %q: %w", t.at, sc.Name, err)
	}
	if err := t.render(sc.Operation, r, vars); err != nil {
		return fail(err)
	}
	return r, nil
}

// render writes the request as the contract has its parameters and body travel.
func (t *requestTemplate) render(op *spec.Operation, r *Request, vars *scope) error {
	values := slices.Clone(t.samples)
	for _, list := range []struct {
		in     spec.Location
		params []namedTemplate
	}{{spec.InPath, t.path}, {spec.InQuery, t.query}} {
		for _, n := range list.params {
			if n.value.isNull() {
				continue
			}
			v, err := n.value.appendJSON(nil, vars)
			if err != nil {
				return err
			}
			values = append(values, spec.ParameterValue{Parameter: op.Parameter(list.in, n.name), Value: v})
		}
	}
	body, err := t.value(vars)
	if err != nil {
		return err
	}
	parts, err := op.EncodeRequest(values, body, t.content)
	if err != nil {
		return err
	}
	r.Path, r.RawQuery, r.Header, r.Body, r.ContentType = parts.Path, parts.Query, parts.Header, parts.Body, parts.ContentType
	if t.rawQuery != "" {
		r.RawQuery = t.rawQuery
	}
	switch {
	case t.raw != nil:
		r.Body, r.ContentType = []byte(*t.raw), t.mediaType
	case body != nil && t.content == nil && isJSON(t.mediaType):
		r.Body, r.ContentType = body, t.mediaType
	case body != nil && t.content == nil:
		r.Body, r.ContentType = []byte(plainText(body)), t.mediaType
	case body != nil && essence(t.mediaType) != multipartType:
		r.ContentType = t.mediaType
	}
	if r.HasBody = len(r.Body) > 0; !r.HasBody {
		r.Body, r.ContentType = nil, ""
	} else if r.ContentType == "" {
		r.ContentType = jsonType
	}
	return t.renderHeaders(r, vars)
}

// value is the body as data; nil for none, and where it is written raw.
func (t *requestTemplate) value(vars *scope) (schema.Value, error) {
	switch {
	case t.raw != nil, t.body != nil && t.body.isNull():
		return nil, nil
	case t.body != nil:
		return t.body.appendJSON(nil, vars)
	}
	return t.bodySample, nil
}

func (t *requestTemplate) renderHeaders(r *Request, vars *scope) error {
	for _, h := range t.headers {
		delete(r.Header, h.name)
		if h.value.isNull() {
			continue
		}
		text, err := h.value.text(vars)
		if err != nil {
			return err
		}
		r.Header[h.name] = []string{oneLine.Replace(text)}
	}
	return nil
}

// unset names the first fixture that a request, or a condition on its answers,
// needs and a target has not.
func (t *requestTemplate) unset(have map[string]any, conditions []Condition) error {
	var missing error
	visit := func(p *program) {
		for _, name := range p.fixtures {
			if _, ok := have[name]; !ok && missing == nil {
				missing = &UnsetError{Kind: "fixture", Name: name}
			}
		}
	}
	for _, list := range [][]namedTemplate{t.path, t.query, t.headers} {
		for _, n := range list {
			n.value.walk(visit)
		}
	}
	if t.body != nil {
		t.body.walk(visit)
	}
	for _, c := range conditions {
		visit(c.program)
	}
	return missing
}

// secret finds what the request presents.
func (sc *Scenario) secret(r *Request, env *Env) error {
	if r.Credential == None || !secured(sc.Operation) {
		return nil
	}
	if s, ok := env.Credentials[r.Credential]; ok {
		r.Secret = s
		return nil
	}
	if env.Defaults {
		c := sc.script.Credential(r.Credential)
		for _, requirement := range sc.Operation.Security {
			for _, use := range requirement {
				if s, ok := c.Secret(use.Scheme); ok && s.Value != "" {
					r.Secret = s.Value
					return nil
				}
			}
		}
	}
	if r.Credential == Own && (env.Defaults || open(sc.Operation)) {
		return nil // the mock lets in whoever a script says nothing of
	}
	return &UnsetError{Kind: "credential", Name: r.Credential}
}

// open tells whether an operation also lets in who presents nothing.
func open(op *spec.Operation) bool {
	return slices.ContainsFunc(op.Security, func(r spec.Requirement) bool { return len(r) == 0 })
}

func secured(op *spec.Operation) bool {
	return slices.ContainsFunc(op.Security, func(r spec.Requirement) bool { return len(r) > 0 })
}
