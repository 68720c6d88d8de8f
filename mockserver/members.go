package mockserver

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/concord-api/concord/spec/problem"
	"github.com/concord-api/concord/spec/schema"
)

// memberList is the members of a JSON object in their order.
type memberList []problem.Member

// members reads the members of an object; none of anything else.
func members(text []byte) memberList {
	d := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true))
	if d.PeekKind() != '{' {
		return nil
	}
	if _, err := d.ReadToken(); err != nil {
		return nil
	}
	var out memberList
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return out
		}
		n := name.String()
		value, err := d.ReadValue()
		if err != nil {
			return out
		}
		out = append(out, problem.Member{Name: n, Value: json.RawMessage(value.Clone())})
	}
	return out
}

func (ms memberList) has(name string) bool {
	for i := range ms {
		if ms[i].Name == name {
			return true
		}
	}
	return false
}

// set replaces a member, or adds it.
func (ms *memberList) set(m problem.Member) {
	for i := range *ms {
		if (*ms)[i].Name == m.Name {
			(*ms)[i].Value = m.Value
			return
		}
	}
	*ms = append(*ms, m)
}

// drop takes a member away.
func (ms *memberList) drop(name string) {
	*ms = slices.DeleteFunc(*ms, func(m problem.Member) bool { return m.Name == name })
}

// object writes the members.
func (ms memberList) object() []byte {
	out := []byte{'{'}
	for i, m := range ms {
		if i > 0 {
			out = append(out, ',')
		}
		out, _ = jsontext.AppendQuote(out, m.Name)
		out = append(out, ':')
		out = append(out, m.Value...)
	}
	return append(out, '}')
}

// memberNames lists the members that a schema names, by itself or by what it is
// made of.
func memberNames(s *schema.Schema) []string {
	var out []string
	eachPart(s, 0, func(s *schema.Schema) {
		for _, p := range s.Properties {
			out = append(out, p.Name)
		}
	})
	return out
}

// requiredNames lists the members that a schema demands.
func requiredNames(s *schema.Schema) []string {
	var out []string
	eachPart(s, 0, func(s *schema.Schema) { out = append(out, s.RequiredIn(schema.Response)...) })
	return out
}

// eachPart visits the schemas that describe one value together.
func eachPart(s *schema.Schema, depth int, visit func(*schema.Schema)) {
	if s == nil || depth > 20 {
		return
	}
	visit(s)
	eachPart(s.Ref, depth+1, visit)
	for _, list := range [][]*schema.Schema{s.AllOf, s.AnyOf, s.OneOf} {
		for _, part := range list {
			eachPart(part, depth+1, visit)
		}
	}
}
