package spec

import (
	"fmt"
	"strings"

	"github.com/concord-api/concord/spec/schema"
)

// encodeBody writes a value as a body of a Content-Type in the media type's
// range ("" for its own), and returns the one to send it with. It is the inverse of decodeBody. What is no
// text of the media type's kind (an object as text/plain) is written as JSON.
func (mt *MediaType) encodeBody(v schema.Value, contentType string) ([]byte, string, error) {
	if contentType == "" {
		contentType = mt.Concrete()
	}
	switch mediaKind(contentType) {
	case jsonKind:
		return v, contentType, nil
	case jsonLinesKind:
		body, err := encodeJSONLines(contentType, v)
		return body, contentType, err
	case eventsKind:
		body, err := mt.encodeEvents(v)
		return body, contentType, err
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
	if e.exploded() && m.value.Kind() == '{' {
		pairs, err := exploded(m.value, name, escaper{reserved: e.AllowReserved})
		return strings.Join(pairs, "&"), err
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
