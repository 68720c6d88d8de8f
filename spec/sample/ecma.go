package sample

import (
	"fmt"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// expr is one node of a regular expression of ECMA-262, as far as texts are
// made from it. Look-around and boundaries are left to the check.
type expr struct {
	op       exprOp
	subs     []*expr
	set      []rune // of a set: pairs of first and last character
	low, top int    // of a repeat; top -1 means no end
	group    int    // of a group or a back reference

	shortest, longest int // in characters; longest may be unlimited
}

type exprOp uint8

const (
	opEmpty exprOp = iota
	opSet
	opConcat
	opEither
	opRepeat
	opGroup
	opBack  // \1
	opStart // ^
	opEnd   // $
)

// unlimited is a length without end.
const unlimited = 1 << 30

// maxNest bounds how deep groups may nest.
const maxNest = 200

// exprParser reads an expression.
type exprParser struct {
	text   string
	at     int
	depth  int
	groups int
	names  map[string]int
	fold   bool // (?i)
}

// parseECMA reads a pattern (ECMA-262 §22.2.1, with the liberties of annex B).
func parseECMA(pattern string) (*expr, error) {
	p := exprParser{text: pattern, names: map[string]int{}}
	e, err := p.either()
	if err == nil && p.at < len(p.text) {
		err = fmt.Errorf("unexpected %q", p.text[p.at:])
	}
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", pattern, err)
	}
	e.measure()
	return e, nil
}

func (p *exprParser) more() bool { return p.at < len(p.text) }

func (p *exprParser) has(prefix string) bool { return strings.HasPrefix(p.text[p.at:], prefix) }

func (p *exprParser) take(prefix string) bool {
	if p.has(prefix) {
		p.at += len(prefix)
		return true
	}
	return false
}

func (p *exprParser) rune() rune {
	r, size := utf8.DecodeRuneInString(p.text[p.at:])
	p.at += size
	return r
}

func (p *exprParser) either() (*expr, error) {
	if p.depth++; p.depth > maxNest {
		return nil, fmt.Errorf("groups nest deeper than %d", maxNest)
	}
	defer func() { p.depth-- }()
	var alts []*expr
	for {
		alt, err := p.concat()
		if err != nil {
			return nil, err
		}
		alts = append(alts, alt)
		if !p.take("|") {
			break
		}
	}
	if len(alts) == 1 {
		return alts[0], nil
	}
	return &expr{op: opEither, subs: alts}, nil
}

func (p *exprParser) concat() (*expr, error) {
	e := &expr{op: opConcat}
	for p.more() && !p.has("|") && !p.has(")") {
		term, err := p.term()
		if err != nil {
			return nil, err
		}
		if term, err = p.quantified(term); err != nil {
			return nil, err
		}
		e.subs = append(e.subs, term)
	}
	return e, nil
}

func (p *exprParser) quantified(e *expr) (*expr, error) {
	low, top := 0, 0
	switch {
	case p.take("*"):
		low, top = 0, -1
	case p.take("+"):
		low, top = 1, -1
	case p.take("?"):
		low, top = 0, 1
	default:
		n := p.braces(&low, &top)
		if n == 0 {
			return e, nil
		}
		p.at += n
	}
	if !p.take("?") {
		p.take("+")
	}
	if top >= 0 && low > top {
		return nil, fmt.Errorf("repeat {%d,%d} is out of order", low, top)
	}
	return &expr{op: opRepeat, subs: []*expr{e}, low: low, top: top}, nil
}

// braces reads {n}, {n,} or {n,m} and returns its length, 0 for none.
func (p *exprParser) braces(low, top *int) int {
	text := p.text[p.at:]
	end := strings.IndexByte(text, '}')
	if end < 2 || text[0] != '{' {
		return 0
	}
	first, second, comma := strings.Cut(text[1:end], ",")
	n, err := strconv.Atoi(first)
	if err != nil || n < 0 {
		return 0
	}
	*low, *top = min(n, unlimited), min(n, unlimited)
	if comma {
		*top = -1
		if second != "" {
			m, err := strconv.Atoi(second)
			if err != nil || m < 0 {
				return 0
			}
			*top = min(m, unlimited)
		}
	}
	return end + 1
}

