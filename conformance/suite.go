package conformance

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
)

// suite is a plan as a Ginkgo tree, and what has come of it in this process.
type suite struct {
	plan  *Plan
	outer context.Context // ends the run early
	run   runOnce

	mu      sync.Mutex
	record  Record
	results *Results
	ahead   map[string]bool // cases that the nodes to run need, as far as can be told
}

// runOnce reaches the target when it is first needed.
type runOnce struct {
	once    sync.Once
	session *session
	err     error
}

func (r *runOnce) open(ctx context.Context, p *Plan) (*session, error) {
	r.once.Do(func() { r.session, r.err = p.open(ctx) })
	return r.session, r.err
}

// Describe adds the suite to the Ginkgo tree that is being built: a container for
// each operation, in it one for each case, in it a node for each check. Call it
// before RunSpecs, at the top level or in a test function; its error is a
// [*UsageError].
//
// It makes all exchanges in a SynchronizedBeforeSuite node, of which a suite has
// one: set [Config.OnDemand] where there is another.
func Describe(c Config) error {
	p, err := NewPlan(c)
	if err != nil {
		return err
	}
	filters, _ := ginkgo.GinkgoConfiguration()
	p.describe(context.Background(), filters)
	return nil
}

// describe builds the tree for a run with filters, which ends early where ctx does.
func (p *Plan) describe(ctx context.Context, filters types.SuiteConfig) *suite {
	s := &suite{plan: p, outer: ctx, record: Record{}, results: newResults(p), ahead: map[string]bool{}}
	chosen := newChoice(filters)
	for _, g := range p.groups() {
		ginkgo.Describe(g.name, g.labels, func() {
			for _, c := range g.cases {
				s.container(g, c, chosen)
			}
		})
	}
	if !p.Config.OnDemand {
		ginkgo.SynchronizedBeforeSuite(s.playAhead, s.takeRecord)
	}
	ginkgo.ReportAfterSuite("Concord has checked something", s.demandVerdicts)
	ginkgo.ReportAfterSuite("Concord has removed what it made", s.tidy)
	return s
}

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

// suiteLabel is on every node.
const suiteLabel = "concord"

func (s *suite) container(g *group, c *Case, chosen *choice) {
	name := c.Phase + ": " + c.Name
	labels := makeLabels(append(c.statuses(), append([]string{c.Phase, string(c.Topic)}, c.Labels...)...))
	ginkgo.Context(name, labels, func() {
		for _, check := range c.checks {
			own := makeLabels([]string{check.ID, string(check.Severity)})
			if chosen.has(g.name+" "+name+" "+check.Says, g.labels, labels, own) {
				s.ahead[c.ID] = true
			}
			ginkgo.It(check.Says, own, func(ctx ginkgo.SpecContext) { s.node(ctx, c, check) })
		}
	})
}

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

// playAhead runs on the first process: it makes the exchanges that the nodes to
// run need.
func (s *suite) playAhead(node ginkgo.SpecContext) []byte {
	ctx, cancel := context.WithCancel(node)
	defer cancel()
	defer context.AfterFunc(s.outer, cancel)()
	session, err := s.run.open(ctx, s.plan)
	if err != nil {
		ginkgo.Fail(err.Error())
	}
	var cases []*Case
	for _, c := range s.plan.Cases {
		if s.ahead[c.ID] {
			cases = append(cases, c)
		}
	}
	record := session.player.all(ctx, cases)
	s.mu.Lock()
	s.record = record // the other function does not run where the run is cut short
	s.mu.Unlock()
	if filters, _ := ginkgo.GinkgoConfiguration(); filters.ParallelTotal <= 1 {
		return nil // there is no other process to tell
	}
	data, err := record.encode()
	if err != nil {
		ginkgo.Fail(err.Error())
	}
	return data
}

// takeRecord runs on each process. Without data, the record is this process's own.
func (s *suite) takeRecord(data []byte) {
	if data == nil {
		return
	}
	record, err := decodeRecord(data)
	if err != nil {
		ginkgo.Fail(err.Error())
	}
	s.record = record
}

