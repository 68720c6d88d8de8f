package scenarios

import (
	"strconv"
	"sync"
	"sync/atomic"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// shape is what is known of a value when a script is loaded: its CEL type, and
// how its JSON is read so that it has that type.
type shape struct {
	cel    *cel.Type
	fields map[string]*shape // of an object whose members are known
	order  []string
	elem   *shape // of a list's items, or a map's values
	number bool   // a double, also where it is written without a fraction
}

// anything is the shape of what the contract leaves open.
var (
	anything = &shape{cel: cel.DynType}
	aString  = &shape{cel: cel.StringType}
)

// shapes gives schemas their shapes, each schema one, and tells CEL of those
// that are objects. It implements types.Provider on top of the standard one.
type shapes struct {
	types.Provider
	bySchema map[*schema.Schema]*shape
	byName   *sync.Map // string → *shape: CEL looks into it while others are made
	count    *atomic.Int64
}

func newShapes() *shapes {
	return &shapes{bySchema: map[*schema.Schema]*shape{}, byName: new(sync.Map), count: new(atomic.Int64)}
}

func (p *shapes) named(name string) (*shape, bool) {
	s, ok := p.byName.Load(name)
	if !ok {
		return nil, false
	}
	return s.(*shape), true
}

// with puts the shapes on top of an environment's own types.
func (p *shapes) with(base types.Provider) *shapes {
	q := *p
	q.Provider = base
	return &q
}

// object makes a shape with known members. A misspelt one is an error when an
// expression is loaded.
func (p *shapes) object() *shape {
	name := "concord.object" + strconv.FormatInt(p.count.Add(1), 10)
	s := &shape{cel: cel.ObjectType(name), fields: map[string]*shape{}}
	p.byName.Store(name, s)
	return s
}

func (s *shape) add(name string, member *shape) {
	if _, ok := s.fields[name]; !ok {
		s.order = append(s.order, name)
	}
	s.fields[name] = member
}

// FindStructType implements types.Provider.
func (p *shapes) FindStructType(name string) (*types.Type, bool) {
	if s, ok := p.named(name); ok {
		return types.NewTypeTypeWithParam(s.cel), true
	}
	return p.Provider.FindStructType(name)
}

// FindStructFieldNames implements types.Provider.
func (p *shapes) FindStructFieldNames(name string) ([]string, bool) {
	if s, ok := p.named(name); ok {
		return s.order, true
	}
	return p.Provider.FindStructFieldNames(name)
}

// FindStructFieldType implements types.Provider.
func (p *shapes) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if s, ok := p.named(name); ok {
		if member, ok := s.fields[field]; ok {
			return &types.FieldType{Type: member.cel}, true
		}
		return nil, false
	}
	return p.Provider.FindStructFieldType(name, field)
}

// NewValue implements types.Provider: the contract's objects are read, never
// made by expressions.
func (p *shapes) NewValue(name string, fields map[string]ref.Val) ref.Val {
	if _, ok := p.named(name); ok {
		return types.NewErr("an object of the contract cannot be made by an expression: write it as YAML")
	}
	return p.Provider.NewValue(name, fields)
}

// of returns the shape of a schema.
func (p *shapes) of(s *schema.Schema) *shape {
	if s == nil {
		return anything
	}
	s = s.Target()
	if known := p.bySchema[s]; known != nil {
		return known
	}
	v := view{}
	v.merge(s, 0)
	if v.open {
		p.bySchema[s] = anything
		return anything
	}
	nullable := v.types&schema.TypeNull != 0 && v.types != schema.TypeNull
	is := v.types &^ schema.TypeNull
	if is&schema.TypeNumber != 0 {
		is &^= schema.TypeInteger
	}
	var out *shape
	switch {
	case is == schema.TypeString:
		out = primitive(cel.StringType, nullable)
	case is == schema.TypeInteger:
		out = primitive(cel.IntType, nullable)
	case is == schema.TypeNumber:
		out = primitive(cel.DoubleType, nullable)
		out.number = true
	case is == schema.TypeBoolean:
		out = primitive(cel.BoolType, nullable)
	case is == schema.TypeArray && !nullable && len(v.tuple) == 0:
		out = &shape{cel: cel.ListType(cel.DynType), elem: anything}
		p.bySchema[s] = out // a list inside itself has items of any type
		elem := p.of(v.items)
		*out = shape{cel: cel.ListType(elem.cel), elem: elem}
	case is == schema.TypeObject && len(v.properties) > 0:
		out = p.object()
		p.bySchema[s] = out // before its members, which may be of it
		for _, property := range v.properties {
			member := p.of(property.Schema)
			switch known := out.fields[property.Name]; {
			case known == nil || known == anything:
				out.add(property.Name, member)
			case member != anything && !member.cel.IsExactType(known.cel):
				out.add(property.Name, anything) // alternatives that differ
			}
		}
	case is == schema.TypeObject && v.additional != nil && !nullable:
		elem := p.of(v.additional)
		out = &shape{cel: cel.MapType(cel.StringType, elem.cel), elem: elem}
	default:
		out = anything
	}
	p.bySchema[s] = out
	return out
}

