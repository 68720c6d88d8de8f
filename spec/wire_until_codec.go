package spec

// Helper "codec": delete this file with your first push; your functions of the
// same names take their place.

import (
	"strings"

	"github.com/concord-api/concord/spec/schema"
)

func (o *Operation) checkParameters(r *Request, out []Violation) []Violation { return out }

func (m *MediaType) decodeBody(contentType string, body []byte) (schema.Value, error) {
	return nil, nil
}

func (p *Parameter) decodeHeader(values []string) (schema.Value, error) {
	text := strings.Join(values, ", ")
	if p.Schema.Target().Types == schema.TypeInteger && schema.Value(text).IsValid() {
		return schema.Value(text), nil
	}
	return schema.Text(text), nil
}