func (p *exprParser) term() (*expr, error) {
	switch {
	case p.take("^"):
		return &expr{op: opStart}, nil
	case p.take("$"):
		return &expr{op: opEnd}, nil
	case p.take("."):
		return &expr{op: opSet, set: negate([]rune{'\n', '\n', '\r', '\r', 0x2028, 0x2029})}, nil
	case p.take("["):
		return p.class()
	case p.take("("):
		return p.group()
	case p.take(`\`):
		return p.escape()
	}
	r := p.rune()
	return p.literal(r), nil
}

func (p *exprParser) literal(r rune) *expr {
	set := []rune{r, r}
	if p.fold {
		if f := unicode.SimpleFold(r); f != r && f < utf8.RuneSelf {
			set = append(set, f, f)
		}
	}
	return &expr{op: opSet, set: set}
}

func (p *exprParser) group() (*expr, error) {
	look, number := false, 0
	switch {
	case p.take("?:"):
	case p.take("?="), p.take("?!"), p.take("?<="), p.take("?<!"):
		look = true
	case p.take("?i)"):
		p.fold = true
		return &expr{}, nil
	case p.take("?P<"), p.take("?<"):
		end := strings.IndexByte(p.text[p.at:], '>')
		if end < 0 {
			return nil, fmt.Errorf("a group's name has no end")
		}
		p.groups++
		number = p.groups
		p.names[p.text[p.at:p.at+end]] = number
		p.at += end + 1
	case p.take("?"):
		end := strings.IndexAny(p.text[p.at:], ":)")
		if end < 0 {
			return nil, fmt.Errorf("a group has no end")
		}
		p.fold = p.fold || strings.Contains(p.text[p.at:p.at+end], "i")
		p.at += end
		if p.take(")") {
			return &expr{}, nil
		}
		p.take(":")
	default:
		p.groups++
		number = p.groups
	}
	e, err := p.either()
	if err != nil {
		return nil, err
	}
	if !p.take(")") {
		return nil, fmt.Errorf("a group has no end")
	}
	if look {
		return &expr{}, nil
	}
	return &expr{op: opGroup, subs: []*expr{e}, group: number}, nil
}

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
		n := 0
		for p.more() && p.text[p.at] >= '0' && p.text[p.at] <= '9' && n < 1000 {
			n = n*10 + int(p.text[p.at]-'0')
			p.at++
		}
		return &expr{op: opBack, group: n}, nil
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

// property reads \p{…}, by Go's tables of Unicode.
func (p *exprParser) property(not bool) ([]rune, error) {
	end := strings.IndexByte(p.text[p.at:], '}')
	if end < 0 || !p.take("{") {
		return []rune{'p', 'p'}, nil
	}
	name := p.text[p.at : p.at+end-1]
	p.at += end
	if _, value, ok := strings.Cut(name, "="); ok {
		name = value
	}
	if long, ok := longCategories[name]; ok {
		name = long
	}
	re, err := syntax.Parse(`\p{`+name+`}`, syntax.Perl)
	if err != nil {
		return nil, err
	}
	set := re.Rune
	if re.Op == syntax.OpLiteral || len(set)%2 == 1 {
		set = []rune{re.Rune[0], re.Rune[0]}
	}
	if re.Op == syntax.OpAnyChar || re.Op == syntax.OpAnyCharNotNL {
		set = []rune{0, unicode.MaxRune}
	}
	if not {
		set = negate(set)
	}
	return set, nil
}

var longCategories = map[string]string{
	"Letter": "L", "Lowercase_Letter": "Ll", "Uppercase_Letter": "Lu", "Mark": "M", "Number": "N", "Decimal_Number": "Nd",
	"Punctuation": "P", "Symbol": "S", "Separator": "Z", "Space_Separator": "Zs", "Alphabetic": "L", "Lowercase": "Ll", "Uppercase": "Lu",
}

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
	sortPairs(pairs)
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

// measure fills in the lengths of an expression and of all below it.
func (e *expr) measure() {
	for _, s := range e.subs {
		s.measure()
	}
	switch e.op {
	case opSet:
		e.shortest, e.longest = 1, 1
		if len(e.set) == 0 {
			e.shortest = unlimited // no character at all: cannot match
		}
	case opConcat:
		for _, s := range e.subs {
			e.shortest = min(e.shortest+s.shortest, unlimited)
			e.longest = min(e.longest+s.longest, unlimited)
		}
	case opEither:
		e.shortest = unlimited
		for _, s := range e.subs {
			e.shortest, e.longest = min(e.shortest, s.shortest), max(e.longest, s.longest)
		}
	case opGroup:
		e.shortest, e.longest = e.subs[0].shortest, e.subs[0].longest
	case opRepeat:
		s := e.subs[0]
		e.shortest = times(s.shortest, e.low)
		e.longest = times(s.longest, e.top)
	case opBack:
		e.longest = unlimited
	}
}

func times(length, n int) int {
	switch {
	case length == 0 || n == 0:
		return 0
	case n < 0 || length >= unlimited/n:
		return unlimited
	}
	return length * n
}
