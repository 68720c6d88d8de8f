package spec

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"maps"
	"net/textproto"
	"slices"
	"strings"

	"github.com/concord-api/concord/spec/sample"
	"github.com/concord-api/concord/spec/schema"
)

// encodeMultipart writes a multipart body. The boundary follows from the
// content, so that the same value always gives the same bytes.
func (mt *MediaType) encodeMultipart(contentType string, v schema.Value) ([]byte, string, error) {
	var parts []part
	var err error
	if t, _ := parsed(contentType); v.Kind() == '[' && !mt.shape().types.Has(schema.TypeObject) {
		parts, err = mt.listedParts(v, t == formData)
	} else {
		parts, err = mt.namedParts(v)
	}
	if err != nil {
		return nil, "", err
	}
	boundary := freeBoundary(parts)
	var b bytes.Buffer
	for _, p := range parts {
		fmt.Fprintf(&b, "--%s\r\n", boundary)
		if p.name != "" {
			b.WriteString("Content-Disposition: form-data; name=" + quoteParameter(p.name))
			if p.file != "" {
				b.WriteString("; filename=" + quoteParameter(p.file))
			}
			b.WriteString("\r\n")
		}
		if p.contentType != "" {
			fmt.Fprintf(&b, "Content-Type: %s\r\n", p.contentType)
		}
		for _, name := range slices.Sorted(maps.Keys(p.header)) {
			fmt.Fprintf(&b, "%s: %s\r\n", name, strings.Join(p.header[name], ", "))
		}
		b.WriteString("\r\n")
		b.Write(p.content)
		b.WriteString("\r\n")
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	contentType, _, _ = strings.Cut(contentType, ";")
	return b.Bytes(), contentType + "; boundary=" + boundary, nil
}

const formData = "multipart/form-data"

// listedParts makes a part of each item of an array, without a name (OpenAPI
// 3.2 §4.14.5.2); in a form an item is an object, whose one member names it.
func (mt *MediaType) listedParts(v schema.Value, form bool) ([]part, error) {
	items, err := itemsOf(v)
	if err != nil {
		return nil, err
	}
	var out []part
	for i, item := range items {
		s, name := mt.shape().item(i), ""
		if form {
			name = "value"
			if members, err := membersOf(item); item.Kind() == '{' && err == nil && len(members) == 1 {
				name, item, s = members[0].name, members[0].value, s.member(members[0].name)
			}
		}
		p, err := s.encodePart(name, item, mt.positional(i))
		if err != nil {
			return nil, fmt.Errorf("part %d: %w", i+1, err)
		}
		out = append(out, p)
	}
	return out, nil
}

// positional returns how the i-th part of a list is written, nil where nothing
// is said.
func (mt *MediaType) positional(i int) *Encoding {
	if i < len(mt.PrefixEncoding) {
		return &mt.PrefixEncoding[i]
	}
	return mt.ItemEncoding
}

// namedParts makes a part of each member of an object, and of each item of one
// that is an array (OpenAPI 3.2 §4.14.5.1).
func (mt *MediaType) namedParts(v schema.Value) ([]part, error) {
	whole := v.Kind() != '{'
	if whole {
		v = schema.Value(`{"value":` + string(v) + `}`)
	}
	members, err := membersOf(v)
	if err != nil {
		return nil, err
	}
	var out []part
	for _, m := range members {
		e := mt.encoding(m.name)
		s := mt.shape().member(m.name)
		if whole {
			s = mt.shape()
		}
		values := []schema.Value{m.value}
		if m.value.Kind() == '[' && flatItems(m.value) && !(e != nil && mediaKind(e.ContentType) == jsonKind) {
			if values, err = itemsOf(m.value); err != nil {
				return nil, err
			}
			s = s.item(0)
		}
		for _, one := range values {
			p, err := s.encodePart(m.name, one, e)
			if err != nil {
				return nil, fmt.Errorf("part %s: %w", m.name, err)
			}
			out = append(out, p)
		}
	}
	return out, nil
}

// encodePart writes one part: by its encoding's content type, else files as
// binary, objects and arrays as JSON, and all else as text.
func (s *shape) encodePart(name string, v schema.Value, e *Encoding) (part, error) {
	p := part{name: name, content: []byte(scalarText(v))}
	if e != nil {
		first, _, _ := strings.Cut(e.ContentType, ",")
		if first = strings.TrimSpace(first); !strings.Contains(first, "*") {
			p.contentType = first
		}
	}
	if err := p.sampleHeaders(e); err != nil {
		return part{}, err
	}
	compound := v.Kind() == '{' || v.Kind() == '['
	switch {
	case p.contentType == "" && compound:
		p.contentType = "application/json"
	case p.contentType == "" && s.file():
		p.contentType = "application/octet-stream"
	}
	switch kind := mediaKind(p.contentType); {
	case p.contentType == "":
	case kind == jsonKind:
		p.content = v
	case kind == xmlKind && compound:
		content, err := s.encodeXML(name, v)
		if err != nil {
			return part{}, err
		}
		p.content = content
	case kind == binaryKind:
		p.file = name
	}
	return p, nil
}

// sampleHeaders gives a part the headers that its encoding demands.
func (p *part) sampleHeaders(e *Encoding) error {
	if e == nil {
		return nil
	}
	for _, h := range e.Headers {
		name := textproto.CanonicalMIMEHeaderKey(h.Name)
		if !h.Required || name == "Content-Disposition" {
			continue
		}
		v, err := h.sample(sample.Options{Direction: schema.Request})
		if err != nil {
			return fmt.Errorf("header %s: %w", h.Name, err)
		}
		text, err := h.encode(v)
		if err != nil {
			return fmt.Errorf("header %s: %w", h.Name, err)
		}
		if p.header == nil {
			p.header = textproto.MIMEHeader{}
		}
		p.header[name] = []string{text}
	}
	return nil
}

// file tells whether a schema describes a file (OpenAPI 3.0.3 §4.7.14.2, 3.1
// §4.8.14.4).
func (s *shape) file() bool {
	for _, p := range s.parts {
		if p.Format == "binary" || p.ContentMediaType != "" && p.ContentEncoding == "" && mediaKind(p.ContentMediaType) == binaryKind {
			return true
		}
	}
	return false
}

// freeBoundary returns a boundary that no part contains (RFC 2046 §5.1.1).
func freeBoundary(parts []part) string {
	sum := fnv.New64a()
	for _, p := range parts {
		sum.Write([]byte(p.name))
		sum.Write(p.content)
	}
	for n := sum.Sum64(); ; n++ {
		boundary := fmt.Sprintf("concord-%016x", n)
		free := true
		for _, p := range parts {
			free = free && !bytes.Contains(p.content, []byte(boundary))
		}
		if free {
			return boundary
		}
	}
}

var partNames = strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A")

// quoteParameter writes a name as browsers do (WHATWG HTML §4.10.21.8).
func quoteParameter(s string) string {
	return `"` + partNames.Replace(s) + `"`
}
