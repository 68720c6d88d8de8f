package sample

import "github.com/concord-api/concord/spec/schema"

// forced is the value that a discriminator expects of a member.
type forced struct {
	name  string
	value schema.Value
}

// alternative adds one alternative of an anyOf or oneOf, with the value of the
// discriminator that stands for it.
func (f *flattener) alternative(s, alt *schema.Schema, optional bool) {
	if d := s.Discriminator; d != nil {
		f.force(d, alt)
	}
	f.flatten(alt, optional)
}

func (f *flattener) force(d *schema.Discriminator, alt *schema.Schema) {
	name := nameOf(alt)
	for _, m := range d.Mapping {
		if m.Schema != nil && m.Schema.Target() == alt.Target() {
			name = m.Value
			break
		}
	}
	if name != "" {
		f.forced = append(f.forced, forced{d.PropertyName, quote(name)})
	}
}

// nameOf is the component name of a schema, "" for one that has none.
func nameOf(s *schema.Schema) string {
	for range 100 {
		if s.Name != "" || s.Ref == nil {
			break
		}
		s = s.Ref
	}
	return s.Name
}

// subtype settles the discriminator of a base schema, whose subtypes refer to
// it by allOf: the name of the subtype that is being made, else the first one
// that the mapping lists.
func (f *flattener) subtype(s *schema.Schema) {
	d := s.Discriminator
	for i := range f.parts {
		p := f.parts[i].Schema
		if p.Target() == s {
			continue
		}
		for _, m := range d.Mapping {
			if m.Schema != nil && m.Schema.Target() == p.Target() {
				f.force(d, p)
				return
			}
		}
		if p.Name != "" && extends(p, s) {
			f.force(d, p)
			return
		}
	}
	var subtypes []*schema.Schema
	for _, m := range d.Mapping {
		if m.Schema != nil && m.Schema.Target() != s && extends(m.Schema.Target(), s) {
			subtypes = append(subtypes, m.Schema)
		}
	}
	if len(subtypes) == 0 {
		f.force(d, s)
		return
	}
	order := f.order(s, subtypes)
	if k := f.pick(len(order) + 1); k < len(order) {
		f.force(d, subtypes[order[k]])
		f.flatten(subtypes[order[k]], false)
	}
}

func extends(s, base *schema.Schema) bool {
	for _, sub := range s.AllOf {
		if sub.Target() == base {
			return true
		}
	}
	return false
}

// order lists alternatives in the order to be tried: those that a hint is valid
// under, then those whose members it has; where recursion must end, those that
// end it soonest; null last.
func (f *flattener) order(s *schema.Schema, alts []*schema.Schema) []int {
	rank := make([]int, len(alts))
	out := make([]int, len(alts))
	ends := f.sparse() || f.recursive(alts)
	for i, alt := range alts {
		out[i] = i
		target := alt.Target()
		switch {
		case f.hint != nil:
			rank[i] = -f.resemblance(s, alt)
		case alt.Courtesy:
			rank[i] = endless - 1
		case ends:
			rank[i] = f.height(alt)
		case target.Never:
			rank[i] = 3
		case target.Types == schema.TypeNull, len(target.Enum) == 1 && string(target.Enum[0]) == "null", string(target.Const) == "null":
			rank[i] = 2
		case target.Deprecated:
			rank[i] = 1
		}
	}
	for i := 1; i < len(out); i++ {
		for j := i; j > 0 && rank[out[j]] < rank[out[j-1]]; j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	if last := len(out) - 1; f.hint == nil && f.o.Dynamic && last > 0 && alts[out[last]].Courtesy && f.try < attempts/2 {
		out = out[:last]
	}
	return out
}

// resemblance is how much of a hint fits an alternative.
func (f *flattener) resemblance(s, alt *schema.Schema) int {
	if alt.Checker(f.o.Direction).Valid(f.hint) {
		return 1 << 20
	}
	score := 0
	target := alt.Target()
	if target.Types != 0 && target.Types.Has(kindOf(f.hint)) {
		score += 4
	}
	for _, m := range members(f.hint) {
		if d := s.Discriminator; d != nil && d.PropertyName == m.name {
			var probe flattener
			probe.shape = &shape{}
			probe.force(d, alt)
			if len(probe.forced) > 0 && string(probe.forced[0].value) == string(m.value) {
				score += 1 << 16
			}
		}
		for _, p := range plain(alt, 0) {
			if ps := p.Property(m.name); ps != nil {
				score += 2
				if ps.Const != nil && string(ps.Const) == string(m.value) || len(ps.Enum) > 0 && hasValue(ps.Enum, m.value) {
					score += 64
				}
			}
		}
	}
	return score
}

// plain lists a schema with what its $ref and allOf add.
func plain(s *schema.Schema, depth int) []*schema.Schema {
	if depth > 8 {
		return nil
	}
	out := []*schema.Schema{s}
	if s.Ref != nil {
		out = append(out, plain(s.Ref, depth+1)...)
	}
	for _, sub := range s.AllOf {
		out = append(out, plain(sub, depth+1)...)
	}
	return out
}

func hasValue(values []schema.Value, v schema.Value) bool {
	for _, have := range values {
		if string(have) == string(v) {
			return true
		}
	}
	return false
}
