package sample

import "github.com/concord-api/concord/spec/schema"

// slot is one member that an object may get.
type slot struct {
	name     string
	required bool
	out      bool // left out
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
