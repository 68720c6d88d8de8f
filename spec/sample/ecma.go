package sample

import (
	"fmt"
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
	groups int // opened so far
	all    int // in the whole pattern, roughly
	names  map[string]int
	fold   bool // (?i)
}

// parseECMA reads a pattern (ECMA-262 §22.2.1, with the liberties of annex B).
func parseECMA(pattern string) (*expr, error) {
	p := exprParser{text: pattern, names: map[string]int{}}
	p.all = strings.Count(pattern, "(") - strings.Count(pattern, "(?") + strings.Count(pattern, "(?<") - strings.Count(pattern, `\(`)
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
	look, behind, number := false, false, 0
	switch {
	case p.take("?:"):
	case p.take("?<="):
		behind = true
	case p.take("?="), p.take("?!"), p.take("?<!"):
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
	if behind { // what it looks back at may have to be written first
		return &expr{op: opEither, subs: []*expr{{}, e}}, nil
	}
	return &expr{op: opGroup, subs: []*expr{e}, group: number}, nil
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
