package sample

import (
	"fmt"
	"strconv"

	"github.com/concord-api/concord/spec/schema"
)

// maxItems bounds how long an array is made.
const maxItems = 5000

// array appends an array of as many items as are needed, one if none are.
func (g *generator) array(dst []byte, sh *shape, n node) ([]byte, error) {
	least, most, unique := 0, schema.None, false
	tuple := 0
	for _, p := range sh.parts {
		least, most = max(least, p.MinItems), min(most, p.MaxItems)
		unique = unique || p.UniqueItems
		tuple = max(tuple, len(p.PrefixItems))
	}
	wanted := sh.wanted()
	least = max(least, len(wanted))
	if least > most {
		return dst, fault(n.all, "at least %d items are needed and at most %d allowed", least, most)
	}
	if least > maxItems {
		return dst, fault(n.all, "%d items are more than samples have (%d)", least, maxItems)
	}
	given := listed(n.hint)
	count := g.howMany(sh, n, least, most, tuple, len(given))
	start := len(dst)
	dst = append(dst, '[')
	var seen []schema.Value
	for i := range count {
		all, err := sh.item(i)
		if err == nil && !(i < len(given)) && g.recursiveOptional(all, i >= least) {
			break
		}
		// What contains asks for comes last, so that tuples keep their heads.
		if k := i - (count - len(wanted)); err == nil && k >= 0 && n.hint == nil {
			all = append(all[:len(all):len(all)], wanted[k])
		}
		var item schema.Value
		if err == nil {
			var hint schema.Value
			if i < len(given) {
				hint = given[i]
			}
			item, err = g.item(all, n, i, hint, unique, seen)
		}
		if err != nil {
			if i >= least && g.steps >= 0 {
				break
			}
			return dst[:start], fmt.Errorf("item %d: %w", i, err)
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		if unique {
			seen = append(seen, item)
		}
		dst = append(dst, item...)
	}
	return append(dst, ']'), nil
}

// howMany settles the number of items.
func (g *generator) howMany(sh *shape, n node, least, most, tuple, given int) int {
	switch {
	case n.hint != nil && given > 0:
		return min(max(given, least), most, maxItems)
	case n.hint != nil && kindOf(n.hint) == schema.TypeArray:
		return least
	case g.sparse(), sh.mode == 1:
		return least
	case tuple > 0:
		return min(max(least, tuple), most)
	case g.o.Dynamic && least < most:
		return min(least+g.rng.IntN(3)+1-min(least, 1), most)
	}
	return min(max(least, 1), most)
}

// recursiveOptional tells whether an item leads back into a value around it
// and need not be there.
func (g *generator) recursiveOptional(all []*schema.Schema, optional bool) bool {
	return optional && g.recursive(all)
}

// item makes one item, another one than those seen if they must differ.
func (g *generator) item(all []*schema.Schema, n node, i int, hint schema.Value, unique bool, seen []schema.Value) (schema.Value, error) {
	tries := 1
	if unique {
		tries = 60
	}
	variant := g.variant
	defer func() { g.variant = variant }()
	var err error
	for try := range tries {
		if unique && (i > 0 || try > 0) {
			g.variant = variant + i + try
		}
		var v schema.Value
		err = g.at(strconv.Itoa(i), func() error {
			var err error
			v, err = g.build(nil, node{all: all, name: n.name, hint: hint, sure: n.sure && hint != nil})
			return err
		})
		if err != nil {
			return nil, err
		}
		if !unique || !hasSame(seen, v) {
			return v, nil
		}
		hint = nil
	}
	return nil, fault(all, "no item was found that differs from the %d before it", len(seen))
}

func hasSame(seen []schema.Value, v schema.Value) bool {
	for _, s := range seen {
		if same(s, v) {
			return true
		}
	}
	return false
}

// item lists the schemas that must hold for the item at an index.
func (sh *shape) item(i int) ([]*schema.Schema, error) {
	var all []*schema.Schema
	for k, p := range sh.parts {
		switch {
		case i < len(p.PrefixItems):
			all = append(all, p.PrefixItems[i])
		case p.Items != nil:
			all = append(all, p.Items)
		case p.UnevaluatedItems != nil && !sh.evaluatedItem(k, i):
			all = append(all, p.UnevaluatedItems)
		}
	}
	for _, s := range all {
		if s.Target().Never {
			return nil, fault(all, "item %d is not allowed", i)
		}
	}
	return all, nil
}

func (sh *shape) evaluatedItem(at, i int) bool {
	for _, p := range sh.parts[at+1 : sh.parts[at].end] {
		if i < len(p.PrefixItems) || p.Items != nil || p.UnevaluatedItems != nil {
			return true
		}
	}
	return false
}

// wanted lists what contains asks for, each as often as minContains says.
func (sh *shape) wanted() []*schema.Schema {
	var out []*schema.Schema
	for _, p := range sh.parts {
		if p.Contains == nil {
			continue
		}
		for range min(p.MinContains, maxItems+1) {
			out = append(out, p.Contains)
		}
	}
	return out
}