// played is what came of a case, which is sent now where it was not before.
func (s *suite) played(ctx context.Context, c *Case) (*Played, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.record[c.ID]; p != nil {
		return p, nil
	}
	session, err := s.run.open(ctx, s.plan)
	if err != nil {
		return nil, err
	}
	played := session.player.play(ctx, c)
	session.player.memory.note(c, played)
	s.record[c.ID] = played
	return played, nil
}

// node asserts one check of one case on what was recorded.
func (s *suite) node(ctx context.Context, c *Case, check *Check) {
	played, err := s.played(ctx, c)
	if err != nil {
		ginkgo.Fail(err.Error())
	}
	v := s.plan.settle(judge(c, check, played))
	s.mu.Lock()
	s.results.add(v)
	s.results.played(c, played)
	s.mu.Unlock()
	if check == c.checks[len(c.checks)-1] {
		played.forget(c)
	}
	switch {
	case v.Outcome == Skipped:
		ginkgo.Skip(v.Reason)
	case v.Outcome == Inapplicable:
		ginkgo.Skip("no answer was of the kind that this is about")
	case v.Outcome == Broken, v.Outcome == Warned && s.plan.Config.Strict:
		ginkgo.Fail(v.String())
	case v.Outcome == Warned:
		ginkgo.AddReportEntry("warning", v.String(), ginkgo.ReportEntryVisibilityAlways)
	}
}

// judgeRest reaches the verdicts that the nodes of a run which was cut short did
// not come to.
func (s *suite) judgeRest() {
	s.mu.Lock()
	defer s.mu.Unlock()
	type pair struct {
		c     *Case
		check *Check
	}
	judged := map[pair]bool{}
	for _, v := range s.results.Verdicts {
		judged[pair{v.Case, v.Check}] = true
	}
	for _, c := range s.plan.Cases {
		played := s.record[c.ID]
		if played == nil {
			continue
		}
		for _, check := range c.checks {
			if !judged[pair{c, check}] {
				s.results.add(judge(c, check, played))
			}
		}
		s.results.played(c, played)
	}
}

// tidy removes what this process made on the target.
func (s *suite) tidy(ginkgo.Report) {
	if s.run.session == nil {
		return
	}
	for _, left := range s.run.session.tidy(s.outer).Left {
		ginkgo.AddReportEntry("left on the target", left.URL+": "+left.Why)
	}
}

// demandVerdicts fails a run that has checked nothing.
func (s *suite) demandVerdicts(report ginkgo.Report) {
	if report.SuiteConfig.DryRun || !report.SuiteSucceeded {
		return
	}
	reasons := map[string]int{}
	for _, spec := range report.SpecReports {
		labels := spec.Labels()
		if !contains(labels, suiteLabel) {
			continue
		}
		if spec.State.Is(types.SpecStatePassed | types.SpecStateFailureStates) {
			return
		}
		reasons[spec.Failure.Message]++
	}
	ginkgo.Fail("nothing was checked: " + whyNothing(s.plan, reasons))
}

// whyNothing says why a run has no verdict.
func whyNothing(p *Plan, reasons map[string]int) string {
	delete(reasons, "")
	switch {
	case p.Config.Document.Size() == 0:
		return "the contract has no operations"
	case len(p.Cases) == 0:
		return "the phases that were chosen have no cases"
	case len(reasons) == 0:
		return "no node matches the filter"
	}
	most, n := "", 0
	for _, reason := range sortedKeys(reasons) {
		if reasons[reason] > n {
			most, n = reason, reasons[reason]
		}
	}
	return "everything was skipped, mostly (" + strconv.Itoa(n) + " times) because " + most
}

// String tells the verdict's failures.
func (v Verdict) String() string {
	var b strings.Builder
	b.WriteString(v.Check.Says + " (" + v.Check.ID + ", " + string(v.Check.Severity) + ")")
	for _, f := range v.Failures {
		b.WriteString("\n\n" + f.String())
	}
	return b.String()
}
