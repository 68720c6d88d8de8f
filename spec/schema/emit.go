package schema

import (
	"encoding/json"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// quote writes a string as a JSON text.
func quote(s string) Value {
	b, _ := jsontext.AppendQuote(nil, s) // fails only for invalid UTF-8, which it replaces
	return b
}

// emitter writes schemas in JSON Schema 2020-12, the form that the library
// compiles. What is referred to is written as a $ref to its own resource, so
// that each schema of a contract is compiled once however often it is used.
type emitter struct {
	dir  Direction
	open map[*Schema]bool // being written: a schema inside itself becomes a $ref
}

// location is the name of a schema's resource in the library.
func location(dir Direction, s *Schema) string {
	return "concord://" + dir.String() + "/" + strconv.Itoa(s.id)
}

func (e *emitter) ref(s *Schema) any {
	return map[string]any{"$ref": location(e.dir, s)}
}

func (e *emitter) emit(s *Schema) any {
	if s.Never {
		return false
	}
	if s.tooBroad() {
		return true
	}
	if e.open[s] {
		return e.ref(s)
	}
	e.open[s] = true
	defer delete(e.open, s)

	m := map[string]any{}
	if s.Ref != nil {
		m["$ref"] = location(e.dir, s.Ref)
	}
	if s.Types != 0 {
		names := s.Types.Names()
		types := make([]any, len(names))
		for i, n := range names {
			types[i] = n
		}
		m["type"] = types
	}
	if s.Format != "" {
		m["format"] = s.Format
	}
	if s.Enum != nil {
		m["enum"] = decodeAll(s.Enum)
	}
	if s.Const != nil {
		m["const"] = decode(s.Const)
	}
	e.bounds(m, s)
	e.arrays(m, s)
	e.objects(m, s)
	e.list(m, "allOf", s.AllOf)
	e.list(m, "anyOf", s.AnyOf)
	e.list(m, "oneOf", s.OneOf)
	e.one(m, "not", s.Not)
	e.one(m, "if", s.If)
	e.one(m, "then", s.Then)
	e.one(m, "else", s.Else)
	return m
}

func (e *emitter) bounds(m map[string]any, s *Schema) {
	for name, n := range map[string]Number{
		"minimum": s.Minimum, "maximum": s.Maximum, "multipleOf": s.MultipleOf,
		"exclusiveMinimum": s.ExclusiveMinimum, "exclusiveMaximum": s.ExclusiveMaximum,
	} {
		if n != "" {
			m[name] = json.Number(n)
		}
	}
	for name, n := range map[string]int{
		"minLength": s.MinLength, "minItems": s.MinItems, "minProperties": s.MinProperties,
	} {
		if n != 0 {
			m[name] = json.Number(strconv.Itoa(n))
		}
	}
	for name, n := range map[string]int{
		"maxLength": s.MaxLength, "maxItems": s.MaxItems, "maxProperties": s.MaxProperties,
	} {
		if n != None {
			m[name] = json.Number(strconv.Itoa(n))
		}
	}
	if s.Pattern != "" {
		m["pattern"] = s.Pattern
	}
}

func (e *emitter) arrays(m map[string]any, s *Schema) {
	e.list(m, "prefixItems", s.PrefixItems)
	e.one(m, "items", s.Items)
	e.one(m, "unevaluatedItems", s.UnevaluatedItems)
	if s.UniqueItems {
		m["uniqueItems"] = true
	}
	if s.Contains != nil {
		m["contains"] = e.emit(s.Contains)
		m["minContains"] = json.Number(strconv.Itoa(s.MinContains))
		if s.MaxContains != None {
			m["maxContains"] = json.Number(strconv.Itoa(s.MaxContains))
		}
	}
}

func (e *emitter) objects(m map[string]any, s *Schema) {
	e.named(m, "properties", s.Properties)
	e.named(m, "patternProperties", s.PatternProperties)
	e.named(m, "dependentSchemas", s.DependentSchemas)
	e.one(m, "additionalProperties", s.AdditionalProperties)
	e.one(m, "propertyNames", s.PropertyNames)
	e.one(m, "unevaluatedProperties", s.UnevaluatedProperties)
	if required := s.RequiredIn(e.dir); len(required) > 0 {
		m["required"] = texts(required)
	}
	if s.DependentRequired != nil {
		d := map[string]any{}
		for _, dep := range s.DependentRequired {
			d[dep.Name] = texts(dep.Required)
		}
		m["dependentRequired"] = d
	}
}

func (e *emitter) one(m map[string]any, name string, s *Schema) {
	if s != nil {
		m[name] = e.emit(s)
	}
}

func (e *emitter) list(m map[string]any, name string, list []*Schema) {
	if list == nil {
		return
	}
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = e.emit(s)
	}
	m[name] = out
}

func (e *emitter) named(m map[string]any, name string, list []Property) {
	if list == nil {
		return
	}
	out := map[string]any{}
	for _, p := range list {
		out[p.Name] = e.emit(p.Schema)
	}
	m[name] = out
}

func texts(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// Text writes a string as a Value.
func Text(s string) Value { return quote(s) }
