package schema

import "math"

// number is a JSON number as far as a plan reads it: mantissa / 10^scale,
// without trailing zeros in its fraction, where exact.
type number struct {
	mantissa int64 // less than 10^18 either way
	scale    uint8
	exact    bool // mantissa and scale say it all
	whole    bool // has no fraction; false with an exponent, which is not looked into
	exponent bool
}

const maxDigits = 18 // of a mantissa

// num reads the number at r.at (RFC 8259 §6).
func (r *run) num(n *number) bool {
	i, text := r.at, r.text
	negative := i < len(text) && text[i] == '-'
	if negative {
		i++
	}
	first := i
	var m uint64 // wraps in numbers that are too long, and is not used then
	for i < len(text) && text[i]-'0' <= 9 {
		m = m*10 + uint64(text[i]-'0')
		i++
	}
	digits := i - first
	if digits == 0 || digits > 1 && text[first] == '0' {
		return false
	}
	n.whole = true
	scale := 0
	if i < len(text) && text[i] == '.' {
		i++
		from, last := i, i // last significant digit
		before := m
		for i < len(text) && text[i]-'0' <= 9 {
			m = m*10 + uint64(text[i]-'0')
			i++
			if text[i-1] != '0' {
				before, last = m, i
			}
		}
		if i == from {
			return false
		}
		m, scale = before, last-from
		n.whole = scale == 0
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		i++
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		from := i
		for i < len(text) && text[i]-'0' <= 9 {
			i++
		}
		if i == from {
			return false
		}
		n.exponent, n.whole = true, false
	}
	r.at = i
	if digits+scale <= maxDigits && !n.exponent {
		n.exact, n.mantissa, n.scale = true, int64(m), uint8(scale)
		if negative {
			n.mantissa = -n.mantissa
		}
	}
	return true
}

// parseNumber reads a number that stands in a schema.
func parseNumber(text string) (number, bool) {
	r := run{text: []byte(text)}
	var n number
	ok := r.num(&n) && r.at == len(text) && n.exact
	return n, ok
}

// compare returns the sign of a-b, both exact.
func (a number) compare(b number) int {
	x, y := a.mantissa, b.mantissa
	if a.scale != b.scale {
		var ok bool
		if a.scale < b.scale {
			if x, ok = shift(x, b.scale-a.scale); !ok {
				return sign(x) // beyond any mantissa
			}
		} else if y, ok = shift(y, a.scale-b.scale); !ok {
			return -sign(y)
		}
	}
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func sign(x int64) int {
	if x < 0 {
		return -1
	}
	return 1
}

// shift multiplies by 10^n. Where that overflows it returns what it had so far,
// which has the right sign.
func shift(x int64, n uint8) (int64, bool) {
	for ; n > 0 && x != 0; n-- {
		if x > math.MaxInt64/10 || x < math.MinInt64/10 {
			return x, false
		}
		x *= 10
	}
	return x, true
}

// numberRules are the bounds of a number.
type numberRules struct {
	bounds    []bound
	multiples []number
	integer   []intRange // formats
}

type bound struct {
	of   number
	sign int  // 1 for a minimum, -1 for a maximum
	open bool // the bound itself is excluded
}

// intRange is what the formats int32 and int64 allow.
type intRange struct{ min, max int64 }

func (rules *numberRules) check(n *number) verdict {
	if !n.exact {
		if len(rules.bounds)+len(rules.multiples)+len(rules.integer) > 0 {
			return unsure
		}
		return valid
	}
	for i := range rules.bounds {
		b := &rules.bounds[i]
		switch c := n.compare(b.of) * b.sign; {
		case c < 0, c == 0 && b.open:
			return invalid
		}
	}
	for _, m := range rules.multiples {
		if got := n.multipleOf(m); got != valid {
			return got
		}
	}
	for _, in := range rules.integer {
		if !n.whole || n.mantissa < in.min || n.mantissa > in.max {
			return unsure // the library reads some fractions as whole
		}
	}
	return valid
}

func (n *number) multipleOf(m number) verdict {
	x, y, ok := n.mantissa, m.mantissa, true
	if n.scale < m.scale {
		x, ok = shift(x, m.scale-n.scale)
	} else if m.scale < n.scale {
		y, ok = shift(y, n.scale-m.scale)
	}
	switch {
	case !ok || y == 0:
		return unsure
	case x%y != 0:
		return invalid
	}
	return valid
}
