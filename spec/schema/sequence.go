package schema

import "github.com/concord-api/concord/spec/source"

// Sequence returns the schema of a list whose items all have one schema, and
// which has another as a whole, too: what OpenAPI 3.2 §4.14 says of sequential
// media types by itemSchema and schema. whole may be nil.
func (r *Reader) Sequence(at source.Place, item, whole *Schema) *Schema {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.new(at)
	s.Types, s.Items = TypeArray, item
	if whole != nil {
		s.AllOf = []*Schema{whole}
	}
	return s
}
