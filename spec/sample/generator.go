package sample

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// The bounds of one value. Past the soft ones only what is required is written;
// past the hard ones the attempt is given up.
const (
	softSteps = 1500 // values within values
	hardSteps = 12000
	softDepth = 10
	hardDepth = 120
	attempts  = 24 // at one place
)

var (
	errSteps = fmt.Errorf("given up after %d steps", hardSteps)
	errDeep  = fmt.Errorf("recursion does not end within %d levels", hardDepth)
)

// generator is the state of one attempt at one value.
type generator struct {
	o          Options
	rng        *rand.Rand
	steps      int              // left
	floor      int              // of steps: below it only what is required is written
	depth      int              // of the value being written
	open       []*schema.Schema // the schemas of the values around the one being written
	trust      bool             // take examples and defaults for valid
	bare       bool             // leave out all that is optional
	distrusted map[string]bool  // pointers at which an example was wrong
	path       []byte           // JSON pointer of the value being written
	variant    int              // asks places with few values for another one each
	shared     *shared          // by all rounds
	odd        bool             // characters other than letters and digits are wanted too
	heights    map[*schema.Schema]int
}

// node is one place in the value: what must hold there and what is known of it.
type node struct {
	all  []*schema.Schema // every one must hold
	name string           // of the member, "" for the root; items have that of their array
	hint schema.Value     // a value to keep as much of as is valid, or nil
	sure bool             // the hint comes from the schema: taken for valid
}

// sparse tells whether only what is required should be written.
func (g *generator) sparse() bool {
	return g.bare || g.steps < g.floor || g.depth > softDepth
}

// build appends a value for a place.
func (g *generator) build(dst []byte, n node) ([]byte, error) {
	if g.steps--; g.steps < 0 {
		return dst, errSteps
	}
	if g.depth++; g.depth > hardDepth {
		g.depth--
		return dst, errDeep
	}
	opened := len(g.open)
	out, err := g.attempt(dst, n)
	g.open = g.open[:opened]
	g.depth--
	return out, err
}

func (g *generator) attempt(dst []byte, n node) ([]byte, error) {
	start, opened := len(dst), len(g.open)
	if n.hint != nil && !n.sure && g.valid(n.all, n.hint) {
		return append(dst, n.hint...), nil
	}
	var first error
	tries := 1
	for try := 0; try < tries; try++ {
		g.open = g.open[:opened]
		sh := g.shape(n, try)
		for _, p := range sh.parts {
			g.open = append(g.open, p.Schema)
		}
		if sh.choices > 1 || sh.uncertain {
			tries = attempts
		}
		m := n
		if try >= attempts*2/3 {
			m.hint = nil
		}
		if m.hint == nil && try == 0 {
			m.hint, m.sure = g.example(sh)
		}
		out, err := dst[:start], sh.err
		if err == nil {
			out, err = g.write(out, sh, m)
		}
		if err == nil && sh.uncertain && !g.valid(n.all, out[start:]) {
			err = fault(n.all, "no value made satisfies all of %s", sh.doubts())
		}
		if err == nil {
			return out, nil
		}
		if errors.Is(err, errSteps) {
			return dst[:start], err
		}
		if first == nil {
			first = err
		}
		dst = out
	}
	return dst[:start], first
}

// valid holds a value to all schemas of a place.
func (g *generator) valid(all []*schema.Schema, v schema.Value) bool {
	for _, s := range all {
		if !s.Checker(g.o.Direction).Valid(v) {
			return false
		}
	}
	return true
}

// example is the value that the author of a schema gives for it, or nil.
func (g *generator) example(sh *shape) (schema.Value, bool) {
	if !g.trust || g.variant > 0 || g.distrusts() {
		return nil, false
	}
	for _, p := range sh.parts {
		if p.optional {
			continue
		}
		for _, e := range p.Examples {
			if sh.types.Has(kindOf(e)) && (kindOf(e) != schema.TypeNull || sh.types == schema.TypeNull) {
				return e, true
			}
		}
	}
	for _, p := range sh.parts {
		if d := p.Default; !p.optional && d != nil && kindOf(d) != schema.TypeNull && sh.types.Has(kindOf(d)) && !emptyText(d) {
			return d, true
		}
	}
	return nil, false
}

// emptyText tells whether a value is empty, and so a poor sample.
func emptyText(v schema.Value) bool {
	switch strings.TrimSpace(string(v)) {
	case `""`, `[]`, `{}`:
		return true
	}
	return false
}

// distrusts tells whether an example was found wrong here, above or below.
func (g *generator) distrusts() bool {
	if len(g.distrusted) == 0 {
		return false
	}
	at := string(g.path)
	for pointer := range g.distrusted {
		if pointer == at || strings.HasPrefix(at, pointer+"/") || strings.HasPrefix(pointer, at+"/") {
			return true
		}
	}
	return false
}

// write appends a value of one of the types that a shape allows.
func (g *generator) write(dst []byte, sh *shape, n node) ([]byte, error) {
	if sh.enum != nil {
		return g.oneOfEnum(dst, sh, n)
	}
	t, err := g.choose(sh, n)
	if err != nil {
		return dst, err
	}
	if n.hint != nil && n.sure && t&(schema.TypeObject|schema.TypeArray) == 0 && sh.types.Has(kindOf(n.hint)) {
		return append(dst, n.hint...), nil
	}
	switch t {
	case schema.TypeNull:
		return append(dst, "null"...), nil
	case schema.TypeBoolean:
		return g.boolean(dst, n), nil
	case schema.TypeInteger, schema.TypeNumber:
		return g.number(dst, sh, n)
	case schema.TypeString:
		return g.text(dst, sh, n)
	case schema.TypeArray:
		return g.array(dst, sh, n)
	}
	return g.object(dst, sh, n)
}

func (g *generator) boolean(dst []byte, n node) []byte {
	yes := true
	if g.variant > 0 || g.o.Dynamic || !g.trust {
		yes = (g.variant+g.rng.IntN(2))%2 == 0
	}
	if yes {
		return append(dst, "true"...)
	}
	return append(dst, "false"...)
}

// oneOfEnum appends one of the values that an enum or const leaves.
func (g *generator) oneOfEnum(dst []byte, sh *shape, n node) ([]byte, error) {
	var null schema.Value
	left := make([]schema.Value, 0, len(sh.enum))
	for _, v := range sh.enum {
		switch {
		case !sh.types.Has(kindOf(v)):
		case sh.manyBounds && !g.valid(n.all, v):
		case kindOf(v) == schema.TypeNull:
			null = v
		default:
			left = append(left, v)
		}
	}
	if n.hint != nil {
		for _, v := range left {
			if string(v) == string(n.hint) {
				return append(dst, v...), nil
			}
		}
	}
	if null != nil && (len(left) == 0 || g.variant > 0) {
		left = append(left, null)
	}
	if len(left) == 0 {
		return dst, fault(n.all, "none of the enum's values fits its other keywords")
	}
	i := g.variant + sh.try
	if g.o.Dynamic {
		i = g.rng.IntN(len(left)) + g.variant
	}
	return append(dst, left[i%len(left)]...), nil
}

// at runs f with a token added to the path of the value being written.
func (g *generator) at(token string, f func() error) error {
	before := len(g.path)
	g.path = append(g.path, '/')
	g.path = append(g.path, source.EscapePointer(token)...)
	err := f()
	g.path = g.path[:before]
	return err
}
