package scenarios

import (
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/concord-api/concord/spec/schema"
)

// Scratch is memory that answers are made in, one after the other: the answer
// before is no longer good once the next is made.
type Scratch struct {
	body    []byte
	splices []schema.Span
}

// mostScratch bounds, in bytes and splices, what a Scratch keeps for the next
// answer.
const mostScratch = 64 << 10

// reset makes room for another answer.
func (s *Scratch) reset() {
	if cap(s.body) > mostScratch || cap(s.splices) > mostScratch {
		*s = Scratch{}
	}
	if s.body == nil {
		s.body = make([]byte, 0, 512)
	}
	s.body, s.splices = s.body[:0], s.splices[:0]
}

// render makes what the segments are for a request, and notes where its values
// stand.
func (s *Scratch) render(segments []segment, vars *scope) error {
	s.reset()
	for i := range segments {
		seg := &segments[i]
		if seg.static != nil {
			s.body = append(s.body, seg.static...)
			continue
		}
		start := len(s.body)
		out, err := seg.appendTo(s.body, vars)
		if err != nil {
			return err
		}
		s.body = out
		s.splices = append(s.splices, schema.Span{Start: start, End: len(out)})
	}
	return nil
}

// appendTo appends the value of a segment.
func (seg *segment) appendTo(dst []byte, vars *scope) ([]byte, error) {
	switch {
	case seg.path:
		out, err := jsontext.AppendQuote(dst, vars.in.Path)
		if err != nil {
			return nil, fmt.Errorf("path of the request: %w", err)
		}
		return out, nil
	case seg.texts != nil:
		return appendTexts(dst, seg.texts, vars)
	case seg.raw:
		text, err := seg.expr.evalText(vars)
		return append(dst, text...), err
	}
	if seg.quick != nil {
		if out, ok := seg.quick(dst, vars); ok {
			return out, nil
		}
	}
	v, err := seg.expr.eval(vars)
	if err != nil {
		return nil, err
	}
	return appendValue(dst, v)
}

// appendTexts appends a text, which stands between quotes.
func appendTexts(dst []byte, texts []segment, vars *scope) ([]byte, error) {
	dst = append(dst, '"')
	for i := range texts {
		seg := &texts[i]
		if seg.static != nil {
			dst = append(dst, seg.static...)
			continue
		}
		start := len(dst)
		if seg.quick != nil {
			if out, ok := seg.quick(dst, vars); ok {
				dst = unquoteAt(out, start)
				continue
			}
		}
		text, err := seg.expr.evalText(vars)
		if err != nil {
			return nil, err
		}
		out, err := jsontext.AppendQuote(dst, text)
		if err != nil {
			return nil, fmt.Errorf("expression %q: %w", seg.expr.text, err)
		}
		dst = unquoteAt(out, start)
	}
	return append(dst, '"'), nil
}

// unquoteAt takes away the quotes around what begins at start, where it is a
// text; numbers and words have none.
func unquoteAt(b []byte, start int) []byte {
	if len(b) == start || b[start] != '"' {
		return b
	}
	return append(b[:start], b[start+1:len(b)-1]...)
}

// evalText runs the expression and writes its value as text.
func (p *program) evalText(vars *scope) (string, error) {
	v, err := p.eval(vars)
	if err != nil {
		return "", err
	}
	text, err := textOf(v)
	if err != nil {
		return "", fmt.Errorf("expression %q: %w", p.text, err)
	}
	return text, nil
}
