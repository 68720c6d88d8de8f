package scenarios

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"github.com/go-json-experiment/json/jsontext"
)

// segment is a stretch of an answer: bytes that are always the same, or what is
// put between them for a request.
type segment struct {
	static []byte
	expr   *program
	quick  quickValue // in its place, where it can be
	inText bool       // the expression's text, escaped, stands inside a JSON string
	raw    bool       // the expression's text stands as it is
	path   bool       // the request's path, escaped, stands there
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
		s.bytes('"')
		for _, p := range t.parts {
			switch {
			case p.expr == nil:
				if err := s.text(p.text); err != nil {
					return err
				}
			case p.expr.constant():
				v, err := p.expr.eval(s.vars)
				if err != nil {
					return err
				}
				text, err := textOf(v)
				if err != nil {
					return err
				}
				if err := s.text(text); err != nil {
					return err
				}
			default:
				s.expr(segment{expr: p.expr, inText: true})
			}
		}
		s.bytes('"')
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

// render appends what the segments are for a request.
func render(dst []byte, segments []segment, vars *scope) ([]byte, error) {
	for i := range segments {
		seg := &segments[i]
		switch {
		case seg.static != nil:
			dst = append(dst, seg.static...)
		case seg.path:
			quoted, err := jsontext.AppendQuote(nil, vars.in.Path)
			if err != nil {
				return nil, fmt.Errorf("path of the request: %w", err)
			}
			dst = append(dst, quoted...)
		default:
			if out, ok := seg.quickly(dst, vars); ok {
				dst = out
				continue
			}
			v, err := seg.expr.eval(vars)
			if err != nil {
				return nil, err
			}
			if !seg.inText && !seg.raw {
				if dst, err = appendValue(dst, v); err != nil {
					return nil, err
				}
				continue
			}
			text, err := textOf(v)
			if err != nil {
				return nil, err
			}
			if seg.raw {
				dst = append(dst, text...)
				continue
			}
			quoted, err := jsontext.AppendQuote(nil, text)
			if err != nil {
				return nil, fmt.Errorf("expression %q: %w", seg.expr.text, err)
			}
			dst = append(dst, quoted[1:len(quoted)-1]...)
		}
	}
	return dst, nil
}

// quickly appends the segment without CEL, where it can.
func (seg *segment) quickly(dst []byte, vars *scope) ([]byte, bool) {
	if seg.quick == nil || seg.raw {
		return dst, false
	}
	start := len(dst)
	out, ok := seg.quick(dst, vars)
	if !ok {
		return dst, false
	}
	if seg.inText && len(out) > start && out[start] == '"' {
		copy(out[start:], out[start+1:len(out)-1])
		out = out[:len(out)-2]
	}
	return out, true
}
