package sample

import (
	"fmt"

	"github.com/concord-api/concord/spec/schema"
)

// member lists the schemas that must hold for a member.
func (sh *shape) member(name string) ([]*schema.Schema, error) {
	var all []*schema.Schema
	add := func(s *schema.Schema) {
		for _, have := range all {
			if have == s {
				return
			}
		}
		all = append(all, s)
	}
	for i, p := range sh.parts {
		if p.covers(name, add) {
			continue
		}
		if p.AdditionalProperties != nil {
			add(p.AdditionalProperties)
		} else if p.UnevaluatedProperties != nil && !sh.evaluated(i, name) {
			add(p.UnevaluatedProperties)
		}
	}
	for _, s := range all {
		if s.Target().Never {
			return nil, fmt.Errorf("member %q is not allowed by %s", name, where(all))
		}
	}
	return all, nil
}

// covers tells whether properties or patternProperties name a member, and adds
// what they say of it.
func (p part) covers(name string, add func(*schema.Schema)) bool {
	found := false
	if s := p.Property(name); s != nil {
		add(s)
		found = true
	}
	for _, pp := range p.PatternProperties {
		if c, err := schema.CompilePattern(pp.Name); err == nil && c.MatchString(name) {
			add(pp.Schema)
			found = true
		}
	}
	return found
}

// evaluated tells whether a part below one with unevaluatedProperties speaks of
// a member.
func (sh *shape) evaluated(at int, name string) bool {
	for _, p := range sh.parts[at+1 : sh.parts[at].end] {
		if p.AdditionalProperties != nil || p.UnevaluatedProperties != nil || p.covers(name, func(*schema.Schema) {}) {
			return true
		}
	}
	return false
}

// isMap tells whether an object is a map: names free, values of one schema.
func (sh *shape) isMap() bool {
	for _, p := range sh.parts {
		if p.Properties != nil {
			return false
		}
	}
	for _, p := range sh.parts {
		if len(p.PatternProperties) > 0 {
			return true
		}
		if a := p.AdditionalProperties; a != nil {
			a = a.Target()
			return !a.Never && (a.Types != 0 || speaksOf(a) != 0 || a.Enum != nil || a.AllOf != nil || a.AnyOf != nil || a.OneOf != nil || a.Ref != nil)
		}
	}
	return false
}
