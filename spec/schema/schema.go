package schema

import (
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/concord-api/concord/spec/source"
)

// Value is one JSON text (RFC 8259): members in their order, numbers exact.
type Value = jsontext.Value

// Schema is one schema, in JSON Schema 2020-12 terms. The zero value accepts
// everything. Slices keep the order of the document. A Schema is not changed
// after it was read, and may be used by many goroutines.
type Schema struct {
	Position source.Position // where its first keyword stands
	Pointer  string          // JSON pointer of it in its file, "/components/schemas/Customer"
	Name     string          // last segment of the pointer that a $ref names it by; else ""

	Never bool    // the boolean schema `false`, which accepts nothing
	Ref   *Schema // what its $ref means; in 3.0 a schema with a Ref has nothing else

	Title       string
	Description string

	Types  Types // 0 means any
	Format string
	Enum   []Value // nil means that there is no enum
	Const  Value   // nil means none

	Default  Value   // nil means none
	Examples []Value // `examples`, and `example` first

	// Numbers, as written; "" means none.
	Minimum, Maximum                   Number
	ExclusiveMinimum, ExclusiveMaximum Number
	MultipleOf                         Number

	// Strings. Lengths count characters (Unicode code points).
	MinLength        int // 0 means none
	MaxLength        int // None means none
	Pattern          string
	ContentEncoding  string
	ContentMediaType string
	ContentSchema    *Schema // of the JSON that is in a string; says nothing of validity

	// Arrays.
	PrefixItems      []*Schema
	Items            *Schema
	MinItems         int
	MaxItems         int // None means none
	UniqueItems      bool
	Contains         *Schema
	MinContains      int // as it applies: 1 where Contains is set without minContains
	MaxContains      int // None means none
	UnevaluatedItems *Schema

	// Objects.
	Properties            []Property
	PatternProperties     []Property // Name holds the pattern
	AdditionalProperties  *Schema
	PropertyNames         *Schema
	UnevaluatedProperties *Schema
	Required              []string
	MinProperties         int
	MaxProperties         int // None means none
	DependentRequired     []Dependency
	DependentSchemas      []Property

	// Combinations.
	AllOf, AnyOf, OneOf []*Schema
	Not                 *Schema
	If, Then, Else      *Schema
	Discriminator       *Discriminator

	ReadOnly, WriteOnly, Deprecated bool
	// Courtesy is set on the alternative null that a 3.0 schema has by a
	// `nullable` which strictly says nothing: it is accepted, and not sent.
	Courtesy bool
	XML      *XML

	reader   *Reader
	id       int // number of the schema within its reader
	checkers [2]struct {
		once sync.Once
		is   *Checker
	}
}

// None is a maximum that is not set.
const None = int(^uint(0) >> 1)

// Number is a JSON number as it was written, "" for none.
type Number string

// Property is a named schema.
type Property struct {
	Name   string
	Schema *Schema
}

// Dependency is one member of dependentRequired: who sends Name sends Required.
type Dependency struct {
	Name     string
	Required []string
}

// Discriminator tells by which member the alternatives of a schema are told
// apart (OpenAPI 3.1 §4.8.25).
type Discriminator struct {
	PropertyName string
	Mapping      []DiscriminatorMapping // in the document's order; schemas named only by their component name are not listed
}

// DiscriminatorMapping is one value of a discriminator and what it stands for.
type DiscriminatorMapping struct {
	Value  string
	Schema *Schema // nil where the mapping leads nowhere
}

// XML is how a schema is written in XML (OpenAPI 3.1 §4.8.26).
type XML struct {
	Name, Namespace, Prefix string
	Attribute, Wrapped      bool
	NodeType                string // OpenAPI 3.2
}

// Property returns the schema of a member named in Properties, or nil.
func (s *Schema) Property(name string) *Schema {
	for i := range s.Properties {
		if s.Properties[i].Name == name {
			return s.Properties[i].Schema
		}
	}
	return nil
}

// Requires tells whether the schema itself lists a member as required.
func (s *Schema) Requires(name string) bool {
	for _, r := range s.Required {
		if r == name {
			return true
		}
	}
	return false
}

// Target follows Ref as long as a schema says nothing beside it; it returns s
// for a schema without one, and for a chain of references that ends nowhere.
func (s *Schema) Target() *Schema {
	at := s
	for range 100 {
		if at.Ref == nil || !at.bareRef() {
			return at
		}
		at = at.Ref
	}
	return s
}

// Children lists the schemas that stand in a schema or that it refers to.
func (s *Schema) Children() []*Schema {
	var out []*Schema
	one := func(list ...*Schema) {
		for _, c := range list {
			if c != nil {
				out = append(out, c)
			}
		}
	}
	one(s.Ref, s.Items, s.Contains, s.UnevaluatedItems, s.AdditionalProperties, s.PropertyNames, s.UnevaluatedProperties, s.Not, s.If, s.Then, s.Else)
	one(s.PrefixItems...)
	one(s.AllOf...)
	one(s.AnyOf...)
	one(s.OneOf...)
	for _, list := range [][]Property{s.Properties, s.PatternProperties, s.DependentSchemas} {
		for _, p := range list {
			one(p.Schema)
		}
	}
	return out
}
