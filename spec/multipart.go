package spec

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"slices"
	"strconv"

	"github.com/concord-api/concord/spec/schema"
)

// decodeMultipart reads a multipart body: of multipart/form-data each part is a
// member (RFC 7578; OpenAPI 3.1 §4.8.14.4), of others an item where the schema
// is that of an array. Files are the string of their bytes.
func (mt *MediaType) decodeMultipart(boundary string, body []byte, form bool) (schema.Value, error) {
	if boundary == "" {
		return nil, syntaxf("has no boundary in its Content-Type")
	}
	r := multipart.NewReader(bytes.NewReader(body), boundary)
	var parts []part
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, syntaxf("is not multipart: %v", err)
		}
		if len(parts) == mostFields {
			return nil, syntaxf("has more than %d parts", mostFields)
		}
		content, err := io.ReadAll(p)
		if err != nil {
			return nil, syntaxf("is not multipart: %v", err)
		}
		parts = append(parts, part{p.FormName(), p.FileName(), p.Header.Get("Content-Type"), p.Header, content})
	}
	return mt.parts(parts, form)
}

// part is one part of a multipart body.
type part struct {
	name, file, contentType string
	header                  textproto.MIMEHeader
	content                 []byte
}

func (mt *MediaType) parts(parts []part, form bool) (schema.Value, error) {
	s := mt.shape()
	if s.types.Has(schema.TypeArray) && !s.types.Has(schema.TypeObject) {
		return mt.partItems(parts, form)
	}
	if s.types != 0 && !s.types.Has(schema.TypeObject) && len(parts) == 1 {
		// A schema of a string or number is about the one part that there is.
		return s.part(nil, parts[0])
	}
	if !form && !slices.ContainsFunc(parts, func(p part) bool { return p.name != "" }) {
		return nil, nil // nobody can tell which member is in which part
	}
	out := schema.Value{'{'}
	done := map[string]bool{}
	for i, p := range parts {
		if p.name == "" || done[p.name] {
			continue
		}
		done[p.name] = true
		var same []part
		for _, q := range parts[i:] {
			if q.name == p.name {
				same = append(same, q)
			}
		}
		v, err := s.member(p.name).sameParts(mt.encoding(p.name), same)
		if err != nil {
			return nil, inPart(p.name, err)
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		if out, err = appendText(out, p.name); err != nil {
			return nil, err
		}
		out = append(append(out, ':'), v...)
	}
	return append(out, '}'), nil
}

// partItems reads a list of parts (OpenAPI 3.2 §4.14.5.2). In a form an item is
// an object of the part's name and value, where the schema wants it to be.
func (mt *MediaType) partItems(parts []part, form bool) (schema.Value, error) {
	var items []schema.Value
	for i, p := range parts {
		s := mt.shape().item(i)
		named := form && s.types.Has(schema.TypeObject) && s.declares(p.name)
		if named {
			s = s.member(p.name)
		}
		v, err := s.part(mt.positional(i), p)
		if err != nil {
			return nil, inPart(strconv.Itoa(i), err)
		}
		if named {
			v = schema.Value("{" + string(schema.Text(p.name)) + ":" + string(v) + "}")
		}
		items = append(items, v)
	}
	return mt.sequence(items), nil
}

// sameParts reads the parts of one name: one value, or the items of an array.
func (s *shape) sameParts(e *Encoding, same []part) (schema.Value, error) {
	listed := s.types.Has(schema.TypeArray) && !(len(same) == 1 && mediaKind(same[0].contentType) == jsonKind)
	if !listed {
		if len(same) > 1 {
			return nil, syntaxf("is sent %d times", len(same))
		}
		return s.part(e, same[0])
	}
	if len(same) == 1 && isJSON(string(same[0].content), '[') {
		if err := e.checkPart(same[0]); err != nil {
			return nil, err
		}
		return schema.Value(bytes.TrimSpace(same[0].content)), nil
	}
	return s.partList(e, same)
}

// partList reads each part as an item of an array.
func (s *shape) partList(e *Encoding, same []part) (schema.Value, error) {
	out := schema.Value{'['}
	for i, p := range same {
		if i > 0 {
			out = append(out, ',')
		}
		v, err := s.item(i).part(e, p)
		if err != nil {
			return nil, err
		}
		out = append(out, v...)
	}
	return append(out, ']'), nil
}

// part reads one part by its own media type.
func (s *shape) part(e *Encoding, p part) (schema.Value, error) {
	if err := e.checkPart(p); err != nil {
		return nil, err
	}
	_, params, _ := mime.ParseMediaType(p.contentType)
	kind := mediaKind(p.contentType)
	if p.contentType == "" {
		kind = textKind
	}
	structured := !s.scalar()
	switch {
	case kind == jsonKind && (structured || s.types&^schema.TypeString != 0 || s.types == 0):
		return decodeJSON(p.content)
	case kind == xmlKind && structured:
		return s.decodeXML(p.content)
	case kind == binaryKind || p.file != "":
		return bytesAsText(p.content), nil
	}
	content, err := toUTF8(p.content, params["charset"])
	if err != nil {
		return nil, err
	}
	return s.appendNested(nil, string(content))
}

// bytesAsText stands for bytes as a string: as they are where they are UTF-8,
// else each byte as the character of its number, which keeps their count.
func bytesAsText(b []byte) schema.Value {
	if v, err := appendText(nil, string(b)); err == nil {
		return v
	}
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	v, _ := appendText(nil, string(runes)) // runes are valid UTF-8
	return v
}
