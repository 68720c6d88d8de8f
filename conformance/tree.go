package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

// group is what the tree shows under one operation.
type group struct {
	name   string
	labels ginkgo.Labels
	cases  []*Case
}

func (p *Plan) groups() []*group {
	byName := map[string]*group{}
	var groups []*group
	add := func(name string, labels ...string) *group {
		g := &group{name: name, labels: makeLabels(append([]string{suiteLabel}, labels...))}
		byName[name] = g
		groups = append(groups, g)
		return g
	}
	whole := add("the API")
	for _, op := range p.Config.Document.Operations() {
		add(op.ID, append([]string{op.ID}, op.Tags...)...)
	}
	for _, c := range p.Cases {
		g := whole
		if c.Operation != nil {
			g = byName[c.Operation.ID]
		}
		g.cases = append(g.cases, c)
	}
	return groups
}

// bundle is cases of a group that share nodes: as many as the run's filters
// cannot tell apart, since each node costs Ginkgo some kilobytes.
type bundle struct {
	name   string
	labels ginkgo.Labels
	cases  []*Case
}

// bundles splits a group.
func (g *group) bundles(filters types.SuiteConfig) []*bundle {
	byName := len(filters.FocusStrings)+len(filters.SkipStrings) > 0
	byLabels := filters.LabelFilter != ""
	var out []*bundle
	at := map[string]*bundle{}
	for _, c := range g.cases {
		key, name, labels := c.Phase, c.Phase, c.labels()
		switch {
		case byName, c.Topic == Scripted, c.Topic == Workflow: // people gave these their names
			key, name = c.ID, c.title()
		case byLabels:
			key = strings.Join(labels, "\x00")
			if kind := string(c.Topic); kind != c.Phase {
				name += ": " + kind
			}
		}
		b := at[key]
		if b == nil {
			b = &bundle{name: name}
			at[key], out = b, append(out, b)
		}
		b.cases = append(b.cases, c)
		for _, label := range labels {
			if !contains(b.labels, label) {
				b.labels = append(b.labels, label)
			}
		}
	}
	return out
}

// checks are those of the cases, in the order of the catalogue, each with the
// cases that it looks at.
func (b *bundle) checks() (checks []*Check, of map[*Check][]*Case) {
	of = map[*Check][]*Case{}
	for _, c := range b.cases {
		for _, check := range c.checks {
			of[check] = append(of[check], c)
		}
	}
	for _, check := range catalogue {
		if of[check] != nil {
			checks = append(checks, check)
		}
	}
	return checks, of
}

// suiteLabel is on every node.
const suiteLabel = "concord"

// title is a case as a container's text.
func (c *Case) title() string { return c.Phase + ": " + c.Name }

// labels are those of a case beside those of its operation.
func (c *Case) labels() ginkgo.Labels {
	return makeLabels(append(c.statuses(), append([]string{c.Phase, string(c.Topic)}, c.Labels...)...))
}

// labels are those of a node for a check alone.
func (c *Check) labels() ginkgo.Labels { return makeLabels([]string{c.ID, string(c.Severity)}) }

// statuses are the labels of the statuses that a case expects.
func (c *Case) statuses() []string {
	var out []string
	for _, step := range c.Steps {
		if !step.Setup {
			out = append(out, step.Expect.Status...)
		}
	}
	return out
}

// makeLabels leaves out what Ginkgo allows in no label, and repeats.
func makeLabels(names []string) ginkgo.Labels {
	var labels ginkgo.Labels
	for _, name := range names {
		name = strings.TrimSpace(strings.Map(func(r rune) rune {
			if strings.ContainsRune("&|!,()/:", r) {
				return '-'
			}
			return r
		}, name))
		if name != "" && !contains(labels, name) {
			labels = append(labels, name)
		}
	}
	return labels
}

// tree builds the containers and nodes for a run by Ginkgo's own command.
func (s *suite) tree(filters types.SuiteConfig) {
	chosen := newChoice(filters)
	for _, g := range s.plan.groups() {
		ginkgo.Describe(g.name, g.labels, func() {
			for _, b := range g.bundles(filters) {
				ginkgo.Context(b.name, b.labels, func() {
					checks, of := b.checks()
					for _, check := range checks {
						labels := check.labels()
						if chosen.has(g.name+" "+b.name+" "+check.Says, g.labels, b.labels, labels) {
							for _, c := range of[check] {
								s.ahead[c] = true
							}
						}
						ginkgo.It(check.Says, labels, func(ctx ginkgo.SpecContext) { s.node(ctx, of[check], check) })
					}
				})
			}
		})
	}
}

