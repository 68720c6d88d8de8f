package sample

import (
	"strings"

	"github.com/concord-api/concord/spec/schema"
)

// maxParts bounds what one place may be made of.
const maxParts = 2000

// part is one plain schema of a shape.
type part struct {
	*schema.Schema
	end      int  // one past the last part that came from this schema, itself included
	optional bool // came from a condition: its examples are not the whole's
}

// shape is a place after one alternative of each choice was taken: plain
// schemas that must all hold, and some that must not.
type shape struct {
	parts    []part
	rejected []*schema.Schema
	forced   []forced // members that a discriminator names

	try       int // which attempt at the place this is
	mode      int // how often all combinations of choices were tried before
	choices   int // how many combinations there are
	uncertain bool
	err       error

	types      schema.Types // allowed; TypeNumber without TypeInteger still allows 1
	hinted     schema.Types // that the keywords speak about
	untyped    bool
	fraction   bool // an integer is rejected
	manyBounds bool // an enum value must be checked against more than its own enum
	enum       []schema.Value
}

const anyType = schema.TypeNull | schema.TypeBoolean | schema.TypeObject | schema.TypeArray |
	schema.TypeNumber | schema.TypeString | schema.TypeInteger

// flattener makes one shape.
type flattener struct {
	*generator
	*shape
	hint schema.Value
	rest int // the combination still to be taken, mixed radix
}

// shape takes the choices of one attempt at a place.
func (g *generator) shape(n node, try int) *shape {
	f := flattener{g, &shape{try: try, choices: 1}, n.hint, try}
	for _, s := range n.all {
		f.flatten(s, false)
	}
	f.mode = f.rest
	if try >= attempts/2 && f.choices > try {
		f.mode = g.rng.IntN(3)
	}
	if f.mode >= 2 && f.mode%2 == 0 {
		f.spoil()
	}
	f.settle()
	return f.shape
}

// pick takes one of n alternatives, in all combinations one after another.
func (f *flattener) pick(n int) int {
	f.choices = min(f.choices*n, 1<<20)
	if f.o.Dynamic && f.hint == nil && f.try < attempts/2 && !f.sparse() || f.try >= attempts/2 && f.choices > f.try {
		return f.rng.IntN(n)
	}
	i := f.rest % n
	f.rest /= n
	return i
}

func (f *flattener) flatten(s *schema.Schema, optional bool) {
	for i := range f.parts {
		if f.parts[i].Schema == s {
			return
		}
	}
	if len(f.parts) >= maxParts {
		f.err = fault([]*schema.Schema{s}, "made of more than %d schemas", maxParts)
		return
	}
	if s.Never && f.err == nil {
		f.err = fault([]*schema.Schema{s}, "the schema `false` accepts nothing")
	}
	i := len(f.parts)
	f.parts = append(f.parts, part{Schema: s, optional: optional})
	if s.Ref != nil {
		f.flatten(s.Ref, optional)
	}
	for _, sub := range s.AllOf {
		f.flatten(sub, optional)
	}
	if s.AnyOf != nil {
		order := f.order(s, s.AnyOf)
		f.alternative(s, s.AnyOf[order[f.pick(len(order))]], optional)
	}
	if s.OneOf != nil {
		order := f.order(s, s.OneOf)
		k := order[f.pick(len(order))]
		f.alternative(s, s.OneOf[k], optional)
		for j, other := range s.OneOf {
			if j != k {
				f.rejected = append(f.rejected, other)
			}
		}
		f.uncertain = f.uncertain || len(s.OneOf) > 1
	}
	if s.Not != nil {
		f.rejected = append(f.rejected, s.Not)
		f.uncertain = true
	}
	if s.If != nil {
		f.condition(s)
	}
	if s.Discriminator != nil && s.OneOf == nil && s.AnyOf == nil {
		f.subtype(s)
	}
	f.parts[i].end = len(f.parts)
}

