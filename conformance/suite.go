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
	results *Results
	ahead   map[*Case]bool // cases that the nodes to run need, as far as can be told
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
// each operation, in it one for each scenario and workflow and one for each other
// phase, in it a node for each check. Call it before RunSpecs, at the top level or
// in a test function; its error is a [*UsageError].
//
// Cases that the run's filters may tell apart get nodes of their own: by their
// labels where there is a label filter, by their names where there is a focus or
// a skip.
//
// It makes all exchanges in a SynchronizedBeforeSuite node, of which a suite has
// one: set [Config.OnDemand] where there is another.
func Describe(c Config) error {
	p, err := NewPlan(c)
	if err != nil {
		return err
	}
	filters, _ := ginkgo.GinkgoConfiguration()
	p.keepFailed = filters.ParallelTotal > 1
	s := newSuite(context.Background(), p)
	s.tree(filters)
	s.around()
	return nil
}

// newSuite is for a run that ends early where ctx does.
func newSuite(ctx context.Context, p *Plan) *suite {
	return &suite{plan: p, outer: ctx, results: newResults(p), ahead: map[*Case]bool{}}
}

// around adds what runs before and after the nodes.
func (s *suite) around() {
	if !s.plan.Config.OnDemand {
		ginkgo.SynchronizedBeforeSuite(s.playAhead, s.takeRecord)
	}
	ginkgo.ReportAfterSuite("Concord has checked something", s.demandVerdicts)
	ginkgo.ReportAfterSuite("Concord has removed what it made", s.tidy)
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
		if s.ahead[c] {
			cases = append(cases, c)
		}
	}
	session.player.all(ctx, cases, s.plan.judge, s.take)
	if filters, _ := ginkgo.GinkgoConfiguration(); filters.ParallelTotal <= 1 {
		return nil // there is no other process to tell
	}
	data, err := s.results.Played.encode()
	if err != nil {
		ginkgo.Fail(err.Error())
	}
	return data
}

func (s *suite) take(c *Case, played *Played) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.results.take(c, played)
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
	s.results.Played = record
}

// played is what came of a case, which is sent now where it was not before.
func (s *suite) played(ctx context.Context, c *Case) (*Played, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.results.Played[c.ID]; p != nil {
		s.plan.recall(c, p)
		return p, nil
	}
	session, err := s.run.open(ctx, s.plan)
	if err != nil {
		return nil, err
	}
	played := session.player.play(ctx, c)
	s.plan.judge(c, played)
	session.player.taken(c, played, s.plan.judge, s.results.take)
	return played, nil
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
	what := v.Check.Says
	if len(v.Failures) > 0 {
		what = v.Failures[0].Headline
	}
	b.WriteString(what + " (" + v.Check.ID + ", " + string(v.Check.Severity) + ")")
	for _, f := range v.Failures {
		b.WriteString("\n\n" + f.String())
	}
	return b.String()
}
