package report

import (
	"fmt"
	"io"
	"strings"
)

// maxAnnotations is how many annotations of one kind are written; GitHub shows
// ten of a step and leaves the rest out.
const maxAnnotations = 10

// writeGitHub writes an annotation for each finding, at its place in the contract
// (docs.github.com, "Workflow commands for GitHub Actions").
func writeGitHub(w io.Writer, r *Run) error {
	for _, kind := range []struct{ outcome, command string }{{Broken, "error"}, {Warned, "warning"}} {
		findings := r.Failing(kind.outcome)
		for i, f := range findings {
			if i == maxAnnotations-1 && len(findings) > maxAnnotations {
				rest := fmt.Sprintf("and %d more causes, which the summary of this step lists", len(findings)-i)
				if _, err := fmt.Fprintf(w, "::%s title=concord::%s\n", kind.command, rest); err != nil {
					return err
				}
				break
			}
			if err := annotate(w, r, kind.command, f); err != nil {
				return err
			}
		}
	}
	switch r.Outcome {
	case Nothing:
		_, err := fmt.Fprintf(w, "::error title=concord::nothing was checked: %s\n", escapeData(r.Why))
		return err
	case Cut:
		_, err := fmt.Fprintf(w, "::error title=concord::%s\n", escapeData(r.Why))
		return err
	}
	if n := stale(r.Baseline); n > 0 {
		_, err := fmt.Fprintf(w, "::notice title=concord::%s of the baseline %s can be removed\n", things(n, "failure"), escapeData(r.Baseline.File))
		return err
	}
	return nil
}

func annotate(w io.Writer, r *Run, command string, f Finding) error {
	first := f.Failures[0]
	var properties []string
	if p := first.Position; p.File != "" && p.Line > 0 {
		properties = append(properties, "file="+escapeProperty(p.File), fmt.Sprintf("line=%d", p.Line))
		if p.Column > 0 {
			properties = append(properties, fmt.Sprintf("col=%d", p.Column))
		}
	}
	properties = append(properties, "title="+escapeProperty(where(first.Operation, first.Name)+": "+first.Headline))
	message := r.Check(f.Check).Says + " (" + f.Check + ")\n" + strings.Join(first.Difference, "\n")
	if n := len(f.Distinct()) - 1; n > 0 {
		message += fmt.Sprintf("\nand in %s", things(n, "further answer"))
	}
	_, err := fmt.Fprintf(w, "::%s %s::%s\n", command, strings.Join(properties, ","), escapeData(message+"\n"+first.Curl))
	return err
}

// stale is how many entries of a baseline can be removed.
func stale(b *Baseline) int {
	if b == nil {
		return 0
	}
	return len(b.Healed) + len(b.Gone)
}

// things is a number of things: "1 case", "2 cases".
func things(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
