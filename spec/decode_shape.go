package spec

import (
	"sync/atomic"

	"github.com/concord-api/concord/spec/schema"
)

// shape is what a value's schemas say about reading it from text, which has no
// types of its own: as what it may be read, and the shapes of what it holds.
// What it holds is worked out when it is first asked for, so that schemas may
// refer to themselves.
type shape struct {
	types      schema.Types     // 0 means that nothing is said: text stays text
	roots      []*schema.Schema // a value is read well where one of them accepts it
	parts      []*schema.Schema // all schemas that have a say, through references and combinations
	names      []string         // members that are declared, in the document's order
	members    map[string]*child
	prefix     []*child
	rest       *child // further items
	additional *child // members that are not declared
	branches   atomic.Pointer[[]*shape]
}

// child is the shape of a member or item, made at its first use.
type child struct {
	roots []*schema.Schema
	is    atomic.Pointer[shape]
}

func (c *child) shape() *shape {
	if c == nil {
		return anything
	}
	if s := c.is.Load(); s != nil {
		return s
	}
	c.is.CompareAndSwap(nil, newShape(c.roots))
	return c.is.Load()
}

var anything = &shape{}

// newShape returns the shape of a value that all of the schemas describe.
func newShape(roots []*schema.Schema) *shape {
	s := &shape{roots: roots}
	for _, root := range roots {
		s.parts = appendParts(s.parts, root, true)
	}
	s.build(typesOf(roots))
	return s
}

// build fills the shape in from its parts.
func (s *shape) build(types schema.Types) {
	s.types = types
	if types == allTypes {
		s.types = hints(s.parts)
	}
	s.members = map[string]*child{}
	var rest, additional []*schema.Schema
	for _, p := range s.parts {
		for _, m := range p.Properties {
			c := s.members[m.Name]
			if c == nil {
				c = &child{}
				s.members[m.Name] = c
				s.names = append(s.names, m.Name)
			}
			c.roots = append(c.roots, m.Schema)
		}
		for i, item := range p.PrefixItems {
			if i == len(s.prefix) {
				s.prefix = append(s.prefix, &child{})
			}
			s.prefix[i].roots = append(s.prefix[i].roots, item)
		}
		if p.Items != nil {
			rest = append(rest, p.Items)
		}
		for _, m := range p.PatternProperties {
			additional = append(additional, m.Schema)
		}
		if p.AdditionalProperties != nil && !p.AdditionalProperties.Never {
			additional = append(additional, p.AdditionalProperties)
		}
	}
	if rest != nil {
		s.rest = &child{roots: rest}
	}
	if additional != nil {
		s.additional = &child{roots: additional}
	}
}

// item returns the shape of the i-th item of an array.
func (s *shape) item(i int) *shape {
	if i < len(s.prefix) {
		return s.prefix[i].shape()
	}
	return s.rest.shape()
}

// member returns the shape of an object's member.
func (s *shape) member(name string) *shape {
	if c, ok := s.members[name]; ok {
		return c.shape()
	}
	return s.additional.shape()
}

// declares tells whether a member is named by a schema.
func (s *shape) declares(name string) bool {
	_, ok := s.members[name]
	return ok
}

// requires tells whether a schema demands a member.
func (s *shape) requires(name string) bool {
	for _, p := range s.parts {
		if p.Requires(name) {
			return true
		}
	}
	return false
}

// scalar tells whether the value may be something other than an array or object.
func (s *shape) scalar() bool {
	return s.types == 0 || s.types&^(schema.TypeArray|schema.TypeObject) != 0
}

// accepts tells whether one of the schemas takes a value as it is.
func (s *shape) accepts(v schema.Value) bool {
	for _, root := range s.roots {
		if root.Checker(schema.Request).Valid(v) {
			return true
		}
	}
	return len(s.roots) == 0
}

