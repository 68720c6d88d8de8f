package spec

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/concord-api/concord/spec/schema"
)

// encodeBody writes a value as a body of the media type, and returns the
// Content-Type to send it with. It is the inverse of decodeBody. What is no
// text of the media type's kind (an object as text/plain) is written as JSON.
func (mt *MediaType) encodeBody(v schema.Value) ([]byte, string, error) {
	contentType := mt.Concrete()
	switch mediaKind(contentType) {
	case jsonKind, jsonLinesKind:
		return v, contentType, nil
	case formKind:
		body, err := mt.encodeForm(v)
		return body, contentType, err
	case multipartKind:
		return mt.encodeMultipart(contentType, v)
	case xmlKind:
		body, err := mt.encodeXML(v)
		return body, contentType, err
	case binaryKind:
		return textAsBytes(v), contentType, nil
	}
	return []byte(scalarText(v)), contentType, nil
}

// textAsBytes is the inverse of bytesAsText for texts that are UTF-8.
func textAsBytes(v schema.Value) []byte { return []byte(scalarText(v)) }

// encodeForm writes application/x-www-form-urlencoded.
func (mt *MediaType) encodeForm(v schema.Value) ([]byte, error) {
	if v.Kind() != '{' {
		return []byte(escaper{}.escape(scalarText(v))), nil
	}
	members, err := membersOf(v)
	if err != nil {
		return nil, err
	}
	var parts []string
	for _, m := range members {
		text, err := mt.encodeField(m)
		if err != nil {
			return nil, fmt.Errorf("member %s: %w", m.name, err)
		}
		if text != "" {
			parts = append(parts, text)
		}
	}
	return []byte(strings.Join(parts, "&")), nil
}

func (mt *MediaType) encodeField(m named) (string, error) {
	name := escaper{}.escape(m.name)
	e := mt.encoding(m.name)
	if e != nil && (e.Style != "" && e.Style != "form" || e.Style == "form" && !e.Explode) {
		p := Parameter{Name: m.name, In: InQuery, Style: e.Style, Explode: e.Explode, AllowReserved: e.AllowReserved}
		return p.encodeQuery(m.value)
	}
	if m.value.Kind() == '[' && flatItems(m.value) && !(e != nil && mediaKind(e.ContentType) == jsonKind) {
		pairs, err := exploded(m.value, name, escaper{})
		return strings.Join(pairs, "&"), err
	}
	return name + "=" + escaper{}.escape(scalarText(m.value)), nil
}

// flatItems tells whether an array holds neither arrays nor objects, and
// something.
func flatItems(v schema.Value) bool {
	items, err := itemsOf(v)
	for _, item := range items {
		if k := item.Kind(); k == '[' || k == '{' {
			return false
		}
	}
	return err == nil && len(items) > 0
}

// encodeMultipart writes multipart/form-data. The boundary follows from the
// content, so that the same value always gives the same bytes.
func (mt *MediaType) encodeMultipart(contentType string, v schema.Value) ([]byte, string, error) {
	whole := v.Kind() != '{'
	if whole {
		v = schema.Value(`{"value":` + string(v) + `}`)
	}
	members, err := membersOf(v)
	if err != nil {
		return nil, "", err
	}
	var parts []part
	for _, m := range members {
		e := mt.encoding(m.name)
		s := mt.shape().member(m.name)
		if whole {
			s = mt.shape()
		}
		values := []schema.Value{m.value}
		if m.value.Kind() == '[' && flatItems(m.value) && !(e != nil && mediaKind(e.ContentType) == jsonKind) {
			if values, err = itemsOf(m.value); err != nil {
				return nil, "", err
			}
			s = s.item(0)
		}
		for _, one := range values {
			p, err := s.encodePart(m.name, one, e)
			if err != nil {
				return nil, "", fmt.Errorf("part %s: %w", m.name, err)
			}
			parts = append(parts, p)
		}
	}
	boundary := freeBoundary(parts)
	var b bytes.Buffer
	for _, p := range parts {
		fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=%s", boundary, quoteParameter(p.name))
		if p.file != "" {
			fmt.Fprintf(&b, "; filename=%s", quoteParameter(p.file))
		}
		if p.contentType != "" {
			fmt.Fprintf(&b, "\r\nContent-Type: %s", p.contentType)
		}
		b.WriteString("\r\n\r\n")
		b.Write(p.content)
		b.WriteString("\r\n")
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	contentType, _, _ = strings.Cut(contentType, ";")
	return b.Bytes(), contentType + "; boundary=" + boundary, nil
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

// quoteParameter writes a name as browsers do (WHATWG HTML §4.10.21.8).
func quoteParameter(s string) string {
	return `"` + strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A").Replace(s) + `"`
}
