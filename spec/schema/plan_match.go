package schema

import (
	"regexp"
	"regexp/syntax"
	"unicode/utf8"
)

// matcher matches a pattern that RE2 understands. The common shape, classes of
// ASCII characters one after the other from the beginning of the text, or a
// choice of such, is matched by a table walk.
type matcher struct {
	ways   [][]step // any of them does; nil where they cannot be walked
	closed bool     // the text must end after the last step
	re     *regexp.Regexp
}

// step is a run of characters of one class.
type step struct {
	class    *[256]bool
	min, max int // max is -1 for any number
}

// newMatcher returns nil for a pattern that only a backtracking engine matches.
func newMatcher(p *Pattern) *matcher {
	if p.linear == nil {
		return nil
	}
	m := &matcher{re: p.linear}
	parsed, err := syntax.Parse(p.linear.String(), syntax.Perl)
	if err != nil {
		return m
	}
	m.walk(parsed)
	return m
}

func (m *matcher) match(s []byte) bool {
	if m.ways == nil {
		return m.re.Match(s)
	}
	for _, steps := range m.ways {
		if end, ok := walkSteps(steps, s); ok && (!m.closed || end == len(s)) {
			return true
		}
	}
	return false
}

// walkSteps takes as much of a text as each step may, and tells where the last
// one ends.
func walkSteps(steps []step, s []byte) (int, bool) {
	i := 0
	for k := range steps {
		st := &steps[k]
		from, end := i, len(s)
		if st.max >= 0 && st.max < end-i {
			end = i + st.max
		}
		for i < end && st.class[s[i]] {
			i++
		}
		if i-from < st.min {
			return 0, false
		}
	}
	return i, true
}

// Limits of what is walked; beyond them the engine runs.
const (
	maxSteps = 64
	maxWays  = 8
)

// walk sets the steps of a pattern where walking them greedily finds the same
// as the pattern.
func (m *matcher) walk(re *syntax.Regexp) {
	parts := flatConcat(nil, re)
	if len(parts) == 0 || parts[0].Op != syntax.OpBeginText {
		return
	}
	parts = parts[1:]
	closed := len(parts) > 0 && parts[len(parts)-1].Op == syntax.OpEndText
	if closed {
		parts = parts[:len(parts)-1]
	}
	choices := []*syntax.Regexp{{Op: syntax.OpConcat, Sub: parts}}
	if len(parts) == 1 && parts[0].Op == syntax.OpAlternate {
		choices = parts[0].Sub
	}
	if len(choices) > maxWays {
		return
	}
	var ways [][]step
	for _, choice := range choices {
		steps := stepsOf(flatConcat(nil, choice))
		if steps == nil {
			return
		}
		ways = append(ways, steps)
	}
	m.ways, m.closed = ways, closed
}

// stepsOf returns the steps of what follows each other in a pattern, nil where
// walking them may find something else.
func stepsOf(parts []*syntax.Regexp) []step {
	var steps []step
	for _, p := range parts {
		var ok bool
		if steps, ok = appendStep(steps, p); !ok || len(steps) > maxSteps {
			return nil
		}
	}
	if len(steps) == 0 || !greedy(steps) {
		return nil
	}
	return steps
}

func flatConcat(out []*syntax.Regexp, re *syntax.Regexp) []*syntax.Regexp {
	switch re.Op {
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			out = flatConcat(out, sub)
		}
		return out
	case syntax.OpEmptyMatch:
		return out
	}
	return append(out, re)
}

func appendStep(steps []step, re *syntax.Regexp) ([]step, bool) {
	low, high := 1, 1
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return nil, false
		}
		for _, c := range re.Rune {
			if c >= utf8.RuneSelf {
				return nil, false
			}
			class := &[256]bool{}
			class[c] = true
			steps = append(steps, step{class, 1, 1})
		}
		return steps, true
	case syntax.OpStar:
		low, high, re = 0, -1, re.Sub[0]
	case syntax.OpPlus:
		low, high, re = 1, -1, re.Sub[0]
	case syntax.OpQuest:
		low, high, re = 0, 1, re.Sub[0]
	case syntax.OpRepeat:
		low, high, re = re.Min, re.Max, re.Sub[0]
	}
	if re.Flags&syntax.NonGreedy != 0 && low != high {
		return nil, false
	}
	for re.Op == syntax.OpCapture {
		re = re.Sub[0]
	}
	class, beyond := classOf(re)
	if class == nil || beyond && !(low <= 1 && high == -1) {
		return nil, false // bytes above ASCII cannot be counted
	}
	return append(steps, step{class, low, high}), true
}

// classOf returns the bytes of a class, and whether it holds all characters
// beyond ASCII; nil for one that holds only some of them.
func classOf(re *syntax.Regexp) (class *[256]bool, beyond bool) {
	class = &[256]bool{}
	switch {
	case re.Op == syntax.OpLiteral && len(re.Rune) == 1 && re.Rune[0] < utf8.RuneSelf && re.Flags&syntax.FoldCase == 0:
		class[re.Rune[0]] = true
		return class, false
	case re.Op != syntax.OpCharClass:
		return nil, false
	}
	for i := 0; i < len(re.Rune); i += 2 {
		from, to := re.Rune[i], re.Rune[i+1]
		if to >= utf8.RuneSelf {
			if from > utf8.RuneSelf || to != utf8.MaxRune {
				return nil, false
			}
			beyond = true
		}
		for c := from; c <= to && c < 256; c++ {
			class[c] = true
		}
	}
	return class, beyond
}

// greedy tells whether each step may take all that it can: what follows a step
// of open length shares no character with it.
func greedy(steps []step) bool {
	for i, s := range steps {
		if s.min == s.max {
			continue
		}
		for _, after := range steps[i+1:] {
			for c := range s.class {
				if s.class[c] && after.class[c] {
					return false
				}
			}
			if after.min > 0 {
				break
			}
		}
	}
	return true
}
