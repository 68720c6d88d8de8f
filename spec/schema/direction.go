package schema

// Direction is which way a value travels: `required` spares readOnly members in
// requests and writeOnly members in responses (OpenAPI 3.0.3 §4.7.24, 3.1 by
// the same reading).
type Direction uint8

// The two directions.
const (
	Request Direction = iota
	Response
)

// String returns "request" or "response".
func (d Direction) String() string {
	if d == Response {
		return "response"
	}
	return "request"
}

// RequiredIn lists the members that the schema itself demands in a direction.
func (s *Schema) RequiredIn(dir Direction) []string {
	var out []string
	for i, name := range s.Required {
		p := s.Property(name)
		spared := p != nil && (dir == Request && p.isReadOnly() || dir == Response && p.isWriteOnly())
		if spared && out == nil {
			out = append(out, s.Required[:i]...)
			if out == nil {
				out = []string{}
			}
			continue
		}
		if !spared && out != nil {
			out = append(out, name)
		}
	}
	if out == nil {
		return s.Required
	}
	return out
}

func (s *Schema) isReadOnly() bool {
	return s.ReadOnly || s.Ref != nil && s.Target().ReadOnly
}

func (s *Schema) isWriteOnly() bool {
	return s.WriteOnly || s.Ref != nil && s.Target().WriteOnly
}

// In tells whether a member with this schema is sent in a direction: readOnly
// members are not part of a request, writeOnly members not of a response.
func (s *Schema) In(dir Direction) bool {
	if dir == Request {
		return !s.isReadOnly()
	}
	return !s.isWriteOnly()
}
