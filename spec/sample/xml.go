package sample

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/concord-api/concord/spec/schema"
)

// AppendXML appends a JSON value as an XML document, the way the `xml` objects
// of its schema ask for (OpenAPI 3.1 §4.8.26; nodeType of 3.2 §4.24): names,
// attributes, wrapped arrays, prefixes and namespaces. RootName is the element's
// name where the schema has none; "" takes the schema's component name. A member
// that is null is left out. The error says that the value is no JSON or nests
// too deep.
func AppendXML(dst []byte, v schema.Value, s *schema.Schema, rootName string) ([]byte, error) {
	if !v.IsValid() {
		return dst, errors.New("write XML: the value is no JSON text")
	}
	views := viewsOf(v, []*schema.Schema{s})
	if rootName == "" {
		rootName = nameOf(s)
	}
	if rootName == "" {
		rootName = "root"
	}
	var w xmlWriter
	w.Write(dst)
	root := views.element(rootName)
	if kindOf(v) == schema.TypeArray {
		// A document has one root, so an array at the root is always wrapped.
		w.start(root)
		w.open()
		w.items(v, views, views.itemName("item"))
		w.end(root)
	} else {
		w.element(root, v, views)
	}
	if w.err != nil {
		return dst, w.err
	}
	return w.Bytes(), nil
}

// views are the schemas that speak about one value: what $ref and allOf add,
// and the alternatives that the value is valid under.
type views []*schema.Schema

func viewsOf(v schema.Value, schemas []*schema.Schema) views {
	var out views
	var add func(s *schema.Schema)
	add = func(s *schema.Schema) {
		for _, have := range out {
			if have == s {
				return
			}
		}
		if len(out) >= maxParts {
			return
		}
		out = append(out, s)
		if s.Ref != nil {
			add(s.Ref)
		}
		for _, sub := range s.AllOf {
			add(sub)
		}
		for _, alts := range [][]*schema.Schema{s.AnyOf, s.OneOf} {
			for _, alt := range alts {
				if alt.Checker(schema.Response).Valid(v) || alt.Checker(schema.Request).Valid(v) {
					add(alt)
				}
			}
		}
	}
	for _, s := range schemas {
		add(s)
	}
	return out
}

// member lists the schemas of a member.
func (vs views) member(name string) []*schema.Schema {
	var out []*schema.Schema
	for _, s := range vs {
		if p := s.Property(name); p != nil {
			out = append(out, p)
		} else if s.AdditionalProperties != nil {
			out = append(out, s.AdditionalProperties)
		}
	}
	return out
}

func (vs views) item(i int) []*schema.Schema {
	var out []*schema.Schema
	for _, s := range vs {
		switch {
		case i < len(s.PrefixItems):
			out = append(out, s.PrefixItems[i])
		case s.Items != nil:
			out = append(out, s.Items)
		}
	}
	return out
}

// xml merges the xml objects of all views, the outer ones first.
func (vs views) xml() schema.XML {
	var x schema.XML
	for _, s := range vs {
		if s.XML == nil {
			continue
		}
		x.Name = orText(x.Name, s.XML.Name)
		x.Namespace = orText(x.Namespace, s.XML.Namespace)
		x.Prefix = orText(x.Prefix, s.XML.Prefix)
		x.NodeType = orText(x.NodeType, s.XML.NodeType)
		x.Attribute = x.Attribute || s.XML.Attribute
		x.Wrapped = x.Wrapped || s.XML.Wrapped
	}
	if x.NodeType == "attribute" {
		x.Attribute = true
	}
	return x
}

func orText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// tag is an element's or attribute's name and the namespace that it declares.
type tag struct {
	name, prefix, namespace string
}

// element is the tag of a value under a name.
func (vs views) element(name string) tag {
	x := vs.xml()
	t := tag{xmlName(orText(x.Name, name)), "", x.Namespace}
	if x.Prefix != "" {
		t.prefix = xmlName(x.Prefix)
		t.name = t.prefix + ":" + t.name
	}
	return t
}

// itemName is the name of an array's items: their own, else the component's.
func (vs views) itemName(otherwise string) string {
	for _, s := range vs {
		if s.Items != nil {
			if n := nameOf(s.Items); n != "" {
				return n
			}
		}
	}
	return otherwise
}

// xmlWriter writes a document. It keeps the first error.
type xmlWriter struct {
	bytes.Buffer
	depth int
	err   error
}

