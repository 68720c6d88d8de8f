package spec

import (
	"bytes"
	"mime"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/encoding/htmlindex"

	"github.com/concord-api/concord/spec/schema"
)

// bodyKind is a family of media types that are read alike.
type bodyKind uint8

const (
	binaryKind bodyKind = iota
	textKind
	jsonKind
	jsonLinesKind // one JSON text after the other
	eventsKind    // server-sent events
	formKind
	multipartKind
	xmlKind
)

// mediaKind returns the family of a media type; parameters do not matter.
func mediaKind(mediaType string) bodyKind {
	mediaType, _, _ = strings.Cut(mediaType, ";")
	mediaType = strings.ToLower(strings.TrimSpace(mediaType))
	switch mediaType {
	case "application/json", "text/json":
		return jsonKind
	case "application/x-www-form-urlencoded":
		return formKind
	case "application/xml", "text/xml":
		return xmlKind
	case "application/jsonl", "application/x-ndjson", "application/ndjson", "application/json-seq", "application/jsonlines", "application/x-jsonlines":
		return jsonLinesKind
	case "text/event-stream":
		return eventsKind
	}
	switch {
	case strings.HasSuffix(mediaType, "+json"):
		return jsonKind
	case strings.HasSuffix(mediaType, "+json-seq"):
		return jsonLinesKind
	case strings.HasSuffix(mediaType, "+xml"):
		return xmlKind
	case strings.HasPrefix(mediaType, "multipart/"):
		return multipartKind
	case strings.HasPrefix(mediaType, "text/"):
		return textKind
	}
	return binaryKind
}

// decodeBody reads a body of the media type, sent with contentType ("" for the
// media type's own), as the JSON value that its schema is about. A nil value
// without an error means that no schema can be held to the body: bytes without
// a form, or a sequence under a schema of a text.
func (mt *MediaType) decodeBody(contentType string, body []byte) (schema.Value, error) {
	if contentType == "" {
		contentType = mt.Range
	}
	t, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		params = nil
	}
	kind := mediaKind(contentType)
	if kind != binaryKind && kind != multipartKind {
		if body, err = toUTF8(body, params["charset"]); err != nil {
			return nil, err
		}
	}
	switch kind {
	case jsonKind:
		return decodeJSON(body)
	case jsonLinesKind:
		return mt.decodeJSONLines(body)
	case eventsKind:
		return mt.decodeEvents(contentType, body)
	case formKind:
		return mt.decodeForm(body)
	case multipartKind:
		return mt.decodeMultipart(params["boundary"], body, t == formData)
	case xmlKind:
		return mt.decodeXML(body)
	case textKind:
		return mt.decodeText(contentType, body)
	}
	return nil, nil
}

// decodeText reads a text. Under a schema of an object or array, which no text
// is, JSON is read as such: documents that were converted from Swagger 2.0 list
// text/plain beside application/json for one schema. Other formats of text,
// such as CSV, no schema can be held to.
func (mt *MediaType) decodeText(contentType string, body []byte) (schema.Value, error) {
	s := mt.shape()
	if s.scalar() || isJSON(string(body), '{') || isJSON(string(body), '[') {
		return s.appendNested(nil, string(body))
	}
	if t, _ := parsed(contentType); t != "text/plain" {
		return nil, nil
	}
	return s.appendScalar(nil, string(body))
}

// jsonText returns a JSON body in UTF-8 without the byte order mark that a
// reader may ignore (RFC 8259 §8.1). A charset has no meaning there, but old
// clients send it and mean it.
func jsonText(contentType string, body []byte) ([]byte, error) {
	if strings.Contains(contentType, "charset") {
		_, params := parsed(contentType)
		var err error
		if body, err = toUTF8(body, params["charset"]); err != nil {
			return nil, err
		}
	}
	return bytes.TrimPrefix(body, []byte("\ufeff")), nil
}

func decodeJSON(body []byte) (schema.Value, error) {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if v := schema.Value(body); v.IsValid() {
		return v, nil
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, syntaxf("is empty, not JSON")
	}
	d := jsontext.NewDecoder(bytes.NewReader(body))
	if _, err := d.ReadValue(); err != nil {
		return nil, syntaxf("is not JSON: %s", strings.TrimPrefix(err.Error(), "jsontext: "))
	}
	return nil, syntaxf("is not JSON: something follows the value, at byte %d", d.InputOffset())
}

// toUTF8 turns a text of a named charset into UTF-8.
func toUTF8(body []byte, charset string) ([]byte, error) {
	if charset == "" || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "us-ascii") {
		return body, nil
	}
	e, err := htmlindex.Get(charset)
	if err != nil {
		return nil, syntaxf("has the charset %q, which is not known", charset)
	}
	out, err := e.NewDecoder().Bytes(body)
	if err != nil {
		return nil, syntaxf("is not in its charset %q: %v", charset, err)
	}
	return out, nil
}

type shapeSlot struct {
	once sync.Once
	is   *shape
}

func (mt *MediaType) shape() *shape {
	mt.slot.once.Do(func() {
		mt.slot.is = anything
		if mt.Schema != nil {
			mt.slot.is = newShape([]*schema.Schema{mt.Schema})
		}
	})
	return mt.slot.is
}
