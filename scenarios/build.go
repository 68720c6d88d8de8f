package scenarios

import (
	"net/http"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/source"
)

// builder reads the parts of one scenario.
type builder struct {
	*reader
	loader   *loader
	scenario *Scenario
	lang     *dialect
	gifts    *yaml.Node // what verify says that the last answer gives, read when that is known
}

// says reports a fault of the scenario, named.
func (b *builder) says(at source.Position, rule, format string, args ...any) {
	if b.scenario.Name != "" {
		format = "scenario %q: " + format
		args = append([]any{b.scenario.Name}, args...)
	}
	b.errorf(at, rule, format, args...)
}

// one keeps the node of `response` or `responses`, of which a scenario has one.
func (b *builder) one(into **yaml.Node, n *yaml.Node) {
	if *into != nil {
		b.says(b.at(n), ruleDuplicate, "has both response and responses: write one of them")
		return
	}
	*into = n
	if n == nil {
		b.fault(n, ruleSyntax, "a response must be a mapping, not nothing")
	}
}

// condition reads a CEL condition.
func (b *builder) condition(n *yaml.Node, env *cel.Env) *program {
	var text string
	b.text(&text, "a condition")(n)
	if text == "" {
		return nil
	}
	if rest, ok := strings.CutPrefix(text, "${"); ok {
		text = strings.TrimSuffix(rest, "}")
	}
	at := b.inside(n, 0)
	p, err := b.compile(env, text, at)
	if err != nil {
		b.says(at, ruleExpression, "condition %q: %v", text, err)
		return nil
	}
	if p.result.Kind() != cel.BoolKind && p.result.Kind() != cel.DynKind {
		b.says(at, ruleExpression, "condition %q is a %s, not true or false", text, p.result)
		return nil
	}
	return p
}

// request reads what a client sends.
func (b *builder) request(n *yaml.Node) {
	t := &b.scenario.sends
	t.at = b.at(n)
	env := b.loader.languages.sending
	b.object(n, "a request", []field{
		{"path", func(n *yaml.Node) { t.path = b.named(n, "path", env, b.names(spec.InPath)) }},
		{"query", func(n *yaml.Node) { t.query = b.named(n, "query", env, b.names(spec.InQuery)) }},
		{"raw_query", func(n *yaml.Node) {
			b.text(&t.rawQuery, "raw_query")(n)
			if strings.ContainsAny(t.rawQuery, "#? \t\r\n") {
				b.says(b.at(n), ruleSyntax, "raw_query %q has characters that end a query", t.rawQuery)
			}
		}},
		{"headers", func(n *yaml.Node) { t.headers = b.headers(n, env) }},
		{"body", func(n *yaml.Node) { t.body = b.template(n, env) }},
		{"raw", func(n *yaml.Node) {
			if n != nil && n.Kind == yaml.ScalarNode {
				t.raw = &n.Value
				return
			}
			b.fault(n, ruleSyntax, "raw must be text, not %s", kindOf(n))
		}},
		{"media_type", b.text(&t.mediaType, "media_type")},
		{"credentials", func(n *yaml.Node) {
			name := &b.scenario.Credentials
			b.text(name, "credentials")(n)
			if *name != "" && b.loader.script.Credential(*name) == nil {
				var known []string
				for _, c := range b.loader.script.Credentials {
					known = append(known, c.Name)
				}
				b.says(b.at(n), ruleUnknown, "credential %q is not defined%s", *name, didYouMean(*name, known))
				*name = ""
			}
			if *name == Own {
				*name = ""
			}
		}},
	})
	if t.query != nil && t.rawQuery != "" {
		b.says(t.at, ruleDuplicate, "the request has both query and raw_query: write one of them")
	}
	if t.body != nil && t.raw != nil {
		b.says(t.at, ruleDuplicate, "the request has both body and raw: write one of them")
	}
}

// names lists the parameters that an operation has in a place.
func (b *builder) names(in spec.Location) []string {
	names := []string{}
	for _, p := range b.scenario.Operation.Parameters {
		if p.In == in {
			names = append(names, p.Name)
		}
	}
	return names
}

// named reads values by name. Names that are not among known are faults, where
// known is not nil.
func (b *builder) named(n *yaml.Node, what string, env *cel.Env, known []string) []namedTemplate {
	members, _ := b.members(n, what)
	var out []namedTemplate
	for _, m := range members {
		name := m.Name()
		if known != nil && !slices.Contains(known, name) {
			b.says(b.at(m.Key), ruleContract, "%q is no %s parameter of %s%s",
				name, what, b.scenario.Operation.ID, didYouMean(name, known))
			continue
		}
		out = append(out, namedTemplate{name, b.template(m.Value, env)})
	}
	return out
}

// headers reads header fields by name, in any case.
func (b *builder) headers(n *yaml.Node, env *cel.Env) []namedTemplate {
	out := b.named(n, "headers", env, nil)
	for i := range out {
		name := http.CanonicalHeaderKey(out[i].name)
		if strings.ContainsAny(name, " \t\r\n:") || name == "" {
			b.says(out[i].value.at, ruleSyntax, "%q is no name of a header", out[i].name)
		}
		out[i].name = name
	}
	return out
}

func (b *builder) verify(n *yaml.Node) {
	v := &b.scenario.Verify
	b.object(n, "verify", []field{
		{"gives", func(n *yaml.Node) { b.gifts = n }},
		{"given", func(n *yaml.Node) {
			b.list(n, "given", func(item *yaml.Node) {
				var name string
				b.text(&name, "a given scenario")(item)
				if name != "" {
					b.scenario.given = append(b.scenario.given, reference{name, b.at(item)})
				}
			})
		}},
		{"burst", b.integer(&v.Burst, "burst", 1)},
		{"noisy", b.boolean(&v.Noisy, "noisy")},
		{"harmless", b.boolean(&v.Harmless, "harmless")},
	})
}

// responses reads the one response, or those of a sequence.
func (b *builder) responses(n *yaml.Node) {
	if n == nil {
		return
	}
	add := func(n *yaml.Node) {
		if r := b.response(n); r != nil {
			b.scenario.Responses = append(b.scenario.Responses, r)
		}
	}
	if n.Kind == yaml.SequenceNode {
		b.list(n, "responses", add)
		return
	}
	add(n)
}

// expect reads the conditions of an answer.
func (b *builder) expect(r *Response, n *yaml.Node) {
	env, err := b.lang.conditions(r.Status, r.MediaType)
	if err != nil {
		b.says(b.at(n), ruleExpression, "%v", err)
		return
	}
	b.list(n, "expect", func(item *yaml.Node) {
		if p := b.condition(item, env); p != nil {
			r.Expect = append(r.Expect, p.text)
			r.claims.Expect = append(r.claims.Expect, Condition{Text: p.text, Position: p.at, program: p})
		}
	})
}
