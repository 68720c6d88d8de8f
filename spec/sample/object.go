package sample

import (
	"fmt"
	"strconv"

	"github.com/concord-api/concord/spec/schema"
)

// slot is one member that an object may get.
type slot struct {
	name     string
	required bool
	out      bool // left out
}

// object appends an object: members that are declared in the order of the
// document, then those that are only required, then as many as are needed.
func (g *generator) object(dst []byte, sh *shape, n node) ([]byte, error) {
	given := members(n.hint)
	slots, err := g.slots(sh, n, given)
	if err != nil {
		return dst, err
	}
	least, most := 0, schema.None
	for _, p := range sh.parts {
		least, most = max(least, p.MinProperties), min(most, p.MaxProperties)
	}
	if least > most {
		return dst, fault(n.all, "minProperties %d is above maxProperties %d", least, most)
	}
	required := 0
	for _, s := range slots {
		if s.required {
			required++
		}
	}
	if required > most {
		return dst, fault(n.all, "%d members are required and maxProperties is %d", required, most)
	}
	optional := most - required // how many may still come
	dst = append(dst, '{')
	written, left := 0, len(slots)
	present := make([]string, 0, len(slots))
	for i := range slots {
		s := &slots[i]
		left--
		if s.out || !s.required && optional == 0 {
			continue
		}
		before, floor := len(dst), g.floor
		// Each member gets an equal share of what may still be spent.
		if spare := g.steps - g.floor; spare > 0 && !s.required {
			g.floor = g.steps - spare/(left+1) - 1
		}
		dst, err = g.member(dst, sh, n, s.name, get(given, s.name), written > 0)
		g.floor = floor
		if err != nil {
			if s.required || g.steps < 0 {
				return dst, fmt.Errorf("member %q: %w", s.name, err)
			}
			dst = dst[:before]
			continue
		}
		present = append(present, s.name)
		written++
		if !s.required {
			optional--
		}
	}
	want := least
	if written == 0 && len(slots) == 0 && n.hint == nil && sh.mode == 0 && !g.sparse() && most > 0 && sh.isMap() {
		want = max(want, 1)
	}
	for i := 0; written < want; i++ {
		if i > 4*want+50 {
			return dst, fault(n.all, "no name was found for member %d of %d", written+1, want)
		}
		name, err := g.freshName(sh, i)
		if err != nil {
			return dst, err
		}
		if hasText(present, name) {
			continue
		}
		before := len(dst)
		if dst, err = g.member(dst, sh, n, name, nil, written > 0); err != nil {
			if g.steps < 0 || i > 4*want+40 {
				return dst, err
			}
			dst = dst[:before]
			if want > least {
				break
			}
			continue
		}
		present = append(present, name)
		written++
	}
	return append(dst, '}'), nil
}

// member appends one member, after a comma if it is not the first.
func (g *generator) member(dst []byte, sh *shape, n node, name string, hint schema.Value, comma bool) ([]byte, error) {
	all, err := sh.member(name)
	if err != nil {
		return dst, err
	}
	m := node{all: all, name: name, hint: hint, sure: n.sure && hint != nil}
	if m.hint == nil {
		for _, f := range sh.forced {
			if f.name == name {
				m.hint = f.value
			}
		}
	}
	if comma {
		dst = append(dst, ',')
	}
	dst = append(appendQuote(dst, name), ':')
	err = g.at(name, func() error {
		dst, err = g.build(dst, m)
		return err
	})
	return dst, err
}

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

