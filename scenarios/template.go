package scenarios

import (
	"errors"
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/traits"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec/source"
)

// template is a value of a script: YAML whose texts may have expressions.
type template struct {
	at   source.Position
	kind templateKind

	static  []byte // of a constant: JSON
	parts   []part // of a text; of a whole expression its one
	items   []*template
	members []namedTemplate
}

type templateKind uint8

const (
	constantTemplate templateKind = iota // JSON that is written out
	textTemplate                         // text around expressions
	wholeTemplate                        // one expression, which keeps its type
	listTemplate
	objectTemplate
)

// part is a piece of text, or an expression.
type part struct {
	text string
	expr *program
}

type namedTemplate struct {
	name  string
	value *template
}

// template reads a value whose expressions are of an environment. What cannot
// be read is a finding, and null.
func (r *reader) template(n *yaml.Node, env *cel.Env) *template {
	return r.templateAt(n, env, 0)
}

func (r *reader) templateAt(n *yaml.Node, env *cel.Env, depth int) *template {
	n = source.Resolve(n)
	t := &template{at: r.at(n), static: []byte("null")}
	if n == nil || !r.spend(n, 0) {
		return t
	}
	if depth > maxDepth {
		r.fault(n, ruleSyntax, "the value is nested deeper than %d levels", maxDepth)
		return t
	}
	switch n.Kind {
	case yaml.MappingNode:
		t.kind = objectTemplate
		r.duplicates(n, "a mapping")
		for _, m := range source.Members(n) {
			t.members = append(t.members, namedTemplate{m.Name(), r.templateAt(m.Value, env, depth+1)})
		}
	case yaml.SequenceNode:
		t.kind = listTemplate
		for _, item := range n.Content {
			t.items = append(t.items, r.templateAt(item, env, depth+1))
		}
	default:
		r.scalar(t, n, env)
	}
	return t
}

// scalar reads a text, which may hold expressions, or a constant.
func (r *reader) scalar(t *template, n *yaml.Node, env *cel.Env) {
	if source.ScalarKind(n) != source.String || !strings.Contains(n.Value, "${") {
		if b, err := source.AppendJSON(nil, n); err == nil {
			t.static = b
		}
		return
	}
	pieces, err := splitText(n.Value)
	if err != nil {
		r.fault(n, ruleExpression, "%v", err)
		return
	}
	for _, piece := range pieces {
		if piece.expr == "" {
			t.parts = append(t.parts, part{text: piece.text})
			continue
		}
		at := r.inside(n, piece.offset)
		p, err := r.compile(env, piece.expr, at)
		if err != nil {
			r.errorf(at, ruleExpression, "expression %q: %v", piece.expr, err)
			return
		}
		t.parts = append(t.parts, part{expr: p})
	}
	switch {
	case len(t.parts) == 1 && t.parts[0].expr != nil:
		t.kind = wholeTemplate
	case len(t.parts) == 1:
		t.static, _ = jsontext.AppendQuote(nil, t.parts[0].text) // fails for invalid UTF-8, which YAML has not
	default:
		t.kind = textTemplate
	}
}

// inside is the place of a byte in a scalar that is written on one line.
func (r *reader) inside(n *yaml.Node, offset int) source.Position {
	at := r.at(n)
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || strings.Contains(n.Value, "\n"):
		return at
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		offset++
	}
	at.Column += offset
	return at
}

// piece is a text, or the source of an expression and where it begins.
type piece struct {
	text   string
	expr   string
	offset int
}

// splitText takes a text apart at its ${…}. $${ stands for ${ itself.
func splitText(s string) ([]piece, error) {
	var out []piece
	var text strings.Builder
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "$${"):
			text.WriteString("${")
			i += 3
		case strings.HasPrefix(s[i:], "${"):
			length, err := expressionLength(s[i+2:])
			if err != nil {
				return nil, err
			}
			expr := s[i+2 : i+2+length]
			if strings.TrimSpace(expr) == "" {
				return nil, errors.New("${} has no expression; write $${ for the characters themselves")
			}
			if text.Len() > 0 {
				out = append(out, piece{text: text.String()})
				text.Reset()
			}
			out = append(out, piece{expr: expr, offset: i + 2})
			i += length + 3
		default:
			text.WriteByte(s[i])
			i++
		}
	}
	if text.Len() > 0 || len(out) == 0 {
		out = append(out, piece{text: text.String()})
	}
	return out, nil
}

