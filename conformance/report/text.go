package report

import (
	"fmt"
	"strings"
)

// String names a place as people do.
func (p Place) String() string {
	switch {
	case p.Name != "":
		return p.In + " " + p.Name
	case p.Pointer != "":
		return p.In + " " + p.Pointer
	}
	return p.In
}

// maxHeadline is how much of each side a headline tells, in characters.
const maxHeadline = 100

// Headline tells a difference in one line: "wanted 401 Unauthorized, got 200 OK".
// Of several it tells the first, and how many more there are.
func Headline(difference []string) string {
	var told []string
	place := ""
	for i := 0; i < len(difference); i++ {
		line := difference[i]
		want, isWant := strings.CutPrefix(line, "- ")
		switch {
		case isWant && i+1 < len(difference) && strings.HasPrefix(difference[i+1], "+ "):
			told = append(told, place+"wanted "+inLine(want)+", got "+inLine(difference[i+1][2:]))
			place = ""
			i++
		case i+1 < len(difference) && strings.HasPrefix(difference[i+1], "- "):
			at, _, _ := strings.Cut(line, " (") // and where the script has it
			place = inLine(at) + ": "
		default:
			told = append(told, inLine(line))
		}
	}
	switch len(told) {
	case 0:
		return ""
	case 1:
		return told[0]
	}
	return fmt.Sprintf("%s (and %d more)", told[0], len(told)-1)
}

// inLine is a text on one line, cut where it is long.
func inLine(s string) string {
	s = oneLine(s)
	if r := []rune(s); len(r) > maxHeadline {
		return string(r[:maxHeadline]) + "…"
	}
	return s
}

// text is a failure as lines.
func (f Failure) text() string {
	var b strings.Builder
	row := func(name string, lines ...string) {
		for i, line := range lines {
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(&b, "  %-11s %s\n", name, line)
		}
	}
	if f.Step != "" {
		row("step", f.Step)
	}
	row("expected", f.Expected)
	row("because", f.Because...)
	row("came", f.Came)
	row("difference", f.Difference...)
	row("repeat", f.Curl)
	return b.String()
}
