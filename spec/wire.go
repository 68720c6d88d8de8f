package spec

import "github.com/concord-api/concord/spec/schema"

// Encode writes one value as the parameter travels: the escaped text of a
// path's segment, the name=value pairs of a query or of cookies, or a header's
// value; "" where its style has nothing to send for it. The error says why the
// style cannot carry the value.
func (p *Parameter) Encode(v schema.Value) (string, error) { return p.encode(v) }

// Encode writes a value as a body of the media type, and returns the
// Content-Type to send it with.
func (m *MediaType) Encode(v schema.Value) (body []byte, contentType string, err error) {
	return m.encodeBody(v, "")
}

// Decode reads a body, sent with contentType ("" for the media type's own), as
// the JSON value that the schema is held to. A nil value without an error means
// that the body has no such form: bytes, or a sequence of texts.
func (m *MediaType) Decode(contentType string, body []byte) (schema.Value, error) {
	return m.decodeBody(contentType, body)
}
