package spec

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/concord-api/concord/spec/schema"
)

// element is one element of an XML body.
type element struct {
	space, name string
	attributes  []xml.Attr
	children    []*element
	text        strings.Builder
}

// decodeXML reads an XML body as the JSON value that its schema is about, by
// the schema's xml objects (OpenAPI 3.1 §4.8.26). No entities but XML's own are
// known, and nothing outside the body is read.
func (mt *MediaType) decodeXML(body []byte) (schema.Value, error) {
	return mt.shape().decodeXML(body)
}

func (s *shape) decodeXML(body []byte) (schema.Value, error) {
	root, err := parseXML(body)
	if err != nil {
		return nil, err
	}
	v, err := s.decodeElement(root)
	if errors.Is(err, errAmbiguous) {
		return nil, nil
	}
	return v, err
}

// errAmbiguous says that a schema writes two members as elements of one name,
// so that nobody can tell whose an element is. No schema is held to such a body.
var errAmbiguous = errors.New("two members are written as elements of one name")

func (s *shape) decodeElement(root *element) (schema.Value, error) {
	x := s.xml()
	if want := s.xmlName(""); want != "" && x.Name != "" && root.name != want {
		return nil, syntaxf("has the root element %q where %q is needed", root.name, want)
	}
	if s.types.Has(schema.TypeArray) {
		// A root that is an array is always wrapped: XML has one root.
		return s.xmlArray(root.children)
	}
	return s.xmlValue(root)
}

func parseXML(body []byte) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	// toUTF8 has dealt with the charset already; what the prolog says is ignored.
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var root *element
	var open []*element
	for n := 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, syntaxf("is not XML: %v", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if n++; n > 10*mostFields {
				return nil, syntaxf("has more than %d elements", 10*mostFields)
			}
			if len(open) == mostDepth {
				return nil, syntaxf("nests deeper than %d levels", mostDepth)
			}
			e := &element{space: t.Name.Space, name: t.Name.Local, attributes: t.Attr}
			switch {
			case len(open) > 0:
				parent := open[len(open)-1]
				parent.children = append(parent.children, e)
			case root != nil:
				return nil, syntaxf("is not XML: it has two root elements")
			default:
				root = e
			}
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text.Write(t)
			} else if len(bytes.TrimSpace(t)) > 0 {
				return nil, syntaxf("is not XML: text stands outside of the root element")
			}
		case xml.Directive:
			if bytes.Contains(t, []byte("ENTITY")) {
				return nil, syntaxf("declares entities, which are not read")
			}
		}
	}
	if root == nil {
		return nil, syntaxf("is not XML: it has no element")
	}
	return root, nil
}

// xml returns what the schemas say about their form in XML.
func (s *shape) xml() schema.XML {
	var out schema.XML
	shared := "" // the name that a component has for itself
	for _, p := range s.parts {
		if x := p.XML; x != nil {
			switch {
			case p.Name != "" && shared == "":
				shared = x.Name
			case p.Name == "" && out.Name == "":
				out.Name = x.Name // what stands beside a reference overrules it
			}
			if out.Prefix == "" {
				out.Prefix = x.Prefix
			}
			if out.Namespace == "" {
				out.Namespace = x.Namespace
			}
			if out.NodeType == "" {
				out.NodeType = x.NodeType
			}
			out.Attribute = out.Attribute || x.Attribute || x.NodeType == "attribute"
			out.Wrapped = out.Wrapped || x.Wrapped || x.NodeType == "element" && p.Types.Has(schema.TypeArray)
		}
	}
	if out.Name == "" {
		out.Name = shared
	}
	return out
}

// xmlName returns the element or attribute that a member is written as.
func (s *shape) xmlName(member string) string {
	if x := s.xml(); x.Name != "" {
		return xmlSafe(x.Name)
	}
	return xmlSafe(member)
}

// xmlValue reads an element.
func (s *shape) xmlValue(e *element) (schema.Value, error) {
	for _, a := range e.attributes {
		if a.Name.Local == "nil" && strings.HasSuffix(a.Name.Space, "XMLSchema-instance") && a.Value == "true" {
			return schema.Value("null"), nil
		}
	}
	switch {
	case s.types.Has(schema.TypeObject) || s.types == 0 && len(e.children) > 0:
		return s.xmlObject(e)
	case s.types.Has(schema.TypeArray):
		return s.xmlArray(e.children)
	}
	text := e.text.String()
	if s.types&^schema.TypeString != 0 && s.types != 0 {
		text = strings.TrimSpace(text)
	}
	return s.appendScalar(nil, text)
}