// alternatives returns the shape for each alternative of an anyOf or oneOf, for
// values that cannot be read by all of them at once.
func (s *shape) alternatives() []*shape {
	if known := s.branches.Load(); known != nil {
		return *known
	}
	var out []*shape
	var fixed []*schema.Schema
	for _, root := range s.roots {
		fixed = appendParts(fixed, root, false)
	}
	for _, p := range fixed {
		for _, list := range [][]*schema.Schema{p.AnyOf, p.OneOf} {
			for _, branch := range list {
				b := &shape{roots: s.roots, parts: appendParts(append([]*schema.Schema(nil), fixed...), branch, true)}
				b.build(typesOf(append([]*schema.Schema{branch}, s.roots...)))
				b.branches.Store(new([]*shape))
				out = append(out, b)
			}
		}
	}
	s.branches.CompareAndSwap(nil, &out)
	return *s.branches.Load()
}

// appendParts collects a schema and the schemas that hold for the same value:
// what it refers to and its allOf, and where choices is set what may hold, too.
func appendParts(parts []*schema.Schema, s *schema.Schema, choices bool) []*schema.Schema {
	if s == nil {
		return parts
	}
	for _, known := range parts {
		if known == s {
			return parts
		}
	}
	parts = append(parts, s)
	parts = appendParts(parts, s.Ref, choices)
	for _, sub := range s.AllOf {
		parts = appendParts(parts, sub, choices)
	}
	if !choices {
		return parts
	}
	for _, list := range [][]*schema.Schema{s.AnyOf, s.OneOf, {s.If, s.Then, s.Else}} {
		for _, sub := range list {
			parts = appendParts(parts, sub, choices)
		}
	}
	for _, d := range s.DependentSchemas {
		parts = appendParts(parts, d.Schema, choices)
	}
	return parts
}

const allTypes = schema.TypeNull | schema.TypeBoolean | schema.TypeObject | schema.TypeArray |
	schema.TypeNumber | schema.TypeString | schema.TypeInteger

// typesOf returns the types that a value may have under all of the schemas.
func typesOf(all []*schema.Schema) schema.Types {
	return typing{}.all(all)
}

// typing is what is known of the types of schemas. One that is still being
// asked for, since it is part of itself, may be of any.
type typing map[*schema.Schema]schema.Types

func (t typing) all(all []*schema.Schema) schema.Types {
	types := allTypes
	for _, s := range all {
		types &= t.of(s)
	}
	return types
}

func (t typing) of(s *schema.Schema) schema.Types {
	if known, ok := t[s]; ok {
		return known
	}
	t[s] = allTypes
	types := allTypes
	if s.Types != 0 {
		types = s.Types
		if types.Has(schema.TypeNumber) {
			types |= schema.TypeInteger
		}
	}
	if s.Enum != nil {
		types &= kinds(s.Enum...)
	}
	if s.Const != nil {
		types &= kinds(s.Const)
	}
	if s.Ref != nil {
		types &= t.of(s.Ref)
	}
	types &= t.all(s.AllOf)
	for _, list := range [][]*schema.Schema{s.AnyOf, s.OneOf} {
		var any schema.Types
		for _, option := range list {
			any |= t.of(option)
		}
		if list != nil {
			types &= any
		}
	}
	t[s] = types
	return types
}

// kinds returns the types of JSON texts.
func kinds(values ...schema.Value) schema.Types {
	var types schema.Types
	for _, v := range values {
		switch v.Kind() {
		case 'n':
			types |= schema.TypeNull
		case 't', 'f':
			types |= schema.TypeBoolean
		case '"':
			types |= schema.TypeString
		case '0':
			types |= schema.TypeNumber | schema.TypeInteger
		case '[':
			types |= schema.TypeArray
		case '{':
			types |= schema.TypeObject
		}
	}
	return types
}

// hints guesses the types of schemas that name none from their other keywords.
func hints(parts []*schema.Schema) schema.Types {
	var types schema.Types
	for _, p := range parts {
		if p.Properties != nil || p.PatternProperties != nil || p.AdditionalProperties != nil || p.Required != nil {
			types |= schema.TypeObject
		}
		if p.Items != nil || p.PrefixItems != nil || p.UniqueItems || p.Contains != nil {
			types |= schema.TypeArray
		}
		if p.Minimum != "" || p.Maximum != "" || p.ExclusiveMinimum != "" || p.ExclusiveMaximum != "" || p.MultipleOf != "" {
			types |= schema.TypeNumber | schema.TypeInteger
		}
		if p.MinLength != 0 || p.MaxLength != schema.None || p.Pattern != "" || p.Format != "" {
			types |= schema.TypeString
		}
	}
	return types
}
