package scenarios

import (
	"net/url"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
)

// matcher is the derived match of a scenario: what its request has as constants
// and fixtures, and the mock must find equal; or the condition in its place.
type matcher struct {
	credential string // "" matches all
	path       []constantParam
	query      []constantParam
	texts      []textMember     // members of the body that are at hand
	body       []constantMember // the others
	when       *program
	quick      test // when, where it can be tested without CEL
	never      bool // a fixture has no value here
}

// constantParam is a parameter that must have a value.
type constantParam struct {
	name   string
	values []string // all of them, in this order
}

// textMember is a text of the body that must have a value.
type textMember struct {
	get  func(*Input) (string, bool)
	want string
}

// constantMember is a member of the body that must have a value.
type constantMember struct {
	path  []string
	value any
}

// matcher derives the match of the scenario that is being built.
func (b *builder) matcher() matcher {
	sc := b.scenario
	m := matcher{credential: sc.Credentials, when: sc.when}
	if sc.when != nil {
		m.quick = quickTest(sc.when.ast, b.lang)
		return m
	}
	vars := b.loader.script.constants()
	m.path = b.constants(sc.sends.path, vars, &m.never)
	m.query = b.constants(sc.sends.query, vars, &m.never)
	if sc.sends.body != nil {
		for _, c := range b.memberConstants(sc.sends.body, nil, vars, b.lang.body, &m.never) {
			if want, ok := c.value.(string); ok && len(c.path) == 1 {
				if get := b.lang.bodyText(c.path[0]); get != nil {
					m.texts = append(m.texts, textMember{get, want})
					continue
				}
			}
			m.body = append(m.body, c)
		}
	}
	return m
}

func (b *builder) constants(params []namedTemplate, vars cel.Activation, never *bool) []constantParam {
	var out []constantParam
	for _, p := range params {
		if !p.value.constant() || p.value.isNull() || p.value.kind == objectTemplate {
			continue
		}
		values, err := p.value.texts(vars)
		if err != nil {
			*never = true
			continue
		}
		out = append(out, constantParam{p.name, values})
	}
	return out
}

func (b *builder) memberConstants(t *template, at []string, vars cel.Activation, as *shape, never *bool) []constantMember {
	if t.kind == objectTemplate {
		var out []constantMember
		for _, m := range t.members {
			member := anything
			if as != nil && as.fields[m.name] != nil {
				member = as.fields[m.name]
			}
			out = append(out, b.memberConstants(m.value, append(slices.Clip(at), m.name), vars, member, never)...)
		}
		return out
	}
	if !t.constant() {
		return nil
	}
	text, err := t.appendJSON(nil, vars)
	if err == nil {
		var v any
		if v, err = decodeJSON(text, as); err == nil {
			return []constantMember{{at, v}}
		}
	}
	*never = true
	return nil
}

// fits tells whether a request is one that the scenario answers. A condition
// that fails to run does not hold.
func (sc *Scenario) fits(in *Input) bool {
	m := &sc.match
	if m.credential != "" || in.Refused {
		name := Own
		if in.Credential != nil {
			name = in.Credential.Name
		}
		if m.credential != name {
			return false
		}
	}
	if m.never {
		return false
	}
	if m.quick != nil {
		return m.quick(in) == yes
	}
	if m.when != nil {
		held, err := m.when.holds(in.bind(sc.lang, sc.script.fixtures))
		return err == nil && held
	}
	if in.Params == nil && len(m.path) > 0 {
		return false
	}
	for i := range m.path {
		if raw, ok := in.Params.Get(m.path[i].name); !ok || !sameText(raw, m.path[i].values[0], false) {
			return false
		}
	}
	for i := range m.query {
		if !hasQuery(in.RawQuery, m.query[i].name, m.query[i].values) {
			return false
		}
	}
	for i := range m.texts {
		if text, ok := m.texts[i].get(in); !ok || text != m.texts[i].want {
			return false
		}
	}
	if len(m.body) == 0 {
		return true
	}
	body, err := in.bind(sc.lang, sc.script.fixtures).bodyValue()
	if err != nil {
		return false
	}
	for i := range m.body {
		if !hasMember(body, m.body[i].path, m.body[i].value) {
			return false
		}
	}
	return true
}

// sameText compares a percent-encoded text with a plain one.
func sameText(raw, want string, plus bool) bool {
	if raw == want && strings.IndexByte(raw, '%') < 0 && (!plus || strings.IndexByte(raw, '+') < 0) {
		return true
	}
	if strings.IndexByte(raw, '%') < 0 && (!plus || strings.IndexByte(raw, '+') < 0) {
		return false
	}
	unescape := url.PathUnescape
	if plus {
		unescape = url.QueryUnescape
	}
	decoded, err := unescape(raw)
	return err == nil && decoded == want
}

// hasQuery tells whether a query has a parameter with just these values, one
// pair each or all in one, joined by commas.
func hasQuery(rawQuery, name string, want []string) bool {
	n := 0
	for rawQuery != "" {
		var pair string
		pair, rawQuery, _ = strings.Cut(rawQuery, "&")
		key, value, _ := strings.Cut(pair, "=")
		if !sameText(key, name, true) {
			continue
		}
		if n == 0 && len(want) > 1 && sameText(value, strings.Join(want, ","), true) {
			return true
		}
		if n >= len(want) || !sameText(value, want[n], true) {
			return false
		}
		n++
	}
	return n == len(want)
}

// hasMember tells whether a decoded body has a value at a path.
func hasMember(body any, path []string, want any) bool {
	for _, name := range path {
		object, ok := body.(map[string]any)
		if !ok {
			return false
		}
		if body, ok = object[name]; !ok {
			return false
		}
	}
	return equal(body, want)
}

// equal compares decoded JSON values; numbers by their value.
func equal(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for name, v := range a {
			if w, ok := b[name]; !ok || !equal(v, w) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	case int64:
		if f, ok := b.(float64); ok {
			return float64(a) == f
		}
	case float64:
		if i, ok := b.(int64); ok {
			return a == float64(i)
		}
	}
	return a == b
}
