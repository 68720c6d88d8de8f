package sample

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/concord-api/concord/spec/schema"
)

// maxText bounds the length of generated texts, in characters.
const maxText = 1 << 16

var exprs sync.Map // string → *expr, nil where the pattern cannot be read

func expression(pattern string) *expr {
	if e, ok := exprs.Load(pattern); ok {
		return e.(*expr)
	}
	e, _ := parseECMA(pattern) // nil where it cannot be read; the pattern then matches by luck
	exprs.Store(pattern, e)
	return e
}

// matching makes a text of least to most characters that a pattern is found in.
func (g *generator) matching(pattern string, least, most int) (string, bool) {
	compiled, err := schema.CompilePattern(pattern)
	if err != nil {
		return "", false
	}
	e := expression(pattern)
	if e == nil {
		return "", false
	}
	for range 40 {
		if text, ok := g.oneText(e, least, most); ok && g.matches(compiled, text) {
			return text, true
		}
		if g.hopeless() {
			break
		}
	}
	return "", false
}

// A pattern whose matching backtracks without end costs its time limit each
// time. After a few such matches the value is given up: the clock never decides
// which text is made, only whether one is.
const (
	slowMatch = 25 * time.Millisecond
	slowMost  = 4
)

// shared is what all rounds at one value learn about patterns.
type shared struct {
	slow      int             // matches that took long
	unmatched map[string]bool // patterns, with their lengths, that no text was found for
}

func (g *generator) matches(p *schema.Pattern, text string) bool {
	start := time.Now()
	found := p.MatchString(text)
	if time.Since(start) > slowMatch && !found {
		g.shared.slow++
	}
	return found
}

// hopeless tells whether patterns have taken too long.
func (g *generator) hopeless() bool { return g.shared.slow >= slowMost }

// oneText makes one text that an expression may be found in.
func (g *generator) oneText(e *expr, least, most int) (string, bool) {
	least, most = max(least, 0), min(most, maxText)
	if e.shortest > most || least > most {
		return "", false
	}
	w := exprWriter{g: g}
	// Some room above the least, not all that is allowed.
	room := 6 + g.rng.IntN(12)
	low := max(least, e.shortest)
	high := min(max(low, min(e.shortest+room, least+room+e.shortest)), most)
	if e.longest < unlimited {
		low = min(low, e.longest)
		high = min(high, max(e.longest, low))
	}
	w.write(e, low, high)
	text := w.b.String()
	if n := utf8.RuneCountInString(text); n < least {
		// Only an end that is not anchored takes more.
		return text + strings.Repeat("a", least-n), true
	} else if n > most {
		return "", false
	}
	return text, true
}

// exprWriter writes one text for an expression.
type exprWriter struct {
	g      *generator
	b      strings.Builder
	groups map[int]string
}

// write writes e with low to high characters, as near as can be.
func (w *exprWriter) write(e *expr, low, high int) {
	if w.b.Len() > 4*maxText {
		return
	}
	switch e.op {
	case opSet:
		if len(e.set) > 0 {
			w.b.WriteRune(w.g.character(e.set))
		}
	case opGroup:
		from := w.b.Len()
		w.write(e.subs[0], low, high)
		if e.group > 0 {
			if w.groups == nil {
				w.groups = map[int]string{}
			}
			w.groups[e.group] = w.b.String()[from:]
		}
	case opBack:
		w.b.WriteString(w.groups[e.group])
	case opEither:
		w.either(e, low, high)
	case opConcat:
		w.concat(e.subs, low, high)
	case opRepeat:
		w.repeat(e, low, high)
	}
}

func (w *exprWriter) either(e *expr, low, high int) {
	var fits []*expr
	for _, s := range e.subs {
		if s.shortest <= high && s.longest >= low {
			fits = append(fits, s)
		}
	}
	if len(fits) == 0 {
		fits = e.subs
	}
	w.write(fits[w.g.rng.IntN(len(fits))], low, high)
}

// concat gives each part what the others leave.
func (w *exprWriter) concat(subs []*expr, low, high int) {
	shortest, longest := 0, 0
	for _, s := range subs {
		shortest, longest = min(shortest+s.shortest, unlimited), longest+min(s.longest, maxText+1)
	}
	for _, s := range subs {
		shortest -= min(s.shortest, shortest)
		longest -= min(s.longest, maxText+1)
		from := max(s.shortest, low-longest)
		to := min(s.longest, high-shortest)
		before := w.b.Len()
		w.write(s, from, max(from, to))
		n := utf8.RuneCountInString(w.b.String()[before:])
		low, high = max(low-n, 0), max(high-n, 0)
	}
}

func (w *exprWriter) repeat(e *expr, low, high int) {
	s := e.subs[0]
	top := e.top
	if top < 0 || top > maxText {
		top = maxText
	}
	least := min(e.low, maxText)
	if s.longest > 0 && s.longest < unlimited {
		least = max(least, min((low+s.longest-1)/s.longest, top))
	} else if s.longest == unlimited && low > 0 {
		least = max(least, 1)
	}
	most := least
	if s.shortest > 0 {
		most = min(high/s.shortest, top)
	} else if s.longest > 0 {
		most = min(least+2, top)
	}
	n := least
	if most > least {
		// A lone repeat should fill the room that was chosen for it.
		n += w.g.rng.IntN(min(most-least, 12) + 1)
	}
	w.concat(slices.Repeat([]*expr{s}, min(n, maxText)), low, high)
}

// character picks one of a set: letters and digits before other printable ASCII
// before the rest.
func (g *generator) character(set []rune) rune {
	var best [8][2]rune
	pools := [...][2]rune{{'a', 'z'}, {'A', 'Z'}, {'0', '9'}}
	n := 0
	for i := 0; i+1 < len(set); i += 2 {
		for _, p := range pools {
			if a, z := max(set[i], p[0]), min(set[i+1], p[1]); a <= z && n < len(best) {
				best[n] = [2]rune{a, z}
				n++
			}
		}
	}
	if n > 0 && (g.variant == 0 || g.rng.IntN(4) > 0) && (!g.odd || g.rng.IntN(3) > 0) {
		p := best[g.rng.IntN(n)]
		return p[0] + rune(g.rng.IntN(int(p[1]-p[0])+1))
	}
	for range 4 {
		i := g.rng.IntN(len(set)/2) * 2
		first, last := set[i], set[i+1]
		if a, z := max(first, '!'), min(last, '~'); a <= z {
			return a + rune(g.rng.IntN(int(z-a)+1))
		}
	}
	i := g.rng.IntN(len(set)/2) * 2
	first, last := set[i], set[i+1]
	r := first + rune(g.rng.IntN(min(int(last-first)+1, 200)))
	if r >= 0xD800 && r < 0xE000 {
		r = first
		if r >= 0xD800 && r < 0xE000 {
			r = 0xE000
		}
	}
	return r
}