// slots lists the members that are declared or required, and which of them to
// write. What dependentSchemas add is added to the shape.
func (g *generator) slots(sh *shape, n node, given []member) ([]slot, error) {
	var slots []slot
	index := map[string]int{}
	add := func(name string, required bool) {
		i, known := index[name]
		if !known {
			i = len(slots)
			index[name] = i
			slots = append(slots, slot{name: name})
		}
		slots[i].required = slots[i].required || required
	}
	if n.hint != nil && !n.sure {
		for _, m := range given {
			add(m.name, false)
		}
	}
	for scanned, again := 0, true; again; {
		again = false
		for ; scanned < len(sh.parts); scanned++ {
			p := sh.parts[scanned]
			for _, prop := range p.Properties {
				add(prop.Name, false)
			}
			for _, name := range p.RequiredIn(g.o.Direction) {
				add(name, true)
			}
		}
		for _, f := range sh.forced {
			add(f.name, false)
		}
		if n.hint != nil {
			for _, m := range given {
				add(m.name, false)
			}
		}
		g.leaveOut(sh, n, slots, given)
		for i := 0; i < len(sh.parts); i++ {
			for _, d := range sh.parts[i].DependentRequired {
				if at, ok := index[d.Name]; ok && slots[at].written() {
					for _, name := range d.Required {
						if to, known := index[name]; !known || !slots[to].required {
							add(name, true)
							again = true
						}
					}
				}
			}
			for _, d := range sh.parts[i].DependentSchemas {
				if at, ok := index[d.Name]; ok && slots[at].written() {
					if before := len(sh.parts); before < maxParts {
						f := flattener{g, sh, nil, sh.try}
						f.flatten(d.Schema, true)
						f.parts[i].end = max(f.parts[i].end, len(f.parts))
						again = again || len(sh.parts) > before
					}
				}
			}
		}
	}
	if sh.err != nil {
		return nil, sh.err
	}
	return slots, nil
}

func (s slot) written() bool { return s.required || !s.out }

// leaveOut decides which optional members are not written.
func (g *generator) leaveOut(sh *shape, n node, slots []slot, given []member) {
	forbidden := sh.forbidden(func(name string) bool {
		for _, s := range slots {
			if s.name == name {
				return s.required
			}
		}
		return false
	})
	for i := range slots {
		s := &slots[i]
		if s.required || s.out {
			s.out = false
			continue
		}
		all, err := sh.member(s.name)
		switch {
		case err != nil, hasText(forbidden, s.name), !g.travels(all):
			s.out = true
		case n.hint != nil:
			s.out = get(given, s.name) == nil && !sh.forces(s.name)
		case sh.forces(s.name):
		case g.sparse(), sh.mode == 1, g.recursive(all):
			s.out = true
		case sh.mode > 1:
			s.out = g.rng.IntN(2) == 0
		case g.o.Dynamic:
			s.out = g.rng.IntN(4) == 0
		}
	}
}

func (sh *shape) forces(name string) bool {
	for _, f := range sh.forced {
		if f.name == name {
			return true
		}
	}
	return false
}

// travels tells whether a member is sent in the direction asked for.
func (g *generator) travels(all []*schema.Schema) bool {
	for _, s := range all {
		if !s.In(g.o.Direction) {
			return false
		}
	}
	return true
}

// freshName makes the name of a member that is not declared.
func (g *generator) freshName(sh *shape, i int) (string, error) {
	var names []*schema.Schema
	for _, p := range sh.parts {
		if p.PropertyNames != nil {
			names = append(names, p.PropertyNames)
		}
	}
	if len(names) > 0 {
		variant := g.variant
		g.variant = i
		v, err := g.build(nil, node{all: names})
		g.variant = variant
		if err == nil && schema.Value(v).Kind() == '"' {
			return unquote(v), nil
		}
		if err != nil {
			return "", fmt.Errorf("propertyNames: %w", err)
		}
	}
	closed := false
	for k, p := range sh.parts {
		a := p.AdditionalProperties
		if a == nil && p.UnevaluatedProperties != nil && !sh.evaluated(k, "\x00") {
			a = p.UnevaluatedProperties
		}
		closed = closed || a != nil && a.Target().Never
	}
	patterns := sh.patterns()
	if len(patterns) > 0 && (closed || i%2 == 0) {
		pattern := patterns[i/2%len(patterns)]
		if text, ok := g.matching(pattern, 0, schema.None); ok {
			return text, nil
		}
	}
	for _, p := range sh.parts {
		if len(p.Properties) > 0 && closed {
			return p.Properties[i%len(p.Properties)].Name, nil
		}
	}
	return "property" + strconv.Itoa(i+1), nil
}

// patterns lists the names of all patternProperties that allow something.
func (sh *shape) patterns() []string {
	var out []string
	for _, p := range sh.parts {
		for _, pp := range p.PatternProperties {
			if !pp.Schema.Target().Never {
				out = append(out, pp.Name)
			}
		}
	}
	return out
}
