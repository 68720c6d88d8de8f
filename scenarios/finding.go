package scenarios

import (
	"fmt"
	"sort"
	"strings"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/source"
)

// Error says why a script cannot be loaded: everything that was found wrong
// with it, errors and warnings, in the order of its files.
type Error struct{ Findings []spec.Finding }

// Error lists the errors, one a line, each as "file:line:column: message".
func (e *Error) Error() string {
	var lines []string
	for _, f := range e.Findings {
		if f.Severity != spec.Error {
			continue
		}
		line := f.Message
		if at := f.Position.String(); at != "" {
			line = at + ": " + line
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// The rules of findings in scripts.
const (
	ruleSyntax     = "script.syntax"     // no YAML, or of a wrong type
	ruleUnknown    = "script.unknown"    // a key or name that nothing has
	ruleDuplicate  = "script.duplicate"  // given twice
	ruleMissing    = "script.missing"    // demanded and not there
	ruleExpression = "script.expression" // CEL that does not compile or fails
	ruleContract   = "script.contract"   // breaks the contract
	ruleShadow     = "script.shadow"     // never played
	ruleExpect     = "script.expect"     // the mock's own answer fails it
)

// findings collects what is wrong, so that all of it is told at once.
type findings struct {
	list []spec.Finding
	seen map[string]bool
}

func (fs *findings) add(severity spec.Severity, at source.Position, rule, format string, args ...any) {
	fs.keep(spec.Finding{Severity: severity, Rule: rule, Message: fmt.Sprintf(format, args...), Position: at})
}

// merge adds what was found elsewhere.
func (fs *findings) merge(others *findings) {
	for _, f := range others.list {
		fs.keep(f)
	}
}

func (fs *findings) keep(f spec.Finding) {
	if key := f.String(); !fs.seen[key] {
		if fs.seen == nil {
			fs.seen = map[string]bool{}
		}
		fs.seen[key] = true
		fs.list = append(fs.list, f)
	}
}

func (fs *findings) errorf(at source.Position, rule, format string, args ...any) {
	fs.add(spec.Error, at, rule, format, args...)
}

func (fs *findings) failed() bool {
	for _, f := range fs.list {
		if f.Severity == spec.Error {
			return true
		}
	}
	return false
}

// sorted returns the findings in the order of the files.
func (fs *findings) sorted() []spec.Finding {
	sort.SliceStable(fs.list, func(i, j int) bool { return fs.list[i].Position.Before(fs.list[j].Position) })
	return fs.list
}

// nearest returns the name that a misspelt one most likely means, "" where none
// is near: at most two letters differ.
func nearest(name string, among []string) string {
	best, bestDistance := "", min(3, len(name)/2+1)
	for _, candidate := range among {
		if d := distance(strings.ToLower(name), strings.ToLower(candidate)); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// didYouMean is the end of a message about an unknown name.
func didYouMean(name string, among []string) string {
	if near := nearest(name, among); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// distance counts the letters by which two words differ (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
