package conformance

import (
	"regexp"
	"slices"
	"strings"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

// choice tells which nodes Ginkgo's filters let through, as far as the suite can
// know: not what a suite around it adds to texts and labels. A node that it
// misses makes its exchange when it runs.
type choice struct {
	labels      func([]string) bool
	focus, skip *regexp.Regexp
	unknowable  bool // filters by things that the suite does not know
	everything  bool // does not filter
}

// newChoice reads the filters of the run.
func newChoice(c types.SuiteConfig) *choice {
	out := &choice{
		focus:      pattern(c.FocusStrings),
		skip:       pattern(c.SkipStrings),
		unknowable: len(c.FocusFiles) > 0 || len(c.SkipFiles) > 0 || c.SemVerFilter != "",
	}
	out.everything = !out.unknowable && c.LabelFilter == "" && len(c.FocusStrings)+len(c.SkipStrings) == 0
	if filter, err := types.ParseLabelFilter(c.LabelFilter); err == nil {
		out.labels = filter
	}
	return out
}

// pattern is one expression for all of a list, nil for none, and for what is
// none: Ginkgo itself refuses that.
func pattern(list []string) *regexp.Regexp {
	if len(list) == 0 {
		return nil
	}
	re, err := regexp.Compile(strings.Join(list, "|"))
	if err != nil {
		return nil
	}
	return re
}

// has tells whether a node will run.
func (c *choice) has(text string, labels ...ginkgo.Labels) bool {
	if c.everything {
		return true
	}
	text = suiteName + " " + text
	switch {
	case c.unknowable, c.labels == nil:
		return false
	case c.focus != nil && !c.focus.MatchString(text):
		return false
	case c.skip != nil && c.skip.MatchString(text):
		return false
	}
	return c.labels(slices.Concat(labels...))
}
