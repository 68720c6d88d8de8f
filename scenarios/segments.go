package scenarios

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"github.com/go-json-experiment/json/jsontext"
)

// segment is a stretch of an answer: bytes that are always the same, or a value
// that is put between them for a request.
type segment struct {
	static []byte
	expr   *program
	quick  quickValue // in its place, where it can be
	texts  []segment  // a text: what stands between its quotes, escaped
	raw    bool       // the expression's text stands as it is
	path   bool       // the request's path stands there
}

// segmenter turns a template into segments. Constants are worked out with the
// variables of the mock, so that what no request changes is one segment.
type segmenter struct {
	out  []segment
	vars cel.Activation
	lang *dialect
}

// expr adds an expression.
func (s *segmenter) expr(seg segment) {
	seg.quick = s.lang.quick(seg.expr.ast)
	s.out = append(s.out, seg)
}

func (s *segmenter) bytes(b ...byte) {
	if len(b) == 0 {
		return
	}
	if len(s.out) == 0 || s.out[len(s.out)-1].static == nil {
		s.out = append(s.out, segment{})
	}
	last := &s.out[len(s.out)-1]
	last.static = append(last.static, b...)
}

func (s *segmenter) text(text string) error {
	b, err := jsontext.AppendQuote(nil, text)
	if err != nil {
		return fmt.Errorf("text %q: %w", text, err)
	}
	s.bytes(b[1 : len(b)-1]...)
	return nil
}

func (s *segmenter) add(t *template) error {
	if t.constant() {
		b, err := t.appendJSON(nil, s.vars)
		if err != nil {
			return err
		}
		s.bytes(b...)
		return nil
	}
	switch t.kind {
	case wholeTemplate:
		s.expr(segment{expr: t.parts[0].expr})
	case textTemplate:
		within := segmenter{vars: s.vars, lang: s.lang}
		if err := within.parts(t.parts); err != nil {
			return err
		}
		s.out = append(s.out, segment{texts: within.out})
	case listTemplate:
		s.bytes('[')
		for i, item := range t.items {
			if i > 0 {
				s.bytes(',')
			}
			if err := s.add(item); err != nil {
				return err
			}
		}
		s.bytes(']')
	case objectTemplate:
		s.bytes('{')
		for i, m := range t.members {
			if i > 0 {
				s.bytes(',')
			}
			if err := s.member(m); err != nil {
				return err
			}
		}
		s.bytes('}')
	}
	return nil
}

func (s *segmenter) member(m namedTemplate) error {
	s.bytes('"')
	if err := s.text(m.name); err != nil {
		return err
	}
	s.bytes('"', ':')
	return s.add(m.value)
}

// parts adds the pieces of a text.
func (s *segmenter) parts(parts []part) error {
	for _, p := range parts {
		text := p.text
		if p.expr != nil && !p.expr.constant() {
			s.expr(segment{expr: p.expr})
			continue
		}
		if p.expr != nil {
			v, err := p.expr.eval(s.vars)
			if err != nil {
				return err
			}
			if text, err = textOf(v); err != nil {
				return err
			}
		}
		if err := s.text(text); err != nil {
			return err
		}
	}
	return nil
}
