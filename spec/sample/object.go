package sample

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/concord-api/concord/spec/schema"
)

// object appends an object: members that are declared in the order of the
// document, then those that are only required, then as many as are needed.
func (g *generator) object(dst []byte, sh *shape, n node) ([]byte, error) {
	given := members(lone(n.hint))
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
	if least > maxItems {
		return dst, fault(n.all, "%d members are more than samples have (%d)", least, maxItems)
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
			if errors.Is(err, errDeep) && s.required {
				return dst, err // the way down would be named over and over
			}
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
			return g.longer(unquote(v), i, func(name string) bool { return g.valid(names, quote(name)) }), nil
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
			compiled, err := schema.CompilePattern(pattern)
			return g.longer(text, i, func(name string) bool { return err == nil && g.matches(compiled, name) }), nil
		}
	}
	for _, p := range sh.parts {
		if len(p.Properties) > 0 && closed {
			return p.Properties[i%len(p.Properties)].Name, nil
		}
	}
	return "property" + strconv.Itoa(i+1), nil
}

// longer makes another name of one that a pattern begins with: by a word at its
// end, where that is allowed. The first name is left as it is.
func (g *generator) longer(name string, i int, allowed func(string) bool) string {
	if i == 0 {
		return name
	}
	if with := name + g.word(); allowed(with) {
		return with
	}
	return name
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
