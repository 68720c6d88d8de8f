package schema

import (
	"encoding/binary"
	"sync"
)

// planner compiles the schemas of a reader to plans, each once in a direction.
// Plans refer to each other, so that a schema's plan is shared by all that use
// the schema.
type planner struct {
	mu    sync.Mutex
	dir   Direction
	plans map[string]*plan // by the numbers of the schemas that are merged
	left  int              // plans that may still be made for the schema in hand
}

// Limits of what is compiled for one schema. Beyond them the library is asked.
const (
	maxPlans  = 20_000
	maxMerged = 64 // schemas that apply to one value
)

// plan compiles the plan of a schema.
func (r *Reader) plan(dir Direction, s *Schema) *plan {
	p := &r.planners[dir]
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.plans == nil {
		p.plans = map[string]*plan{}
	}
	p.dir, p.left = dir, maxPlans
	return p.all(s)
}

// all returns the plan of what is valid under all of some schemas.
func (p *planner) all(schemas ...*Schema) *plan {
	m := merger{}
	for _, s := range schemas {
		if s.tooBroad() {
			return opaquePlan
		}
		m.add(s)
	}
	switch {
	case m.cyclic || len(m.out) > maxMerged:
		return opaquePlan
	case len(m.out) == 0:
		return anything
	}
	key := make([]byte, 0, 64)
	for _, s := range m.out {
		key = binary.AppendUvarint(key, uint64(s.id))
	}
	if known, ok := p.plans[string(key)]; ok {
		return known
	}
	if p.left == 0 {
		return opaquePlan
	}
	p.left--
	out := &plan{kinds: allKinds, opaque: allKinds} // until it is complete
	p.plans[string(key)] = out
	*out = p.merge(m.out)
	return out
}

// merge compiles a list of schemas of which each stands for its own keywords.
func (p *planner) merge(all []*Schema) plan {
	out := plan{kinds: allKinds}
	for _, s := range all {
		if s.Never {
			return plan{}
		}
	}
	p.general(&out, all)
	p.texts(&out, all)
	p.numbers(&out, all)
	p.arrays(&out, all)
	p.objects(&out, all)
	p.combinations(&out, all)
	return out
}

// merger flattens schemas, what they refer to and their allOf into one list of
// schemas of which each stands for its other keywords only.
type merger struct {
	out    []*Schema
	open   []*Schema
	cyclic bool // a schema is part of itself without a step into the value
}

func (m *merger) add(s *Schema) {
	for _, o := range m.open {
		if o == s {
			m.cyclic = true
			return
		}
	}
	if len(m.out) > maxMerged || m.cyclic || len(m.open) > maxMerged {
		m.cyclic = true
		return
	}
	m.open = append(m.open, s)
	if s.Ref != nil {
		m.add(s.Ref)
	}
	for _, sub := range s.AllOf {
		m.add(sub)
	}
	m.open = m.open[:len(m.open)-1]
	if s.saysNothing() {
		return
	}
	for _, known := range m.out {
		if known == s {
			return
		}
	}
	m.out = append(m.out, s)
}

// saysNothing tells whether a schema has no keyword of its own that judges.
func (s *Schema) saysNothing() bool {
	return !s.Never && s.Types == 0 && s.Format == "" && s.Enum == nil && s.Const == nil &&
		s.Minimum == "" && s.Maximum == "" && s.ExclusiveMinimum == "" && s.ExclusiveMaximum == "" && s.MultipleOf == "" &&
		s.MinLength == 0 && s.MaxLength == None && s.Pattern == "" &&
		s.PrefixItems == nil && s.Items == nil && s.MinItems == 0 && s.MaxItems == None && !s.UniqueItems && s.Contains == nil && s.UnevaluatedItems == nil &&
		s.Properties == nil && s.PatternProperties == nil && s.AdditionalProperties == nil && s.PropertyNames == nil && s.UnevaluatedProperties == nil &&
		s.Required == nil && s.MinProperties == 0 && s.MaxProperties == None && s.DependentRequired == nil && s.DependentSchemas == nil &&
		s.AnyOf == nil && s.OneOf == nil && s.Not == nil && s.If == nil
}

func (p *planner) general(out *plan, all []*Schema) {
	for _, s := range all {
		if s.Types != 0 {
			t := s.Types
			if t.Has(TypeNumber) {
				t |= TypeInteger
			}
			out.kinds &= t
		}
		if s.Enum != nil {
			out.literals = append(out.literals, newLiterals(s.Enum))
		}
		if s.Const != nil {
			out.literals = append(out.literals, newLiterals([]Value{s.Const}))
		}
	}
}

