package sample

import "github.com/concord-api/concord/spec/schema"

// reject uses what can be read off the schemas that must not hold (the other
// alternatives of a oneOf, a not): a type that is left out, or a member that is.
// The rest is up to the check.
func (f *flattener) reject() {
	sh := f.shape
	for _, r := range sh.rejected {
		r = r.Target()
		if about(r) != aboutTypes {
			continue
		}
		sh.types &^= r.Types
		switch {
		case r.Types.Has(schema.TypeNumber):
			sh.types &^= schema.TypeInteger
		case r.Types.Has(schema.TypeInteger):
			sh.fraction = true
		}
	}
}

// forbidden lists optional members that are better left out, because a schema
// that must not hold says nothing but that they are required.
func (sh *shape) forbidden(required func(name string) bool) []string {
	var out []string
	var visit func(r *schema.Schema, depth int)
	visit = func(r *schema.Schema, depth int) {
		r = r.Target()
		if depth > 4 {
			return
		}
		switch about(r) {
		case aboutRequired:
			for _, name := range r.Required {
				if hasText(out, name) {
					return
				}
			}
			for i := len(r.Required) - 1; i >= 0; i-- {
				if !required(r.Required[i]) {
					out = append(out, r.Required[i])
					return
				}
			}
		case aboutAny:
			for _, alt := range r.AnyOf {
				visit(alt, depth+1)
			}
		}
	}
	for _, r := range sh.rejected {
		visit(r, 0)
	}
	return out
}

// spoil adds members that break the schemas that must not hold, for objects
// that are valid under several alternatives of a oneOf as they are.
func (f *flattener) spoil() {
	for _, r := range f.rejected {
		for _, s := range plain(r, 0) {
			if !f.spoilOne(s) {
				continue
			}
			break
		}
	}
}

func (f *flattener) spoilOne(s *schema.Schema) bool {
	for _, p := range s.Properties {
		if f.named(p.Name) {
			continue
		}
		for _, wrong := range []string{`"none"`, `0`, `false`, `[]`, `{}`, `null`} {
			if !p.Schema.Checker(f.o.Direction).Valid(schema.Value(wrong)) {
				f.forced = append(f.forced, forced{p.Name, schema.Value(wrong)})
				return true
			}
		}
	}
	return false
}

// named tells whether a part declares a member.
func (sh *shape) named(name string) bool {
	for _, p := range sh.parts {
		if p.Property(name) != nil {
			return true
		}
	}
	return false
}

func hasText(list []string, text string) bool {
	for _, t := range list {
		if t == text {
			return true
		}
	}
	return false
}

// subject is what a schema speaks about, if it is one thing only.
type subject uint8

const (
	aboutMore subject = iota
	aboutTypes
	aboutRequired
	aboutAny
)

func about(s *schema.Schema) subject {
	if s.Ref != nil || s.Never || s.Format != "" && s.Types&schema.TypeString != 0 || s.Enum != nil || s.Const != nil ||
		s.Not != nil || s.If != nil || s.AllOf != nil || s.OneOf != nil {
		return aboutMore
	}
	speaks := speaksOf(s)
	switch {
	case s.AnyOf != nil && s.Types == 0 && speaks == 0:
		return aboutAny
	case s.AnyOf != nil:
		return aboutMore
	case s.Types != 0 && speaks&s.Types == 0:
		return aboutTypes
	case len(s.Required) > 0 && s.Types&^schema.TypeObject == 0 && speaks == schema.TypeObject && s.Properties == nil &&
		s.PatternProperties == nil && s.AdditionalProperties == nil && s.PropertyNames == nil && s.UnevaluatedProperties == nil &&
		s.MinProperties == 0 && s.MaxProperties == schema.None && s.DependentRequired == nil && s.DependentSchemas == nil:
		return aboutRequired
	}
	return aboutMore
}
