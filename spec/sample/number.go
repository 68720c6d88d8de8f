package sample

import (
	"math/big"
	"strings"

	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// maxBits bounds the size of numbers that are calculated with.
const maxBits = 1 << 14

// span is the numbers that all parts of a shape allow, exactly.
type span struct {
	low, high         *big.Rat // nil means no bound
	lowOpen, highOpen bool     // the bound itself is excluded
	step              *big.Rat // every number is a multiple of it; nil means any
}

// formatBounds are the ranges of the numeric formats of OpenAPI's registry.
var formatBounds = []struct {
	name      string
	low, high string
	whole     bool
}{
	{"int8", "-128", "127", true},
	{"int16", "-32768", "32767", true},
	{"int32", "-2147483648", "2147483647", true},
	{"int64", "-9223372036854775808", "9223372036854775807", true},
	{"uint8", "0", "255", true},
	{"uint16", "0", "65535", true},
	{"uint32", "0", "4294967295", true},
	{"uint64", "0", "18446744073709551615", true},
	{"double-int", "-9007199254740991", "9007199254740991", true},
	{"sf-integer", "-999999999999999", "999999999999999", true},
	{"sf-decimal", "-999999999999", "999999999999", false},
	{"float", "", "", false},
	{"double", "", "", false},
	{"decimal", "", "", false},
	{"decimal128", "", "", false},
	{"number", "", "", false},
}

// numeric tells whether a format is one of numbers.
func numeric(format string) bool {
	for i := range formatBounds {
		if formatBounds[i].name == format {
			return true
		}
	}
	return false
}

func rat(text string) (*big.Rat, bool) {
	if i := strings.IndexAny(text, "eE"); len(text) > 5000 || i >= 0 && len(text)-i > 6 {
		return nil, false
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok || r.Num().BitLen() > maxBits || r.Denom().BitLen() > maxBits {
		return nil, false
	}
	return r, true
}

// span folds the bounds of all parts.
func (g *generator) span(sh *shape, n node) (span, error) {
	var sp span
	if !sh.types.Has(schema.TypeNumber) {
		sp.step = big.NewRat(1, 1)
	}
	var bad error
	bound := func(text schema.Number, apply func(*big.Rat)) {
		if text == "" {
			return
		}
		if r, ok := rat(string(text)); ok {
			apply(r)
		} else if bad == nil {
			bad = fault(n.all, "the number %.40s is out of reach", string(text))
		}
	}
	for _, p := range sh.parts {
		bound(p.Minimum, func(r *big.Rat) { sp.raise(r, false) })
		bound(p.ExclusiveMinimum, func(r *big.Rat) { sp.raise(r, true) })
		bound(p.Maximum, func(r *big.Rat) { sp.lower(r, false) })
		bound(p.ExclusiveMaximum, func(r *big.Rat) { sp.lower(r, true) })
		bound(p.MultipleOf, func(r *big.Rat) { sp.step = common(sp.step, r) })
	}
	for _, p := range sh.parts {
		for _, f := range formatBounds {
			if f.name != p.Format || f.low == "" {
				continue
			}
			low, _ := rat(f.low)
			high, _ := rat(f.high)
			narrow := sp
			narrow.raise(low, false)
			narrow.lower(high, false)
			if f.whole { // also of type number, which formats of integers apply to
				narrow.step = common(narrow.step, big.NewRat(1, 1))
			}
			if narrow.possible() { // else the format gives way: it is no assertion
				sp = narrow
			}
		}
	}
	if bad == nil && !sp.possible() {
		bad = fault(n.all, "its bounds leave no number")
	}
	if sp.step != nil && (sp.step.Num().BitLen() > maxBits || sp.step.Denom().BitLen() > maxBits) {
		bad = fault(n.all, "multipleOf is out of reach")
	}
	return sp, bad
}

func (sp *span) raise(r *big.Rat, open bool) {
	if sp.low == nil || r.Cmp(sp.low) > 0 {
		sp.low, sp.lowOpen = r, open
	} else if r.Cmp(sp.low) == 0 {
		sp.lowOpen = sp.lowOpen || open
	}
}

func (sp *span) lower(r *big.Rat, open bool) {
	if sp.high == nil || r.Cmp(sp.high) < 0 {
		sp.high, sp.highOpen = r, open
	} else if r.Cmp(sp.high) == 0 {
		sp.highOpen = sp.highOpen || open
	}
}

// common is the least common multiple of two steps.
func common(a, b *big.Rat) *big.Rat {
	if a == nil {
		return b
	}
	// lcm(p/q, r/s) = lcm(p·s, r·q) / (q·s)
	x := new(big.Int).Mul(a.Num(), b.Denom())
	y := new(big.Int).Mul(b.Num(), a.Denom())
	d := new(big.Int).GCD(nil, nil, x, y)
	l := new(big.Int).Mul(x.Div(x, d), y)
	return new(big.Rat).SetFrac(l, new(big.Int).Mul(a.Denom(), b.Denom()))
}

// possible tells whether a number is left.
func (sp *span) possible() bool {
	if sp.low == nil || sp.high == nil {
		return true
	}
	if sp.step == nil {
		c := sp.low.Cmp(sp.high)
		return c < 0 || c == 0 && !sp.lowOpen && !sp.highOpen
	}
	return sp.first(sp.step).Cmp(sp.last(sp.step)) <= 0
}

// first is the least k for which k·step is within the lower bound.
func (sp *span) first(step *big.Rat) *big.Int {
	q := new(big.Rat).Quo(sp.low, step)
	k := new(big.Int).Div(q.Num(), q.Denom()) // floor: Denom is positive
	if !q.IsInt() || sp.lowOpen {
		k.Add(k, big.NewInt(1))
	}
	return k
}

// last is the greatest k for which k·step is within the upper bound.
func (sp *span) last(step *big.Rat) *big.Int {
	q := new(big.Rat).Quo(sp.high, step)
	k := new(big.Int).Div(q.Num(), q.Denom())
	if q.IsInt() && sp.highOpen {
		k.Sub(k, big.NewInt(1))
	}
	return k
}

func (sp *span) has(r *big.Rat) bool {
	if sp.low != nil {
		if c := r.Cmp(sp.low); c < 0 || c == 0 && sp.lowOpen {
			return false
		}
	}
	if sp.high != nil {
		if c := r.Cmp(sp.high); c > 0 || c == 0 && sp.highOpen {
			return false
		}
	}
	return sp.step == nil || new(big.Rat).Quo(r, sp.step).IsInt()
}

// number appends a number: the hint, else a plausible one, else one near the
// lower bound, or the upper where there is no lower.
func (g *generator) number(dst []byte, sh *shape, n node) ([]byte, error) {
	sp, err := g.span(sh, n)
	if err != nil {
		return dst, err
	}
	if n.hint != nil {
		if text := strings.TrimSpace(unquote(n.hint)); source.IsNumber(text) {
			if r, ok := rat(text); ok && sp.has(r) {
				return append(dst, text...), nil
			}
		}
	}
	if sh.try == 0 && g.variant == 0 && !sh.fraction {
		if text := g.plausibleNumber(n.name, sp.step == nil); text != "" {
			if r, ok := rat(text); ok && sp.has(r) {
				return append(dst, text...), nil
			}
		}
	}
	step := sp.step
	if step == nil {
		step = sp.fineStep(sh.fraction)
	}
	k := g.count(&sp, step, sh)
	r := new(big.Rat).Mul(new(big.Rat).SetInt(k), step)
	if sh.fraction && r.IsInt() {
		if next := new(big.Rat).Add(r, step); sp.has(next) {
			r = next
		} else {
			r.Sub(r, step)
		}
	}
	if !sp.has(r) {
		// Open bounds close together: half way between them.
		if sp.low == nil || sp.high == nil {
			return dst, fault(n.all, "its bounds leave no number")
		}
		r.Add(sp.low, sp.high)
		r.Quo(r, big.NewRat(2, 1))
	}
	return appendRat(dst, r), nil
}

// fineStep is a decimal step that fits into the bounds several times.
func (sp *span) fineStep(fraction bool) *big.Rat {
	step := big.NewRat(1, 100)
	if fraction {
		step = big.NewRat(1, 2)
	}
	if sp.low == nil || sp.high == nil {
		return step
	}
	width := new(big.Rat).Sub(sp.high, sp.low)
	ten := big.NewRat(10, 1)
	width.Quo(width, ten)
	for i := 0; i < 400 && width.Sign() > 0 && step.Cmp(width) > 0; i++ {
		step = new(big.Rat).Quo(step, ten)
	}
	return step
}

// count chooses k of k·step.
func (g *generator) count(sp *span, step *big.Rat, sh *shape) *big.Int {
	reach := int64(100)
	if step.Cmp(big.NewRat(1, 1)) < 0 {
		reach = 10000
	}
	if g.o.Dynamic {
		reach *= 10
	}
	if sh.try > attempts/2 || g.variant > 20 {
		reach = 1 << 40
	}
	var pick int64
	switch {
	case g.variant > 0:
		pick = int64(g.variant)
	default:
		pick = g.rng.Int64N(reach)
	}
	offset := big.NewInt(pick)
	switch {
	case sp.low == nil && sp.high == nil:
		return offset.Add(offset, big.NewInt(1))
	case sp.high == nil, sp.low != nil && sp.low.Sign() >= 0:
		k := sp.first(step)
		if sp.high != nil {
			g.wrap(offset, k, sp.last(step))
		}
		return k.Add(k, offset)
	case sp.low == nil:
		if sp.high.Sign() > 0 {
			high := sp.last(step)
			g.wrap(offset, new(big.Int), high)
			return offset
		}
		return offset.Sub(sp.last(step), offset)
	}
	// From below zero: rather from zero on, if that is within.
	k, last := sp.first(step), sp.last(step)
	if last.Sign() > 0 && k.Sign() < 0 && g.variant == 0 && sh.try < attempts/2 {
		k = big.NewInt(1)
	}
	g.wrap(offset, k, last)
	return k.Add(k, offset)
}

// wrap keeps an offset within first … last.
func (g *generator) wrap(offset, first, last *big.Int) {
	size := new(big.Int).Sub(last, first)
	size.Add(size, big.NewInt(1))
	if size.Sign() > 0 {
		offset.Mod(offset, size)
	}
}

// appendRat writes a number digit by digit: 1, not 1.0.
func appendRat(dst []byte, r *big.Rat) []byte {
	if r.IsInt() {
		return r.Num().Append(dst, 10)
	}
	digits, _ := r.FloatPrec()
	return append(dst, r.FloatString(max(digits, 1))...)
}
