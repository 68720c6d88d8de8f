package sample

import "github.com/concord-api/concord/spec/schema"

// endless is the height of a schema all of whose values are infinite.
const endless = 1 << 20

// recursive tells whether one of the schemas is that of a value around this one.
func (g *generator) recursive(all []*schema.Schema) bool {
	for _, s := range all {
		target := s.Target()
		for _, o := range g.open[:max(len(g.open), 0)] {
			if o == target {
				return true
			}
		}
	}
	return false
}

// height is how deep the flattest value of a schema nests, as far as required
// members and items tell; endless where recursion has no way out.
func (g *generator) height(s *schema.Schema) int {
	if h, ok := g.heights[s]; ok {
		return h
	}
	if g.heights == nil {
		g.heights = map[*schema.Schema]int{}
	}
	reached := []*schema.Schema{s}
	known := map[*schema.Schema]bool{s: true}
	for i := 0; i < len(reached) && i < 5000; i++ {
		below(reached[i], func(sub *schema.Schema) {
			if !known[sub] {
				known[sub] = true
				reached = append(reached, sub)
			}
		})
	}
	for _, r := range reached {
		if _, ok := g.heights[r]; !ok {
			g.heights[r] = endless
		}
	}
	for range 100 {
		changed := false
		for i := len(reached) - 1; i >= 0; i-- {
			if h := g.estimate(reached[i]); h < g.heights[reached[i]] {
				g.heights[reached[i]] = h
				changed = true
			}
		}
		if !changed {
			break
		}
	}
	return g.heights[s]
}

// below calls f for each schema that a height depends on.
func below(s *schema.Schema, f func(*schema.Schema)) {
	if s.Ref != nil {
		f(s.Ref)
	}
	for _, list := range [][]*schema.Schema{s.AllOf, s.AnyOf, s.OneOf, s.PrefixItems} {
		for _, sub := range list {
			f(sub)
		}
	}
	if s.Items != nil {
		f(s.Items)
	}
	for _, p := range s.Properties {
		f(p.Schema)
	}
}

// estimate is the height of a schema by what is known of those below it.
func (g *generator) estimate(s *schema.Schema) int {
	if s.Never {
		return endless
	}
	if s.Const != nil || s.Enum != nil {
		return 0
	}
	h := g.own(s)
	if s.Ref != nil {
		h = max(h, g.heights[s.Ref])
	}
	for _, sub := range s.AllOf {
		h = max(h, g.heights[sub])
	}
	for _, list := range [][]*schema.Schema{s.AnyOf, s.OneOf} {
		least := endless
		for _, sub := range list {
			least = min(least, g.heights[sub])
		}
		if list != nil {
			h = max(h, least)
		}
	}
	return h
}

// own is the height that a schema's own types and members call for.
func (g *generator) own(s *schema.Schema) int {
	const flat = schema.TypeNull | schema.TypeBoolean | schema.TypeNumber | schema.TypeInteger | schema.TypeString
	if s.Types&flat != 0 {
		return 0
	}
	types := s.Types
	if types == 0 {
		types = speaksOf(s)
	}
	h := endless
	if types == 0 || types&flat != 0 {
		h = 0
	}
	if types.Has(schema.TypeObject) {
		object := 1
		for _, name := range s.RequiredIn(g.o.Direction) {
			if p := s.Property(name); p != nil {
				object = max(object, min(g.heights[p]+1, endless))
			}
		}
		h = min(h, object)
	}
	if types.Has(schema.TypeArray) {
		array := 1
		for i := range min(s.MinItems, len(s.PrefixItems)+1) {
			switch {
			case i < len(s.PrefixItems):
				array = max(array, min(g.heights[s.PrefixItems[i]]+1, endless))
			case s.Items != nil:
				array = max(array, min(g.heights[s.Items]+1, endless))
			}
		}
		h = min(h, array)
	}
	return h
}
