package spec

import (
	"bytes"
	"strings"

	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// sequential tells whether bodies of a media type are a sequence of items, which
// schemas see as an array (OpenAPI 3.2 §4.14.3).
func sequential(mediaType string) bool {
	switch mediaKind(mediaType) {
	case jsonLinesKind, eventsKind:
		return true
	case multipartKind:
		t, _ := parsed(mediaType)
		return t != "multipart/form-data"
	}
	return false
}

// sequenceSchema is what holds for the whole of a sequence: its schema, and its
// itemSchema for each item. Documents older than itemSchema give an item's
// schema as that of the whole, which no sequence could satisfy; it is read as
// it is meant.
func (r reader) sequenceSchema(at source.Place, mt *MediaType) *schema.Schema {
	node := source.Get(at.Node, "itemSchema")
	switch {
	case node != nil && !sequential(mt.Range) && mediaKind(mt.Range) != multipartKind:
		r.doc.find(Warning, "item-schema", at.Child("itemSchema", node), "itemSchema says nothing of %s, which is no sequence of items; it is ignored", mt.Range)
		return mt.Schema
	case node != nil:
		place := at.Child("itemSchema", node)
		return r.doc.schemas.Sequence(place, r.doc.schemas.Read(place), mt.Schema)
	case mt.Schema == nil || !sequential(mt.Range) || mediaKind(mt.Range) == multipartKind:
		return mt.Schema
	}
	types := newShape([]*schema.Schema{mt.Schema}).types
	if types == 0 || types.Has(schema.TypeArray) || types.Has(schema.TypeString) {
		return mt.Schema
	}
	return r.doc.schemas.Sequence(at.Child("schema", source.Get(at.Node, "schema")), mt.Schema, nil)
}

// decodeJSONLines reads a sequence of JSON texts as an array: one a line (JSON
// Lines, NDJSON), or each after a record separator (RFC 7464 §2.1).
func (mt *MediaType) decodeJSONLines(body []byte) (schema.Value, error) {
	separator := []byte{'\n'}
	if bytes.IndexByte(body, recordSeparator) >= 0 {
		separator[0] = recordSeparator
	}
	var items []schema.Value
	for text := range bytes.SplitSeq(bytes.TrimPrefix(body, []byte("\ufeff")), separator) {
		if text = bytes.TrimSpace(text); len(text) == 0 {
			continue
		}
		if items = append(items, text); !items[len(items)-1].IsValid() {
			return nil, syntaxf("is no sequence of JSON texts: text %d is not JSON", len(items))
		}
	}
	return mt.sequence(items), nil
}

// sequence is the array of a sequence's items; nil where the schema is about
// something else (a text, mostly), which no sequence can be held to.
func (mt *MediaType) sequence(items []schema.Value) schema.Value {
	if s := mt.shape(); s.types != 0 && !s.types.Has(schema.TypeArray) {
		return nil
	}
	return append(append(schema.Value{'['}, bytes.Join(texts(items), []byte{','})...), ']')
}

func texts(values []schema.Value) [][]byte {
	out := make([][]byte, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

// recordSeparator begins each text of a JSON text sequence (RFC 7464 §2.2).
const recordSeparator = 0x1e

// encodeJSONLines is the inverse of decodeJSONLines; what is no array is a
// sequence of one.
func encodeJSONLines(contentType string, v schema.Value) ([]byte, error) {
	items := []schema.Value{v}
	if v.Kind() == '[' {
		var err error
		if items, err = itemsOf(v); err != nil {
			return nil, err
		}
	}
	t, _ := parsed(contentType)
	separated := strings.HasSuffix(t, "json-seq")
	var out []byte
	for _, item := range items {
		line := item.Clone()
		if err := line.Compact(); err != nil {
			return nil, err
		}
		if separated {
			out = append(out, recordSeparator)
		}
		out = append(append(out, line...), '\n')
	}
	return out, nil
}