// expressionLength finds the brace that ends an expression: not one inside a
// string or a map.
func expressionLength(s string) (int, error) {
	depth := 0
	var quote byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{':
			depth++
		case c == '}' && depth == 0:
			return i, nil
		case c == '}':
			depth--
		}
	}
	return 0, fmt.Errorf("the expression ${%s has no end: } is missing; write $${ for the characters themselves", s)
}

// constant tells whether the value is the same for every request to one server.
func (t *template) constant() bool {
	for _, p := range t.parts {
		if p.expr != nil && !p.expr.constant() {
			return false
		}
	}
	for _, item := range t.items {
		if !item.constant() {
			return false
		}
	}
	for _, m := range t.members {
		if !m.value.constant() {
			return false
		}
	}
	return true
}

// isNull tells whether the value is written as null: what it names is left out.
func (t *template) isNull() bool {
	return t.kind == constantTemplate && string(t.static) == "null"
}

// member returns the member with a name, or nil.
func (t *template) member(name string) *template {
	for _, m := range t.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// appendJSON appends the value as it is for some variables.
func (t *template) appendJSON(dst []byte, vars cel.Activation) ([]byte, error) {
	var err error
	switch t.kind {
	case wholeTemplate:
		v, err := t.parts[0].expr.eval(vars)
		if err != nil {
			return nil, err
		}
		return appendValue(dst, v)
	case textTemplate:
		s, err := t.text(vars)
		if err != nil {
			return nil, err
		}
		return jsontext.AppendQuote(dst, s)
	case listTemplate:
		dst = append(dst, '[')
		for i, item := range t.items {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = item.appendJSON(dst, vars); err != nil {
				return nil, err
			}
		}
		return append(dst, ']'), nil
	case objectTemplate:
		dst = append(dst, '{')
		for i, m := range t.members {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = jsontext.AppendQuote(dst, m.name); err != nil {
				return nil, err
			}
			if dst, err = m.value.appendJSON(append(dst, ':'), vars); err != nil {
				return nil, err
			}
		}
		return append(dst, '}'), nil
	}
	return append(dst, t.static...), nil
}

// text is the value as it stands in a header, a path or a form.
func (t *template) text(vars cel.Activation) (string, error) {
	if t.kind == textTemplate || t.kind == wholeTemplate {
		var b strings.Builder
		for _, p := range t.parts {
			if p.expr == nil {
				b.WriteString(p.text)
				continue
			}
			v, err := p.expr.eval(vars)
			if err != nil {
				return "", err
			}
			s, err := textOf(v)
			if err != nil {
				return "", fmt.Errorf("expression %q: %w", p.expr.text, err)
			}
			b.WriteString(s)
		}
		return b.String(), nil
	}
	b, err := t.appendJSON(nil, vars)
	if err != nil {
		return "", err
	}
	return plainText(b), nil
}

// plainText is a JSON value as text: a string without its quotes.
func plainText(value []byte) string {
	if len(value) > 0 && value[0] == '"' {
		if s, err := jsontext.AppendUnquote(nil, value); err == nil {
			return string(s)
		}
	}
	return string(value)
}

// texts is the value as a parameter: the items of a list, or the one text.
func (t *template) texts(vars cel.Activation) ([]string, error) {
	if t.kind != listTemplate {
		if t.kind == wholeTemplate {
			v, err := t.parts[0].expr.eval(vars)
			if err != nil {
				return nil, err
			}
			if list, ok := v.(traits.Lister); ok {
				return listTexts(list)
			}
			s, err := textOf(v)
			return []string{s}, err
		}
		s, err := t.text(vars)
		return []string{s}, err
	}
	var out []string
	for _, item := range t.items {
		s, err := item.text(vars)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func listTexts(list traits.Lister) ([]string, error) {
	var out []string
	for it := list.Iterator(); it.HasNext() == types.True; {
		s, err := textOf(it.Next())
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// walk visits the expressions of a value.
func (t *template) walk(visit func(*program)) {
	for _, p := range t.parts {
		if p.expr != nil {
			visit(p.expr)
		}
	}
	for _, item := range t.items {
		item.walk(visit)
	}
	for _, m := range t.members {
		m.value.walk(visit)
	}
}
