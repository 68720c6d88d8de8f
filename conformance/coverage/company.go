package coverage

import "strings"

// mostCompany bounds how many other requests of one case are made.
const mostCompany = 24

// Company is the case with one optional thing beside it changed: sent or left
// out, or with another value of its enum. A contract has no words for values
// that are for each other ("sort_by=score needs search"), so that a server which
// refuses a valid value on its own, and takes it in company, keeps the contract.
// It is nil for a case whose refusal company does not excuse.
func (c *Case) Company() []*Case {
	var out []*Case
	for _, p := range c.others {
		for _, v := range p.company() {
			changes, ok := p.change(v.value)
			if !ok || len(out) == mostCompany {
				continue
			}
			with := *c
			with.Name = c.Name + ", and " + p.label() + " " + v.name
			with.Changes = append(c.Changes[:len(c.Changes):len(c.Changes)], changes...)
			out = append(out, &with)
		}
	}
	return out
}

// Witness is the case with a shorter value of the same letters, nil where it has
// none. A server that refuses this one as well refuses the letters, and not how
// many of them there are.
func (c *Case) Witness() *Case {
	if c.witness == nil {
		return nil
	}
	with := *c
	with.Name, with.Changes = c.Name+", and shorter", c.witness
	return &with
}

// company are the other states of an optional place.
func (p *place) company() []variant {
	var out []variant
	if p.sent {
		out = append(out, variant{name: "is left out"})
	} else {
		out = append(out, variant{name: "is " + show(p.value), value: p.value})
	}
	for _, v := range enums(p) {
		if v.want == Accept && (p.sent || string(v.value) != string(p.value)) {
			out = append(out, v)
		}
	}
	return out
}

// besides are the optional places other than one and what it is part of.
func (g *generator) besides(p *place) []*place {
	var out []*place
	for _, q := range g.optional {
		if q.in == p.in && (q.in != nil || strings.HasPrefix(p.pointer+"/", q.pointer+"/")) {
			continue
		}
		out = append(out, q)
	}
	return out
}