func (p *planner) texts(out *plan, all []*Schema) {
	rules := textRules{max: None}
	for _, s := range all {
		rules.min, rules.max = max(rules.min, s.MinLength), min(rules.max, s.MaxLength)
		if s.Pattern != "" {
			if m := compileMatcher(s.Pattern); m != nil {
				rules.matchers = append(rules.matchers, m)
			} else {
				out.opaque |= TypeString
			}
		}
		if is := planFormats[s.Format]; is != nil {
			rules.formats = append(rules.formats, is)
		} else if askedFormats[s.Format] {
			out.opaque |= TypeString
		}
	}
	if rules.min > 0 || rules.max != None || rules.matchers != nil || rules.formats != nil {
		out.text = &rules
	}
}

func compileMatcher(pattern string) *matcher {
	compiled, err := CompilePattern(pattern)
	if err != nil {
		return nil
	}
	return newMatcher(compiled)
}

func (p *planner) numbers(out *plan, all []*Schema) {
	var rules numberRules
	for _, s := range all {
		for _, b := range []struct {
			text Number
			sign int
			open bool
		}{
			{s.Minimum, 1, false}, {s.ExclusiveMinimum, 1, true},
			{s.Maximum, -1, false}, {s.ExclusiveMaximum, -1, true},
		} {
			if b.text == "" {
				continue
			}
			if n, ok := parseNumber(string(b.text)); ok {
				rules.bounds = append(rules.bounds, bound{n, b.sign, b.open})
			} else {
				out.opaque |= numeric
			}
		}
		if s.MultipleOf != "" {
			if n, ok := parseNumber(string(s.MultipleOf)); ok {
				rules.multiples = append(rules.multiples, n)
			} else {
				out.opaque |= numeric
			}
		}
		if in, ok := intFormats[s.Format]; ok {
			rules.integer = append(rules.integer, in)
		}
	}
	if rules.bounds != nil || rules.multiples != nil || rules.integer != nil {
		out.number = &rules
	}
}

func (p *planner) arrays(out *plan, all []*Schema) {
	if out.kinds&TypeArray == 0 {
		return
	}
	rules := arrayRules{max: None}
	used, longest := false, 0
	for _, s := range all {
		used = used || s.PrefixItems != nil || s.Items != nil || s.MinItems > 0 || s.MaxItems != None || s.UniqueItems || s.Contains != nil
		rules.min, rules.max = max(rules.min, s.MinItems), min(rules.max, s.MaxItems)
		rules.unique = rules.unique || s.UniqueItems
		longest = max(longest, len(s.PrefixItems))
		if s.Contains != nil {
			rules.contains = append(rules.contains, contained{p.all(s.Contains), s.MinContains, s.MaxContains})
		}
		if s.UnevaluatedItems != nil || len(rules.contains) > maxContains || longest > maxMerged {
			out.opaque |= TypeArray
			return
		}
	}
	if !used {
		return
	}
	out.array = &rules
	at := func(i int) *plan {
		var apply []*Schema
		for _, s := range all {
			if i < len(s.PrefixItems) {
				apply = append(apply, s.PrefixItems[i])
			} else if s.Items != nil {
				apply = append(apply, s.Items)
			}
		}
		return p.all(apply...)
	}
	for i := range longest {
		rules.first = append(rules.first, at(i))
	}
	rules.rest = at(longest)
}

func (p *planner) combinations(out *plan, all []*Schema) {
	each := func(schemas []*Schema) []*plan {
		plans := make([]*plan, len(schemas))
		for i, s := range schemas {
			plans[i] = p.all(s)
		}
		return plans
	}
	for _, s := range all {
		if s.AnyOf != nil {
			out.combined = append(out.combined, combination{keyword: anyOf, of: each(s.AnyOf)})
			out.covers = true
		}
		if s.OneOf != nil {
			out.combined = append(out.combined, combination{keyword: oneOfThem, of: each(s.OneOf)})
			out.covers = true
		}
		if s.Not != nil {
			out.combined = append(out.combined, combination{keyword: not, of: each([]*Schema{s.Not})})
		}
		if s.If != nil {
			c := combination{keyword: ifThen, of: each([]*Schema{s.If})}
			if s.Then != nil {
				c.then = p.all(s.Then)
			}
			if s.Else != nil {
				c.els = p.all(s.Else)
			}
			out.combined = append(out.combined, c)
		}
	}
}
