package coverage

import (
	"math/big"
	"strings"

	"github.com/concord-api/concord/spec/schema"
)

// numbers varies a number: each bound, one past it, and no multiple.
func numbers(p *place) []variant {
	if !p.typed(schema.TypeNumber | schema.TypeInteger) {
		return nil
	}
	whole := !p.types().Has(schema.TypeNumber)
	n := numeric{p: p, step: big.NewRat(1, 1)}
	for _, s := range p.parts {
		if m, ok := rational(s.MultipleOf); ok && m.Sign() > 0 {
			n.step = m
			half := new(big.Rat).Mul(m, big.NewRat(1, 2))
			if value, ok := rational(schema.Number(p.value)); ok && (!whole || half.IsInt()) {
				n.add("no-multiple", "is no multiple of "+string(s.MultipleOf), "multipleOf", value.Add(value, half), Refuse, true)
			}
		}
	}
	for _, s := range p.parts {
		n.bound(s.Minimum, "minimum", -1, false)
		n.bound(s.Maximum, "maximum", 1, false)
		n.bound(s.ExclusiveMinimum, "exclusiveMinimum", -1, true)
		n.bound(s.ExclusiveMaximum, "exclusiveMaximum", 1, true)
		switch s.Format {
		case "int32":
			n.add("above-int32", "is above what int32 holds", "format", big.NewRat(1<<31, 1), Refuse, false)
		case "int64":
			n.add("above-int64", "is above what int64 holds", "format", new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 63)), Refuse, false)
		}
	}
	return n.out
}

// numeric collects the variants of a number.
type numeric struct {
	p    *place
	step *big.Rat
	out  []variant
}

func (n *numeric) add(id, name, keyword string, value *big.Rat, want Want, sure bool) {
	n.out = append(n.out, variant{id: id, name: name, keyword: keyword, value: decimalText(value), want: want, sure: sure})
}

// bound makes the number at a bound, and the next one past it: up or down.
func (n *numeric) bound(text schema.Number, keyword string, outward int64, exclusive bool) {
	at, ok := rational(text)
	if !ok {
		return
	}
	step := new(big.Rat).Mul(n.step, big.NewRat(outward, 1))
	side := "below"
	if outward > 0 {
		side = "above"
	}
	beyond := new(big.Rat).Add(at, step)
	if exclusive {
		n.add("at-"+keyword, "is "+string(decimalText(at))+", which the bound excludes", keyword, at, Refuse, true)
		n.add("next-to-"+keyword, "is next to the bound "+string(text), keyword, new(big.Rat).Sub(at, step), Accept, true)
		return
	}
	n.add(side+"-"+keyword, "is "+string(decimalText(beyond))+", "+side+" the "+keyword+" "+string(text), keyword, beyond, Refuse, true)
	n.add(keyword, "is the "+keyword+" "+string(text), keyword, at, Accept, true)
}

// rational reads a number exactly; exponents that would fill memory are left
// alone.
func rational(text schema.Number) (*big.Rat, bool) {
	if _, exponent, has := strings.Cut(strings.ToLower(string(text)), "e"); has && len(strings.TrimLeft(exponent, "+-0")) > 2 || text == "" {
		return nil, false
	}
	return new(big.Rat).SetString(string(text))
}

// decimalText writes a number without an exponent.
func decimalText(r *big.Rat) schema.Value {
	if r.IsInt() {
		return schema.Value(r.Num().String())
	}
	text := strings.TrimRight(r.FloatString(30), "0")
	return schema.Value(strings.TrimSuffix(text, "."))
}
