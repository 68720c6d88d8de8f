package conformance

import (
	"fmt"
	"io"
	"strings"
)

// Explain writes what a check demands, why, who says so, and an example of right
// and wrong; without an id, the list of all checks. Its error, a [*UsageError],
// says that there is no such check, and which may be meant.
func Explain(w io.Writer, id string) error {
	if id == "" {
		return explainAll(w)
	}
	for _, c := range catalogue {
		if c.ID == id {
			_, err := io.WriteString(w, c.explain())
			return err
		}
	}
	return usage("there is no check %q%s: `concord explain` lists them all", id, meant(id))
}

// explain is all that is known of a check, as text.
func (c *Check) explain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n\n  %s.\n\n", c.ID, c.Severity, capital(c.Says))
	row := func(name, text string) {
		for i, line := range wrap(text, 68) {
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(&b, "  %-8s%s\n", name, line)
		}
	}
	row("why", c.Why)
	row("source", c.Source)
	row("right", c.Right)
	row("wrong", c.Wrong)
	switch c.Severity {
	case Must:
		row("broken", "the target does not conform: exit code 1")
	default:
		row("broken", "a warning; with --strict, the target does not conform")
	}
	return b.String()
}

func explainAll(w io.Writer) error {
	width := 0
	for _, c := range catalogue {
		width = max(width, len(c.ID))
	}
	for _, c := range catalogue {
		if _, err := fmt.Fprintf(w, "%-*s  %-6s  %s\n", width, c.ID, c.Severity, c.Says); err != nil {
			return err
		}
	}
	return nil
}

// meant lists the checks that a misspelt id may mean: those that hold it, or
// share a part with it.
func meant(id string) string {
	var near []string
	for _, c := range catalogue {
		family, name, _ := strings.Cut(c.ID, ".")
		if strings.Contains(c.ID, id) || strings.HasPrefix(id, family+".") || strings.HasSuffix(id, "."+name) {
			near = append(near, c.ID)
		}
	}
	if len(near) == 0 {
		return ""
	}
	return " (there is " + strings.Join(near, ", ") + ")"
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// wrap breaks lines at spaces before they have more than n characters; line feeds
// stay.
func wrap(text string, n int) []string {
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			if line != "" && len([]rune(line))+1+len([]rune(word)) > n {
				lines = append(lines, line)
				line = ""
			}
			if line != "" {
				line += " "
			}
			line += word
		}
		lines = append(lines, line)
	}
	return lines
}