func (s *shape) xmlArray(items []*element) (schema.Value, error) {
	out := schema.Value{'['}
	for i, e := range items {
		if i > 0 {
			out = append(out, ',')
		}
		v, err := s.item(i).xmlValue(e)
		if err != nil {
			return nil, err
		}
		out = append(out, v...)
	}
	return append(out, ']'), nil
}

func (s *shape) xmlObject(e *element) (schema.Value, error) {
	v, err := s.xmlObjectOnce(e)
	if err != nil || len(s.alternatives()) == 0 || s.accepts(v) {
		return v, err
	}
	for _, branch := range s.alternatives() {
		if w, err := branch.xmlObjectOnce(e); err == nil && s.accepts(w) {
			return w, nil
		}
	}
	return v, nil
}

func (s *shape) xmlObjectOnce(e *element) (schema.Value, error) {
	out := schema.Value{'{'}
	add := func(name string, v schema.Value, err error) error {
		if err != nil {
			return err
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		if out, err = appendText(out, name); err == nil {
			out = append(append(out, ':'), v...)
		}
		return err
	}
	used := map[string]bool{}  // elements
	known := map[string]bool{} // members
	if s.ambiguous(e) {
		return nil, errAmbiguous
	}
	for _, name := range s.names {
		m := s.member(name)
		x := m.xml()
		written := m.xmlName(name)
		known[name] = true
		switch {
		case x.Attribute:
			for _, a := range e.attributes {
				if a.Name.Local == written {
					v, err := m.appendNested(nil, a.Value)
					if err := add(name, v, err); err != nil {
						return nil, err
					}
					break
				}
			}
		case x.NodeType == "text" || x.NodeType == "cdata":
			v, err := m.appendScalar(nil, e.text.String())
			if err := add(name, v, err); err != nil {
				return nil, err
			}
		case m.types.Has(schema.TypeArray):
			items, found := e.items(m, name, used)
			if !found && !x.Wrapped && s.requires(name) {
				found = true // no items, no element: that is how XML has an empty array
			}
			if found {
				v, err := m.xmlArray(items)
				if err := add(name, v, err); err != nil {
					return nil, err
				}
			}
		default:
			same := e.named(written)
			if len(same) == 0 {
				continue
			}
			used[written] = true
			if len(same) > 1 {
				return nil, syntaxf("has the element %q %d times", written, len(same))
			}
			v, err := m.xmlValue(same[0])
			if err := add(name, v, err); err != nil {
				return nil, err
			}
		}
	}
	for _, c := range e.children {
		if used[c.name] || known[c.name] {
			continue
		}
		used[c.name] = true
		v, err := s.member(c.name).xmlOther(e.named(c.name))
		if err := add(c.name, v, err); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

// ambiguous tells whether an element holds one that two members claim.
func (s *shape) ambiguous(e *element) bool {
	claimed := map[string]bool{}
	for _, name := range s.names {
		m := s.member(name)
		x := m.xml()
		if x.Attribute || x.NodeType != "" {
			continue
		}
		element := m.xmlName(name)
		if m.types.Has(schema.TypeArray) && !x.Wrapped {
			element = m.item(0).xmlName(name)
		}
		if claimed[element] && len(e.named(element)) > 0 {
			return true
		}
		claimed[element] = true
	}
	return false
}

// xmlOther reads the elements of a member that is not declared.
func (s *shape) xmlOther(same []*element) (schema.Value, error) {
	if len(same) == 1 {
		return s.xmlValue(same[0])
	}
	return s.xmlArray(same)
}

func (e *element) named(name string) []*element {
	var out []*element
	for _, c := range e.children {
		if c.name == name {
			out = append(out, c)
		}
	}
	return out
}

// items finds the elements of an array: in its wrapper, or repeated beside its
// siblings.
func (e *element) items(m *shape, name string, used map[string]bool) ([]*element, bool) {
	if m.xml().Wrapped {
		wrapper := e.named(m.xmlName(name))
		used[m.xmlName(name)] = true
		var out []*element
		for _, w := range wrapper {
			out = append(out, w.children...)
		}
		return out, len(wrapper) > 0
	}
	// Not wrapped, only the items' name counts, and else the member's. Many
	// documents name the array nonetheless and mean its items.
	written := m.item(0).xmlName(name)
	used[written] = true
	out := e.named(written)
	if own := m.xmlName(name); len(out) == 0 && own != written {
		used[own] = true
		out = e.named(own)
	}
	return out, len(out) > 0
}
