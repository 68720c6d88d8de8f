package schema

import "strings"

// Types is a set of JSON types.
type Types uint8

// The types of JSON Schema (validation §6.1.1). TypeInteger is every number
// without a fractional part, 1.0 included; TypeNumber covers it.
const (
	TypeNull Types = 1 << iota
	TypeBoolean
	TypeObject
	TypeArray
	TypeNumber
	TypeString
	TypeInteger
)

var typeNames = []struct {
	is   Types
	name string
}{
	{TypeNull, "null"}, {TypeBoolean, "boolean"}, {TypeObject, "object"}, {TypeArray, "array"},
	{TypeNumber, "number"}, {TypeString, "string"}, {TypeInteger, "integer"},
}

// Has tells whether the set holds all of t.
func (ts Types) Has(t Types) bool { return ts&t == t }

// Names lists the types as they are written in a schema.
func (ts Types) Names() []string {
	var out []string
	for _, t := range typeNames {
		if ts.Has(t.is) {
			out = append(out, t.name)
		}
	}
	return out
}

// String joins the names by " or ".
func (ts Types) String() string { return strings.Join(ts.Names(), " or ") }

// typeNamed returns the type with a name, or 0.
func typeNamed(name string) Types {
	for _, t := range typeNames {
		if t.name == name {
			return t.is
		}
	}
	return 0
}
