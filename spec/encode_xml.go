package spec

import (
	"bytes"
	"encoding/xml"
	"strings"

	"github.com/concord-api/concord/spec/schema"
)

// encodeXML writes a value by the schema's xml objects (OpenAPI 3.1 §4.8.26).
func (mt *MediaType) encodeXML(v schema.Value) ([]byte, error) {
	s := mt.shape()
	name := "root"
	for _, p := range s.parts {
		if p.Name != "" {
			name = p.Name
			break
		}
	}
	return s.encodeXML(s.xmlName(name), v)
}

func (s *shape) encodeXML(name string, v schema.Value) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	w := xmlWriter{&b}
	if v.Kind() == '[' {
		items, err := itemsOf(v)
		if err != nil {
			return nil, err
		}
		// A document has one root, so that its array is wrapped in any case.
		w.open(name, s.xml(), nil)
		for i, item := range items {
			if err := w.value(s.item(i).xmlName(name), s.item(i), item, 0); err != nil {
				return nil, err
			}
		}
		w.close(name, s.xml())
		return b.Bytes(), nil
	}
	if err := w.value(name, s, v, 0); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

type xmlWriter struct{ *bytes.Buffer }

func qualified(name string, x schema.XML) string {
	if x.Prefix != "" {
		return x.Prefix + ":" + name
	}
	return name
}

func (w xmlWriter) open(name string, x schema.XML, attributes []string) {
	w.WriteString("<" + qualified(name, x))
	if x.Namespace != "" {
		w.WriteString(" xmlns")
		if x.Prefix != "" {
			w.WriteString(":" + x.Prefix)
		}
		w.WriteString(`="`)
		w.text(x.Namespace)
		w.WriteString(`"`)
	}
	for _, a := range attributes {
		w.WriteString(" " + a)
	}
	w.WriteString(">")
}

func (w xmlWriter) close(name string, x schema.XML) {
	w.WriteString("</" + qualified(name, x) + ">")
}

func (w xmlWriter) text(s string) { _ = xml.EscapeText(w, []byte(s)) } // a buffer takes all

// value writes one element.
func (w xmlWriter) value(name string, s *shape, v schema.Value, depth int) error {
	if depth >= mostDepth {
		return inexpressible("xml", "it nests deeper than %d levels", mostDepth)
	}
	if !isXMLName(name) {
		name = xmlSafe(name)
	}
	x := s.xml()
	switch v.Kind() {
	case 'n':
		w.WriteString("<" + name + ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"></` + name + ">")
		return nil
	case '{':
		return w.object(name, s, v, depth)
	case '[':
		items, err := itemsOf(v)
		if err != nil {
			return err
		}
		w.open(name, x, nil)
		for i, item := range items {
			if err := w.value(s.item(i).xmlName("item"), s.item(i), item, depth+1); err != nil {
				return err
			}
		}
		w.close(name, x)
		return nil
	}
	text := scalarText(v)
	if err := xmlText(text); err != nil {
		return err
	}
	w.open(name, x, nil)
	w.text(text)
	w.close(name, x)
	return nil
}

func (w xmlWriter) object(name string, s *shape, v schema.Value, depth int) error {
	members, err := membersOf(v)
	if err != nil {
		return err
	}
	var attributes []string
	for _, m := range members {
		child := s.member(m.name)
		if x := child.xml(); x.Attribute {
			text := scalarText(m.value)
			if err := xmlText(text); err != nil {
				return err
			}
			var b bytes.Buffer
			_ = xml.EscapeText(&b, []byte(text)) // a buffer takes all
			attributes = append(attributes, qualified(child.xmlName(m.name), x)+`="`+b.String()+`"`)
		}
	}
	x := s.xml()
	w.open(name, x, attributes)
	for _, m := range members {
		child := s.member(m.name)
		cx := child.xml()
		written := child.xmlName(m.name)
		switch {
		case cx.Attribute:
			continue
		case cx.NodeType == "text" || cx.NodeType == "cdata":
			w.text(scalarText(m.value))
			continue
		case m.value.Kind() == '[':
			err = w.array(m.name, child, m.value, depth+1)
		default:
			err = w.value(written, child, m.value, depth+1)
		}
		if err != nil {
			return err
		}
	}
	w.close(name, x)
	return nil
}

// array writes an array that is a member: in an element of its own where it is
// wrapped, else its items side by side.
func (w xmlWriter) array(member string, s *shape, v schema.Value, depth int) error {
	items, err := itemsOf(v)
	if err != nil {
		return err
	}
	x := s.xml()
	name := s.xmlName(member)
	if x.Wrapped {
		w.open(name, x, nil)
	}
	for i, item := range items {
		if err := w.value(s.item(i).xmlName(name), s.item(i), item, depth+1); err != nil {
			return err
		}
	}
	if x.Wrapped {
		w.close(name, x)
	}
	return nil
}

// isXMLName tells whether a name can be an element's. It is stricter than XML,
// which allows further letters.
func isXMLName(name string) bool {
	for i, r := range name {
		letter := r == '_' || 'a' <= r|0x20 && r|0x20 <= 'z' || r > 0xbf && r != 0xd7 && r != 0xf7 && r < 0x2000
		if !letter && (i == 0 || !strings.ContainsRune("-.0123456789", r)) {
			return false
		}
	}
	return name != ""
}

// xmlSafe is a name as an element or attribute can have it: documents describe
// JSON members such as "@type" for both.
func xmlSafe(name string) string {
	if isXMLName(name) {
		return name
	}
	safe := strings.Map(func(r rune) rune {
		if isXMLName("_" + string(r)) {
			return r
		}
		return '_'
	}, name)
	if !isXMLName(safe) {
		safe = "_" + safe
	}
	return safe
}

// xmlText tells whether XML can hold a text (XML 1.0 §2.2). It holds carriage
// returns too, which are written as references and so are not read as line feeds
// (XML 1.0 §2.11).
func xmlText(text string) error {
	for _, r := range text {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff || r == 0xfffd {
			return inexpressible("xml", "it cannot hold the character %U", r)
		}
	}
	return nil
}
