package sample

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/concord-api/concord/spec/schema"
)

// escape reads what follows a backslash outside a class.
func (p *exprParser) escape() (*expr, error) {
	if !p.more() {
		return nil, fmt.Errorf(`nothing follows the last \`)
	}
	c := p.text[p.at]
	switch {
	case c == 'b' || c == 'B':
		p.at++
		return &expr{}, nil
	case c >= '1' && c <= '9':
		n, end := 0, p.at
		for end < len(p.text) && p.text[end] >= '0' && p.text[end] <= '9' && n < 1000 {
			n = n*10 + int(p.text[end]-'0')
			end++
		}
		if n <= p.all {
			p.at = end
			return &expr{op: opBack, group: n}, nil
		}
		if c <= '7' { // a group that there is not: the octal escape of annex B
			n, end = 0, p.at
			for end < len(p.text) && p.text[end] >= '0' && p.text[end] <= '7' && n < 32 {
				n = n*8 + int(p.text[end]-'0')
				end++
			}
			p.at = end
			return p.literal(rune(n)), nil
		}
	case p.has("k<"):
		end := strings.IndexByte(p.text[p.at:], '>')
		if end < 0 {
			return nil, fmt.Errorf("a back reference has no end")
		}
		name := p.text[p.at+2 : p.at+end]
		p.at += end + 1
		return &expr{op: opBack, group: p.names[name]}, nil
	case c == 'A' || c == 'z' || c == 'Z':
		p.at++
		if c == 'A' {
			return &expr{op: opStart}, nil
		}
		return &expr{op: opEnd}, nil
	}
	set, err := p.escapedSet()
	if err == nil && p.fold && len(set) == 2 && set[0] == set[1] {
		return p.literal(set[0]), nil
	}
	return &expr{op: opSet, set: set}, err
}

// escapedSet reads what follows a backslash as a set of characters.
func (p *exprParser) escapedSet() ([]rune, error) {
	if !p.more() {
		return nil, fmt.Errorf(`nothing follows the last \`)
	}
	r := p.rune()
	one := func(r rune) ([]rune, error) { return []rune{r, r}, nil }
	switch r {
	case 'd':
		return []rune{'0', '9'}, nil
	case 'D':
		return negate([]rune{'0', '9'}), nil
	case 'w':
		return []rune{'a', 'z', 'A', 'Z', '0', '9', '_', '_'}, nil
	case 'W':
		return negate([]rune{'a', 'z', 'A', 'Z', '0', '9', '_', '_'}), nil
	case 's':
		return spaces, nil
	case 'S':
		return negate(spaces), nil
	case 'n':
		return one('\n')
	case 'r':
		return one('\r')
	case 't':
		return one('\t')
	case 'f':
		return one('\f')
	case 'v':
		return one('\v')
	case '0':
		return one(0)
	case 'x':
		return p.hex(2, r)
	case 'u':
		if p.take("{") {
			end := strings.IndexByte(p.text[p.at:], '}')
			if end < 0 {
				return nil, fmt.Errorf("a character escape has no end")
			}
			n, err := strconv.ParseUint(p.text[p.at:p.at+end], 16, 21)
			p.at += end + 1
			return []rune{rune(n), rune(n)}, err
		}
		return p.hex(4, r)
	case 'c':
		if p.more() {
			return one(p.rune() & 31)
		}
	case 'p', 'P':
		return p.property(r == 'P')
	}
	return one(r)
}

var spaces = []rune{' ', ' ', '\t', '\r', 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000, 0xfeff, 0xfeff}

func (p *exprParser) hex(digits int, otherwise rune) ([]rune, error) {
	if p.at+digits <= len(p.text) {
		if n, err := strconv.ParseUint(p.text[p.at:p.at+digits], 16, 32); err == nil {
			p.at += digits
			return []rune{rune(n), rune(n)}, nil
		}
	}
	return []rune{otherwise, otherwise}, nil
}

// property reads what follows \p or \P.
func (p *exprParser) property(not bool) ([]rune, error) {
	name, length := schema.PropertyEscape(p.text[p.at:])
	if length == 0 {
		return []rune{'p', 'p'}, nil
	}
	p.at += length
	table, ok := schema.Characters(name)
	if !ok {
		return nil, fmt.Errorf(`\p{%s} is no property of characters that is known here`, name)
	}
	var set []rune
	for r := range schema.Runs(table) {
		set = append(set, r[0], r[1])
	}
	if not {
		set = negate(set)
	}
	return set, nil
}

// class reads a character class, after its bracket.
func (p *exprParser) class() (*expr, error) {
	not := p.take("^")
	var set []rune
	for {
		if !p.more() {
			return nil, fmt.Errorf("a character class has no end")
		}
		if p.take("]") {
			break
		}
		first, err := p.classAtom()
		if err != nil {
			return nil, err
		}
		if p.has("-") && !p.has("-]") && len(first) == 2 && first[0] == first[1] {
			p.at++
			last, err := p.classAtom()
			if err != nil {
				return nil, err
			}
			if len(last) == 2 && last[0] == last[1] && last[0] >= first[0] {
				set = append(set, first[0], last[0])
				continue
			}
			set = append(append(set, '-', '-'), last...)
		}
		set = append(set, first...)
	}
	if p.fold {
		set = folded(set)
	}
	if not {
		set = negate(set)
	}
	return &expr{op: opSet, set: set}, nil
}

// folded adds the other case of ASCII letters.
func folded(set []rune) []rune {
	out := set
	for i := 0; i+1 < len(set); i += 2 {
		if a, z := max(set[i], 'a'), min(set[i+1], 'z'); a <= z {
			out = append(out, a-32, z-32)
		}
		if a, z := max(set[i], 'A'), min(set[i+1], 'Z'); a <= z {
			out = append(out, a+32, z+32)
		}
	}
	return out
}

func (p *exprParser) classAtom() ([]rune, error) {
	if p.take(`\`) {
		if p.take("b") {
			return []rune{8, 8}, nil
		}
		if p.take("-") {
			return []rune{'-', '-'}, nil
		}
		return p.escapedSet()
	}
	if p.has("[:") { // a class of POSIX, which is none in ECMA-262
		p.at++
		return []rune{'[', '['}, nil
	}
	if !p.more() {
		return nil, fmt.Errorf("a character class has no end")
	}
	r := p.rune()
	return []rune{r, r}, nil
}

// negate is the complement of a set, without surrogates.
func negate(set []rune) []rune {
	pairs := make([][2]rune, 0, len(set)/2)
	for i := 0; i+1 < len(set); i += 2 {
		pairs = append(pairs, [2]rune{set[i], set[i+1]})
	}
	slices.SortFunc(pairs, func(a, b [2]rune) int { return int(a[0]) - int(b[0]) })
	var out []rune
	next := rune(0)
	for _, p := range pairs {
		if p[0] > next {
			out = append(out, next, p[0]-1)
		}
		next = max(next, p[1]+1)
	}
	if next <= unicode.MaxRune {
		out = append(out, next, unicode.MaxRune)
	}
	return out
}
