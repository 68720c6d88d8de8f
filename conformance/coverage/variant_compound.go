package coverage

import (
	"fmt"

	"github.com/concord-api/concord/spec/sample"
	"github.com/concord-api/concord/spec/schema"
)

// mostItems bounds the arrays and objects that are made to reach a bound.
const mostItems = 1_000

// arrays varies how many items an array has, and repeats one.
func arrays(p *place) []variant {
	if p.value.Kind() != '[' {
		return nil
	}
	items := children(p.value)
	least, most, unique := 0, schema.None, false
	for _, s := range p.parts {
		least, most, unique = max(least, s.MinItems), min(most, s.MaxItems), unique || s.UniqueItems
	}
	var out []variant
	if least > 0 {
		out = append(out, variant{
			id: "below-min-items", name: fmt.Sprintf("has %d items, fewer than %d", least-1, least), keyword: "minItems",
			value: array(items[:min(len(items), least-1)]), want: Refuse, sure: true,
		})
	}
	if most <= mostItems {
		out = append(out, variant{
			id: "above-max-items", name: fmt.Sprintf("has %d items, more than %d", most+1, most), keyword: "maxItems",
			value: array(p.items(items, most+1, unique)), want: Refuse, sure: true,
		})
		if v := array(p.items(items, most, unique)); len(items) < most && p.whole.Checker(schema.Request).Valid(v) {
			out = append(out, variant{id: "max-items", name: fmt.Sprintf("has all of the %d items that it may have", most), keyword: "maxItems", value: v, want: Accept, meant: true})
		}
	}
	if unique && len(items) > 0 && len(items)+1 <= most {
		out = append(out, variant{id: "same-item-twice", name: "has an item twice", keyword: "uniqueItems", value: array(append(items[:len(items):len(items)], items[0])), want: Refuse, sure: true})
	}
	if least == 0 && len(items) > 0 {
		out = append(out, variant{id: "no-items", name: "has no items, as it may", keyword: "minItems", value: schema.Value("[]"), want: Accept, meant: true})
	}
	return out
}

// items makes n items: those there are, then further ones.
func (p *place) items(have []member, n int, unique bool) []member {
	out := append([]member(nil), have[:min(len(have), n)]...)
	var item *schema.Schema
	for _, s := range p.parts {
		if s.Items != nil {
			item = s.Items
		}
	}
	taken := map[string]bool{}
	for _, m := range out {
		taken[string(m.value)] = true
	}
	for seed := uint64(1); len(out) < n && seed < uint64(4*n+8); seed++ {
		v := schema.Value(fmt.Sprint(seed))
		switch {
		case item != nil && unique:
			made, err := sample.Generate(item, sample.Options{Seed: seed, Dynamic: true})
			if err != nil {
				return out
			}
			v = made
		case len(have) > 0 && !unique:
			v = have[0].value
		case item != nil:
			made, err := sample.Generate(item, sample.Options{})
			if err != nil {
				return out
			}
			have = []member{{value: made}}
			v = made
		}
		if unique && taken[string(v)] {
			continue
		}
		taken[string(v)] = true
		out = append(out, member{value: v})
	}
	return out
}

// unknownMember is the name of a member that no contract has.
const unknownMember = "concord_unknown"

// objects adds members where none may be, and varies how many there are.
func objects(p *place) []variant {
	if p.value.Kind() != '{' {
		return nil
	}
	list := children(p.value)
	var out []variant
	further := append(list[:len(list):len(list)], member{unknownMember, schema.Value(`"concord"`)})
	closed := false
	least, most := 0, schema.None
	for _, s := range p.parts {
		closed = closed || s.AdditionalProperties != nil && s.AdditionalProperties.Never || s.UnevaluatedProperties != nil && s.UnevaluatedProperties.Never
		least, most = max(least, s.MinProperties), min(most, s.MaxProperties)
	}
	if closed {
		out = append(out, variant{id: "unknown-member", name: "has the member " + unknownMember + ", which it may not have", keyword: "additionalProperties", value: object(further), want: Refuse, sure: true})
	}
	if least > 0 {
		out = append(out, variant{id: "below-min-properties", name: fmt.Sprintf("has %d members, fewer than %d", least-1, least), keyword: "minProperties", value: object(list[:min(len(list), least-1)]), want: Refuse, sure: true})
	}
	if most <= mostItems && !closed {
		more := list[:len(list):len(list)]
		for i := 0; len(more) <= most; i++ {
			more = append(more, member{fmt.Sprintf("%s_%d", unknownMember, i), schema.Value(`"concord"`)})
		}
		out = append(out, variant{id: "above-max-properties", name: fmt.Sprintf("has %d members, more than %d", len(more), most), keyword: "maxProperties", value: object(more), want: Refuse, sure: true})
	}
	for _, s := range p.parts {
		for _, d := range s.DependentRequired {
			if named(list, d.Name) == nil {
				continue
			}
			for _, name := range d.Required {
				without, ok := set(p.value, "/"+name, nil)
				if ok {
					out = append(out, variant{id: "without-" + name, name: "has " + d.Name + " without " + name, keyword: "dependentRequired", value: without, want: Refuse, sure: true})
				}
			}
		}
	}
	return out
}
