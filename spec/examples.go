package spec

import (
	"strings"

	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// examples lists the examples of a parameter, header or media type. structured
// tells whether its values are data; else text stands for itself.
func (r reader) examples(at source.Place, s *schema.Schema, structured bool) []Example {
	var out []Example
	add := func(name, summary string, place source.Place) {
		if e, ok := r.example(place, s, structured); ok {
			e.Name, e.Summary = name, summary
			out = append(out, e)
		}
	}
	if n := source.Get(at.Node, "example"); n != nil {
		add("", "", at.Child("example", n))
	}
	list := at.Child("examples", source.Get(at.Node, "examples"))
	for _, m := range source.Members(list.Node) {
		place, ok := r.doc.deref(list.Child(m.Name(), m.Value))
		if !ok {
			continue
		}
		for _, member := range []string{"value", "dataValue", "serializedValue", "externalValue"} {
			if n := source.Get(place.Node, member); n != nil {
				add(m.Name(), r.text(place, "summary"), place.Child(member, n))
				break
			}
		}
	}
	return out
}

// example reads one example from the member that holds it; false where it cannot
// be read, which is told.
func (r reader) example(at source.Place, s *schema.Schema, structured bool) (Example, bool) {
	e := Example{Position: at.Position()}
	member := at.Pointer[strings.LastIndexByte(at.Pointer, '/')+1:]
	if member == "externalValue" {
		text, err := r.doc.files.Text(at.Node.Value, at.File)
		if err != nil {
			r.doc.find(Warning, "example", at, "the external value: %v; the example is left out", err)
			return e, false
		}
		e.Verbatim, e.written = text, true
		e.Value = schema.Text(strings.ToValidUTF8(string(text), "\ufffd"))
		return e, true
	}
	value, err := source.AppendJSON(nil, at.Node)
	if err != nil {
		r.doc.find(Warning, "example", at, "%v; the example is left out", err)
		return e, false
	}
	e.Value = value
	if at.Node.Kind == yaml.ScalarNode {
		e.written = member == "serializedValue"
		if e.written || !structured {
			e.Verbatim = []byte(at.Node.Value)
		}
		if s != nil && s.Target().Types == schema.TypeString && source.ScalarKind(at.Node) != source.Null {
			e.Value = schema.Text(at.Node.Value)
		}
	}
	return e, true
}

// readWritten reads as data the examples that are written as a body would be: a
// serializedValue or what an externalValue leads to.
func (m *MediaType) readWritten() {
	for i := range m.Examples {
		if e := &m.Examples[i]; e.written {
			if v, err := m.decodeBody(m.Concrete(), e.Verbatim); err == nil && v != nil {
				e.Value = v
			}
		}
	}
}

// readWritten reads as data the examples that are written as the parameter would
// be, but for its name and the line's end of a file.
func (p *Parameter) readWritten() {
	for i := range p.Examples {
		e := &p.Examples[i]
		if !e.written {
			continue
		}
		text := strings.TrimRight(string(e.Verbatim), "\r\n")
		if v, err := p.decodeWritten(text); err == nil && v != nil {
			e.Value = v
		}
	}
}

// decodeWritten reads a parameter as it stands in its place. In a query or a
// cookie its name may be left out.
func (p *Parameter) decodeWritten(text string) (schema.Value, error) {
	var q query
	switch p.In {
	case InPath:
		return p.decodePath(text)
	case InHeader:
		return p.decodeHeader([]string{text})
	case InQueryString:
		return p.decodeQueryString(text)
	case InCookie:
		if v, err := p.decodeCookie([]string{text}); v != nil || err != nil {
			return v, err
		}
		return p.decodeCookie([]string{p.Name + "=" + text})
	}
	q.parse(strings.TrimPrefix(text, "?"))
	if v, err := p.decodeQuery(&q, nil); v != nil || err != nil {
		return v, err
	}
	q.parse(p.Name + "=" + text)
	return p.decodeQuery(&q, nil)
}