// node asserts one check of cases on what was recorded.
func (s *suite) node(ctx context.Context, cases []*Case, check *Check) {
	verdicts := make([]Verdict, len(cases))
	for i, c := range cases {
		played, err := s.played(ctx, c)
		if err != nil {
			ginkgo.Fail(err.Error())
		}
		verdicts[i] = played.verdict(c, slices.Index(c.checks, check))
	}
	s.assert(verdicts)
}

// assert is the outcome of a node: broken where one of its verdicts is, and
// skipped where none was reached.
func (s *suite) assert(verdicts []Verdict) {
	by := [outcomes][]Verdict{}
	for _, v := range verdicts {
		by[v.Outcome] = append(by[v.Outcome], v)
	}
	if s.plan.Config.Strict {
		by[Broken] = append(by[Broken], by[Warned]...)
	} else if len(by[Warned]) > 0 {
		ginkgo.AddReportEntry("warning", tellAll(by[Warned]), ginkgo.ReportEntryVisibilityAlways)
	}
	switch {
	case len(by[Broken]) > 0:
		ginkgo.Fail(tellAll(by[Broken]))
	case len(by[Held])+len(by[Warned])+len(by[Known]) > 0:
	case len(by[Skipped]) > 0:
		ginkgo.Skip(by[Skipped][0].Reason)
	default:
		ginkgo.Skip("no answer was of the kind that this is about")
	}
}

// tellAll tells failed verdicts of one check: the first of each cause as a whole.
func tellAll(verdicts []Verdict) string {
	var b strings.Builder
	for i, f := range findings(slices.Values(verdicts)) {
		if i > 0 {
			b.WriteString("\n\n")
		}
		first := f.Failures[0]
		if cases := f.cases(); len(verdicts) == 1 {
			b.WriteString(first.Verdict.String())
		} else {
			first.Verdict.Failures = []Failure{first.Failure}
			fmt.Fprintf(&b, "%s: %s", where(first.Verdict.Case), first.Verdict)
			for j, at := range cases[1:] {
				if j == maxAlso {
					fmt.Fprintf(&b, "\nand in %s", count(len(cases)-1-j, "further case"))
					break
				}
				b.WriteString("\nalso in " + where(at))
			}
		}
	}
	return b.String()
}

// single builds one node for each operation, for a run whose output is this
// package's own: it asserts what the filters ask for.
func (s *suite) single(filters types.SuiteConfig) {
	s.plan.ask(newChoice(filters))
	for _, g := range s.plan.groups() {
		cases := slices.DeleteFunc(g.cases, func(c *Case) bool { return !s.plan.asksAny(c) })
		if len(cases) == 0 {
			continue
		}
		for _, c := range cases {
			s.ahead[c] = true
		}
		ginkgo.It(g.name, g.labels, func(ctx ginkgo.SpecContext) {
			broken, reached := 0, 0
			for _, c := range cases {
				played, err := s.played(ctx, c)
				if err != nil {
					ginkgo.Fail(err.Error())
				}
				for _, o := range played.Outcomes {
					switch {
					case o == Broken, o == Warned && s.plan.Config.Strict:
						broken++
					case o == Held, o == Warned, o == Known:
						reached++
					}
				}
			}
			switch {
			case broken > 0:
				ginkgo.Fail(count(broken, "check") + " in its cases are broken")
			case reached == 0:
				ginkgo.Skip("none of its cases was tried")
			}
		})
	}
}

// ask limits a run to the checks that filters let through.
func (p *Plan) ask(chosen *choice) {
	if chosen.everything {
		return
	}
	p.asked = map[*Case][]bool{}
	for _, g := range p.groups() {
		for _, c := range g.cases {
			text, labels := g.name+" "+c.title()+" ", c.labels()
			for i, check := range c.checks {
				if !chosen.has(text+check.Says, g.labels, labels, check.labels()) {
					continue
				}
				if p.asked[c] == nil {
					p.asked[c] = make([]bool, len(c.checks))
				}
				p.asked[c][i] = true
			}
		}
	}
}
