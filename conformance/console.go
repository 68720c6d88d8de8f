package conformance

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// colours of the console, "" where it has none.
type palette struct{ red, green, yellow, dim, bold, off string }

// UseColor tells whether output to a file should be coloured: where it is a
// terminal and NO_COLOR (https://no-color.org) is not set.
func UseColor(f *os.File) bool {
	if os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func newPalette(color bool) palette {
	if !color {
		return palette{}
	}
	return palette{"\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[2m", "\x1b[1m", "\x1b[0m"}
}

// console prints results for people.
type console struct {
	w io.Writer
	palette
}

func printResults(o VerifyOptions, r *Results) {
	c := &console{o.Out, newPalette(o.Color)}
	doc := r.Plan.Config.Document
	kind := ""
	if r.Mock {
		kind = " (Concord's mock)"
	}
	c.line("%s%s %s%s at %s%s", c.bold, doc.Title, doc.Version, c.off, r.Plan.Config.BaseURL, kind)
	c.line("")
	c.findings(r, Broken, c.red+"✗", "broken")
	c.findings(r, Warned, c.yellow+"!", "warning")
	if o.Verbose {
		c.held(r)
	}
	c.comparison(r.Comparison)
	c.baseline(r.Baseline)
	c.matrix(r)
	c.skipped(r, o.Verbose)
	c.summary(r)
}

func (c *console) line(format string, args ...any) { fmt.Fprintf(c.w, format+"\n", args...) }

// findings prints what is broken, each cause once.
func (c *console) findings(r *Results, outcome Outcome, mark, word string) {
	for _, f := range r.Findings(outcome) {
		first := f.Failures[0]
		c.line("%s %s%s  %s%s (%s, %s)%s", mark, whereIn(first), c.off, c.bold, first.Failure.Headline, strings.Join(f.checks(), ", "), word, c.off)
		for _, line := range strings.Split(first.Failure.String(), "\n") {
			c.line("    %s", c.tint(line))
		}
		c.also(f.cases()[1:])
		c.line("")
	}
}

// also lists the further cases of a finding.
func (c *console) also(more []*Case) {
	name := "also"
	for i, at := range more {
		if i == maxAlso && len(more) > maxAlso+1 {
			c.line("    %-11s and in %s", "", count(len(more)-i, "further case"))
			return
		}
		c.line("    %-11s %s", name, where(at))
		name = ""
	}
}

// maxAlso is how many further cases of a finding are listed.
const maxAlso = 10

// tint colours a line of a difference.
func (c *console) tint(line string) string {
	if len(line) > 14 && (strings.HasPrefix(line, "difference") || strings.HasPrefix(line, "           ")) {
		switch line[12:14] {
		case "- ":
			return line[:12] + c.green + line[12:] + c.off
		case "+ ":
			return line[:12] + c.red + line[12:] + c.off
		}
	}
	return line
}

// where is a case as people find it.
func where(at *Case) string {
	if at.Operation == nil {
		return at.Name
	}
	return at.Operation.ID + ", " + at.Name
}

// whereIn is where a failure came about: in a step of a case, where its name tells more
// than that of the case.
func whereIn(f Found) string {
	if op := f.Verdict.Case.Operation; op != nil && strings.HasPrefix(f.Failure.Step, f.Verdict.Case.Name) {
		return op.ID + ", " + f.Failure.Step
	}
	return where(f.Verdict.Case)
}

func (c *console) held(r *Results) {
	for v := range r.Verdicts() {
		if v.Outcome == Held {
			c.line("%s✓%s %s  %s (%s)", c.green, c.off, where(v.Case), v.Check.Says, v.Check.ID)
		}
	}
	c.line("")
}

// skipped prints what was not tried, by why; each case, where all are wanted.
func (c *console) skipped(r *Results, all bool) {
	skipped := r.SkippedCases()
	if len(skipped) == 0 {
		return
	}
	c.line("%sskipped%s", c.bold, c.off)
	for _, reason := range sortedKeys(skipped) {
		ids := skipped[reason]
		c.line("  %s: %s", count(len(ids), "case"), c.yellow+reason+c.off)
		for i, id := range ids {
			if i == maxAlso && len(ids) > maxAlso+1 && !all {
				c.line("      and %s", count(len(ids)-i, "further case"))
				break
			}
			c.line("      %s", id)
		}
	}
	c.line("")
}

// summary prints the numbers and the verdict.
func (c *console) summary(r *Results) {
	skipped := 0
	for _, ids := range r.SkippedCases() {
		skipped += len(ids)
	}
	parts := []string{fmt.Sprintf("%d held", r.Count(Held)), fmt.Sprintf("%d broken", r.Count(Broken)), count(r.Count(Warned), "warning")}
	if n := len(r.Findings(Broken)); n > 0 {
		parts[1] += " by " + count(n, "cause")
	}
	c.line("%s in %s: %s; %s skipped", count(r.Checked(), "check"), count(len(r.Played), "case"), strings.Join(parts, ", "), count(skipped, "case"))
	c.line("%s in %s", count(r.Sent, "request"), r.Took.Round(time.Millisecond))
	if n := len(r.Waits); n > 0 {
		var waited time.Duration
		for _, w := range r.Waits {
			waited += w.For
		}
		c.line("the target asked %s to come back later; %s of waiting", count(n, "time"), waited)
	}
	c.guest(r.Guest)
	switch {
	case r.Checked() == 0:
		c.line("%snothing was checked%s: %s", c.red, c.off, whyNothing(r.Plan, r.reasons()))
	case r.Conforms():
		c.line("%sconforms%s", c.green, c.off)
	case r.Cut && r.Count(Broken) == 0:
		c.line("%scut short%s: nothing broken so far", c.yellow, c.off)
	default:
		c.line("%sdoes not conform%s", c.red, c.off)
	}
}

// guest tells what is left on the target, which somebody may want to remove.
func (c *console) guest(g *Guest) {
	if g == nil || g.Created == 0 {
		return
	}
	c.line("%s made, named %s-…; %d removed", count(g.Created, "thing"), g.Run, g.Removed)
	for _, left := range g.Left {
		c.line("  %sleft%s %s: %s", c.yellow, c.off, left.URL, left.Why)
	}
}

// reasons counts why verdicts were skipped.
func (r *Results) reasons() map[string]int {
	out := map[string]int{}
	for v := range r.Verdicts() {
		if v.Outcome == Skipped {
			out[v.Reason]++
		}
	}
	return out
}

// count is a number of things: "1 case", "2 cases".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