// condition takes the then or the else of an if.
func (f *flattener) condition(s *schema.Schema) {
	f.uncertain = true
	k := f.pick(2)
	if f.hint != nil && !s.If.Checker(f.o.Direction).Valid(f.hint) {
		k = 1 - k
	}
	if k == 0 {
		f.flatten(s.If, true)
		if s.Then != nil {
			f.flatten(s.Then, true)
		}
		return
	}
	f.rejected = append(f.rejected, s.If)
	if s.Else != nil {
		f.flatten(s.Else, true)
	}
}

// settle folds what all types share: the types themselves and the enum.
func (f *flattener) settle() {
	sh := f.shape
	sh.types, sh.untyped = anyType, true
	enums, bounds := 0, 0
	for i := range sh.parts {
		p := sh.parts[i].Schema
		if p.Types != 0 {
			sh.types = intersect(sh.types, p.Types)
			sh.untyped = false
		}
		sh.hinted |= speaksOf(p)
		enum := p.Enum
		if p.Const != nil {
			enum = []schema.Value{p.Const}
		}
		if enum != nil {
			enums++
			if sh.enum == nil || len(enum) < len(sh.enum) {
				sh.enum = enum
			}
			if p.Const != nil && p.Enum != nil {
				enums++
			}
		}
		if speaksOf(p) != 0 {
			bounds++
		}
		if p.UnevaluatedItems != nil || p.UnevaluatedProperties != nil || p.PropertyNames != nil || p.Contains != nil {
			sh.uncertain = true
		}
		if p.Format != "" && p.Pattern != "" {
			sh.uncertain = true
		}
	}
	sh.manyBounds = sh.enum != nil && (enums > 1 || bounds > 0 || len(sh.rejected) > 0)
	if sh.manyBounds {
		sh.uncertain = true
	}
	f.reject()
}

// intersect is what two type sets have in common; number covers integer.
func intersect(a, b schema.Types) schema.Types {
	if a.Has(schema.TypeNumber) {
		a |= schema.TypeInteger
	}
	if b.Has(schema.TypeNumber) {
		b |= schema.TypeInteger
	}
	return a & b
}

// speaksOf tells which types the keywords of a schema are about.
func speaksOf(s *schema.Schema) schema.Types {
	var t schema.Types
	if s.Properties != nil || s.PatternProperties != nil || s.AdditionalProperties != nil || s.PropertyNames != nil ||
		s.UnevaluatedProperties != nil || len(s.Required) > 0 || s.MinProperties > 0 || s.MaxProperties != schema.None ||
		s.DependentRequired != nil || s.DependentSchemas != nil {
		t |= schema.TypeObject
	}
	if s.PrefixItems != nil || s.Items != nil || s.MinItems > 0 || s.MaxItems != schema.None || s.UniqueItems ||
		s.Contains != nil || s.UnevaluatedItems != nil {
		t |= schema.TypeArray
	}
	if s.MinLength > 0 || s.MaxLength != schema.None || s.Pattern != "" || s.ContentEncoding != "" || s.Format != "" && !numeric(s.Format) {
		t |= schema.TypeString
	}
	if s.Minimum != "" || s.Maximum != "" || s.ExclusiveMinimum != "" || s.ExclusiveMaximum != "" || s.MultipleOf != "" || numeric(s.Format) {
		t |= schema.TypeNumber | schema.TypeInteger
	}
	return t
}

// doubts names what made a shape uncertain.
func (sh *shape) doubts() string {
	var words []string
	add := func(word string, has bool) {
		if has && (len(words) == 0 || words[len(words)-1] != word) {
			words = append(words, word)
		}
	}
	for _, p := range sh.parts {
		add("oneOf", p.OneOf != nil)
		add("not", p.Not != nil)
		add("if", p.If != nil)
		add("enum", p.Enum != nil || p.Const != nil)
		add("contains", p.Contains != nil)
		add("propertyNames", p.PropertyNames != nil)
		add("unevaluatedProperties", p.UnevaluatedProperties != nil)
		add("unevaluatedItems", p.UnevaluatedItems != nil)
		add("pattern", p.Pattern != "")
		add("format", p.Format != "")
	}
	return strings.Join(words, ", ")
}
