package coverage

import (
	"fmt"
	"math/bits"
	"strings"
)

// keywordCombination marks cases that change several optional things at once.
const keywordCombination = "combination"

// combine makes requests with the optional parameters and members in
// combinations: all of them, none, and so many more that each two of them come
// together, without each other, and each without the other.
func (g *generator) combine() {
	optional := g.optional
	if len(optional) == 0 {
		return
	}
	g.combination("all", "all that is optional is sent", optional, func(int) bool { return true })
	g.combination("none", "nothing that is optional is sent", optional, func(int) bool { return false })
	// Two different numbers differ in one bit at least, so that one row of that
	// bit has the first without the second, and its complement the other way
	// round.
	for bit := range bits.Len(uint(len(optional) - 1)) {
		for _, odd := range []bool{true, false} {
			name := fmt.Sprintf("pair-%d", 2*bit+1)
			if !odd {
				name = fmt.Sprintf("pair-%d", 2*bit+2)
			}
			g.combination(name, "", optional, func(i int) bool { return i>>bit&1 == 1 == odd })
		}
	}
}

// optionals are the parameters, and the members of the body itself, that may be
// left out.
func (g *generator) optionals(places []*place) []*place {
	var out []*place
	for _, p := range places {
		if p.required || g.replays(p) || p.in != nil && p.pointer != "" || p.in == nil && p.depth != 1 {
			continue
		}
		if p.in == nil && !p.root.sent {
			continue
		}
		out = append(out, p)
	}
	return out
}

func (g *generator) combination(name, says string, optional []*place, sent func(int) bool) {
	var changes []Change
	var names []string
	meant := false
	for i, p := range optional {
		if sent(i) {
			names = append(names, p.name())
		}
		if sent(i) == p.sent {
			continue
		}
		to := p.value
		if !sent(i) {
			to = nil
		} else {
			meant = meant || !p.free() || p.refers()
		}
		change, ok := p.change(to)
		if !ok {
			return
		}
		changes = append(changes, change...)
	}
	if len(changes) == 0 {
		return
	}
	if says == "" {
		says = "of what is optional, only " + strings.Join(names, ", ") + " is sent"
	}
	c := &Case{
		ID: id("together", name), Name: says, Place: "optional things together", Kind: Member,
		Keyword: keywordCombination, Want: Accept, Meant: meant, Changes: changes,
	}
	// Members may hang together in ways that one alone does not show.
	if _, err := c.Apply(g.base); err != nil {
		g.out.Dropped++
		return
	}
	g.add(c)
}