func (w *xmlWriter) start(t tag) {
	w.WriteByte('<')
	w.WriteString(t.name)
	if t.namespace != "" {
		w.WriteString(" xmlns")
		if t.prefix != "" {
			w.WriteString(":" + t.prefix)
		}
		w.WriteString(`="`)
		w.text(t.namespace)
		w.WriteByte('"')
	}
}

func (w *xmlWriter) open()     { w.WriteByte('>') }
func (w *xmlWriter) end(t tag) { w.WriteString("</" + t.name + ">") }

func (w *xmlWriter) text(s string) {
	if err := xml.EscapeText(w, []byte(s)); err != nil && w.err == nil {
		w.err = fmt.Errorf("write XML: %w", err)
	}
}

// element writes one element with its attributes and content.
func (w *xmlWriter) element(t tag, v schema.Value, vs views) {
	if w.depth++; w.depth > 10*hardDepth {
		w.err = fmt.Errorf("write XML: the value nests deeper than %d levels", 10*hardDepth)
	}
	defer func() { w.depth-- }()
	if w.err != nil {
		return
	}
	w.start(t)
	switch kindOf(v) {
	case schema.TypeNull:
		w.WriteString("/>")
		return
	case schema.TypeArray:
		w.open()
		w.items(v, vs, t.name)
	case schema.TypeObject:
		w.object(v, vs)
	default:
		w.open()
		w.scalar(v, vs.xml())
	}
	w.end(t)
}

func (w *xmlWriter) scalar(v schema.Value, x schema.XML) {
	if x.NodeType == "cdata" {
		w.WriteString("<![CDATA[" + strings.ReplaceAll(unquote(v), "]]>", "]]]]><![CDATA[>") + "]]>")
		return
	}
	w.text(strings.TrimSpace(unquote(v)))
}

// object writes the rest of a start tag, with the members that are attributes,
// and then the others.
func (w *xmlWriter) object(v schema.Value, vs views) {
	list := members(v)
	under := make([]views, len(list))
	for i, m := range list {
		under[i] = viewsOf(m.value, vs.member(m.name))
		if !isAttribute(m.value, under[i]) {
			continue
		}
		t := under[i].element(m.name)
		if t.namespace != "" && t.prefix != "" {
			w.WriteString(" xmlns:" + t.prefix + `="`)
			w.text(t.namespace)
			w.WriteByte('"')
		}
		w.WriteString(" " + t.name + `="`)
		w.text(unquote(m.value))
		w.WriteByte('"')
	}
	w.open()
	for i, m := range list {
		if isAttribute(m.value, under[i]) || kindOf(m.value) == schema.TypeNull {
			continue
		}
		w.member(m, under[i])
	}
}

func isAttribute(v schema.Value, vs views) bool {
	return vs.xml().Attribute && kindOf(v)&(schema.TypeObject|schema.TypeArray|schema.TypeNull) == 0
}

// member writes a member that is no attribute: an element, the bare text or
// children of one without a node of its own, or an element for each item.
func (w *xmlWriter) member(m member, vs views) {
	x, t := vs.xml(), vs.element(m.name)
	switch kind := kindOf(m.value); {
	case kind == schema.TypeArray && (x.Wrapped || x.NodeType == "element"):
		w.start(t)
		w.open()
		w.items(m.value, vs, m.name)
		w.end(t)
	case kind == schema.TypeArray:
		w.items(m.value, vs, m.name)
	case (x.NodeType == "text" || x.NodeType == "cdata") && kind != schema.TypeObject:
		w.scalar(m.value, x)
	case x.NodeType == "none" && kind == schema.TypeObject:
		for _, inner := range members(m.value) {
			w.member(inner, viewsOf(inner.value, vs.member(inner.name)))
		}
	default:
		w.element(t, m.value, vs)
	}
}

// items writes an element for each item.
func (w *xmlWriter) items(v schema.Value, vs views, name string) {
	for i, item := range items(v) {
		under := viewsOf(item, vs.item(i))
		w.element(under.element(name), item, under)
	}
}

// xmlName makes a text a name of XML (XML 1.0 §2.3, without colons).
func xmlName(text string) string {
	var b strings.Builder
	for i, r := range text {
		ok := r == '_' || unicode.IsLetter(r) || i > 0 && (unicode.IsDigit(r) || r == '-' || r == '.')
		if !ok {
			if i == 0 && (unicode.IsDigit(r) || r == '-' || r == '.') {
				b.WriteByte('_')
				if r != '.' && r != '-' {
					b.WriteRune(r)
				}
				continue
			}
			r = '_'
		}
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return "_"
	}
	return b.String()
}