// isString tells whether all values of the shape are texts.
func (s *shape) isString() bool {
	return s != nil && s.cel.Kind() == cel.StringKind && !s.cel.IsAssignableType(cel.NullType)
}

func primitive(t *cel.Type, nullable bool) *shape {
	if nullable {
		t = cel.NullableType(t)
	}
	return &shape{cel: t}
}

// view is a schema with what it refers to and what it is composed of (`allOf`)
// seen as one.
type view struct {
	types      schema.Types
	properties []schema.Property
	additional *schema.Schema
	items      *schema.Schema
	tuple      []*schema.Schema
	open       bool // members or types that are not known here
}

func (v *view) merge(s *schema.Schema, depth int) {
	if s == nil || depth > 20 {
		v.open = true
		return
	}
	if s.Types != 0 {
		if v.types == 0 {
			v.types = s.Types
		} else {
			v.types &= s.Types
		}
	}
	v.properties = append(v.properties, s.Properties...)
	if v.types == 0 && len(s.Properties) > 0 {
		v.types = schema.TypeObject
	}
	if s.Items != nil {
		v.items = s.Items
	}
	v.tuple = append(v.tuple, s.PrefixItems...)
	if a := s.AdditionalProperties; a != nil && !a.Never {
		if len(s.Properties) > 0 {
			v.open = true
		}
		v.additional = a
	}
	if len(s.PatternProperties) > 0 {
		v.open = true
	}
	for _, alternatives := range [][]*schema.Schema{s.AnyOf, s.OneOf, {s.If, s.Then, s.Else}} {
		v.mayBe(alternatives, depth)
	}
	for _, p := range s.DependentSchemas {
		v.mayBe([]*schema.Schema{p.Schema}, depth)
	}
	if s.Ref != nil {
		v.merge(s.Ref.Target(), depth+1)
	}
	for _, part := range s.AllOf {
		v.merge(part.Target(), depth+1)
	}
}

// mayBe adds the members that alternatives have: each may be there. What they
// say of the value's type counts only where all of them agree.
func (v *view) mayBe(alternatives []*schema.Schema, depth int) {
	var types schema.Types
	agreed := true
	for _, a := range alternatives {
		if a == nil {
			continue
		}
		w := view{}
		w.merge(a.Target(), depth+1)
		v.properties = append(v.properties, w.properties...)
		v.open = v.open || w.open
		if v.items == nil {
			v.items = w.items
		}
		agreed = agreed && (types == 0 || w.types == 0 || types == w.types)
		types |= w.types
	}
	switch {
	case v.types == 0 && agreed:
		v.types = types
	case v.types == 0:
		v.open = true
	}
}

// parameters is the shape of an operation's parameters of one location, by
// their names.
func (p *shapes) parameters(op *spec.Operation, in spec.Location) *shape {
	out := p.object()
	for _, param := range op.Parameters {
		if param.In == in {
			out.add(param.Name, p.parameter(param))
		}
	}
	return out
}

func (p *shapes) parameter(param *spec.Parameter) *shape {
	if param.Schema == nil {
		if param.Content != nil {
			return p.of(param.Content.Schema)
		}
		return aString
	}
	s := p.of(param.Schema)
	if s == anything && !mayBeComposite(param.Schema) {
		return aString
	}
	return s
}

// mayBeComposite tells whether a parameter's value may be a list or an object.
func mayBeComposite(s *schema.Schema) bool {
	v := view{}
	v.merge(s.Target(), 0)
	return v.types == 0 || v.types&(schema.TypeArray|schema.TypeObject) != 0
}

// body is the shape of a body in the media types that it may have: that of
// their schema where they agree.
func (p *shapes) body(content []*spec.MediaType) *shape {
	var out *shape
	for _, mt := range content {
		s := aString
		switch {
		case isJSON(mt.Range) || isForm(mt.Range):
			s = p.of(mt.Schema)
		}
		if out != nil && out != s {
			return anything
		}
		out = s
	}
	if out == nil {
		return anything
	}
	return out
}
