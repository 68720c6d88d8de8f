package scenarios

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/sample"
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

	pathSamples   map[string]string
	querySamples  url.Values
	headerSamples http.Header
	bodySample    []byte // JSON
	content       *spec.MediaType
}

// samples has the contract fill in what a request leaves out: path parameters,
// and everything else that is required.
func (b *builder) samples() {
	t, op := &b.scenario.sends, b.scenario.Operation
	t.pathSamples, t.querySamples, t.headerSamples = map[string]string{}, url.Values{}, http.Header{}
	for _, p := range op.Parameters {
		if !p.Required {
			continue
		}
		var put func(string)
		switch p.In {
		case spec.InPath:
			put = func(s string) { t.pathSamples[p.Name] = s }
		case spec.InQuery:
			put = func(s string) { t.querySamples.Set(p.Name, s) }
		case spec.InHeader:
			put = func(s string) { t.headerSamples.Set(p.Name, s) }
		default:
			continue
		}
		if written(t, p) {
			continue
		}
		text, err := parameterText(p, schema.Request)
		if err != nil {
			b.says(t.at, ruleContract, "%s parameter %s has no value, and the contract gives none: %v", p.In, p.Name, err)
			continue
		}
		put(text)
	}
	b.bodySamples()
}

func written(t *requestTemplate, p *spec.Parameter) bool {
	list, name := t.path, p.Name
	switch p.In {
	case spec.InQuery:
		list = t.query
	case spec.InHeader:
		list, name = t.headers, http.CanonicalHeaderKey(p.Name)
	}
	return slices.ContainsFunc(list, func(n namedTemplate) bool {
		return n.name == name || p.In == spec.InQuery && strings.HasPrefix(n.name, name+"[")
	})
}

// bodySamples chooses the media type of the body, and the body itself where the
// contract demands one and the script gives none.
func (b *builder) bodySamples() {
	t, documented := &b.scenario.sends, b.scenario.Operation.RequestBody
	if documented == nil || len(documented.Content) == 0 {
		if t.mediaType == "" && (t.body != nil || t.raw != nil && *t.raw != "") {
			t.mediaType = jsonType
		}
		return
	}
	t.content = documented.Content[0]
	for _, mt := range documented.Content {
		if !isJSON(t.content.Range) && isJSON(mt.Range) {
			t.content = mt
		}
	}
	if t.mediaType != "" {
		t.content = b.scenario.Operation.RequestMediaType(t.mediaType)
	} else {
		t.mediaType = t.content.Concrete()
	}
	if t.body != nil || t.raw != nil || !documented.Required || t.content == nil {
		return
	}
	var examples []schema.Value
	for _, e := range t.content.Examples {
		examples = append(examples, e.Value)
	}
	value, _, err := sample.Choose(examples, t.content.Schema, sample.Options{})
	if err != nil {
		b.says(t.at, ruleContract, "the request has no body, and the contract gives none: %v", err)
		return
	}
	t.bodySample = value
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
	if err := t.unset(vars.fixtures); err != nil {
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
	if r.Path, err = t.renderPath(sc.Operation.Path, vars); err != nil {
		return fail(err)
	}
	if r.RawQuery, err = t.renderQuery(sc.Operation, vars); err != nil {
		return fail(err)
	}
	for name, values := range t.headerSamples {
		r.Header[name] = values
	}
	for _, h := range t.headers {
		delete(r.Header, h.name)
		if h.value.isNull() {
			continue
		}
		text, err := h.value.text(vars)
		if err != nil {
			return fail(err)
		}
		r.Header[h.name] = []string{oneLine.Replace(text)}
	}
	if err := t.renderBody(r, vars); err != nil {
		return fail(err)
	}
	return r, nil
}

// unset names the first fixture that a request needs and a target has not.
func (t *requestTemplate) unset(have map[string]any) error {
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
	if r.Credential == Own {
		return nil // the run may have none: the target's answer will tell
	}
	return &UnsetError{Kind: "credential", Name: r.Credential}
}

func secured(op *spec.Operation) bool {
	return slices.ContainsFunc(op.Security, func(r spec.Requirement) bool { return len(r) > 0 })
}

// renderPath puts values into the path's template.
func (t *requestTemplate) renderPath(path string, vars *scope) (string, error) {
	for _, n := range t.path {
		text, err := n.value.text(vars)
		if err != nil {
			return "", err
		}
		path = strings.ReplaceAll(path, "{"+n.name+"}", url.PathEscape(text))
	}
	for name, text := range t.pathSamples {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(text))
	}
	return path, nil
}

// renderQuery writes the parameters in the order of the script, then those that
// the contract demands.
func (t *requestTemplate) renderQuery(op *spec.Operation, vars *scope) (string, error) {
	if t.rawQuery != "" {
		return t.rawQuery, nil
	}
	var pairs []string
	add := func(name, value string) {
		pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(value))
	}
	for _, n := range t.query {
		if n.value.isNull() {
			continue
		}
		texts, err := n.value.texts(vars)
		if err != nil {
			return "", err
		}
		if p := op.Parameter(spec.InQuery, n.name); p != nil && !p.Explode && len(texts) > 1 {
			texts = []string{strings.Join(texts, separators[p.Style])}
		}
		for _, text := range texts {
			add(n.name, text)
		}
	}
	for _, p := range op.Parameters {
		if p.In == spec.InQuery && t.querySamples.Has(p.Name) {
			add(p.Name, t.querySamples.Get(p.Name))
		}
	}
	return strings.Join(pairs, "&"), nil
}

// separators join the items of a list by the style of its parameter (OpenAPI
// 3.1 §4.8.12.2).
var separators = map[string]string{"form": ",", "": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
