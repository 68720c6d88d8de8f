package conformance

import (
	"iter"
	"time"

	"github.com/concord-api/concord/conformance/report"
	"github.com/concord-api/concord/spec"
)

// Results is all that a run found: what the console prints, and what each
// report reads. It grows with the cases and failures of a run, and hardly with
// its exchanges.
type Results struct {
	Plan    *Plan
	Started time.Time
	Took    time.Duration
	Played  Record // what came of the cases
	Sent    int    // requests, repeats not counted
	Silent  int    // of them without an answer
	Waits   []Wait // for throttling that no case asked for
	Mock    bool   // the target is Concord's mock
	Cut     bool   // the run ended early: what is here is what was known by then

	Guest      *Guest             // what the run made, nil where nothing was sent
	Baseline   *report.Baseline   // how the run stands to it, nil without one
	Comparison *report.Comparison // with another target, nil without one

	counts  [outcomes]int
	grid    *grid
	took    map[*spec.Operation][]time.Duration // until answers came
	secrets map[string]string                   // that were sent, and the variables that stand for them
}

func newResults(p *Plan) *Results {
	return &Results{
		Plan: p, Started: time.Now(), Played: Record{}, grid: newGrid(p.Config.Document),
		took: map[*spec.Operation][]time.Duration{}, secrets: map[string]string{},
	}
}

// take adds what came of a case that is judged, and lets go of what nobody will
// ask for any more.
func (r *Results) take(c *Case, p *Played) {
	r.Played[c.ID] = p
	for _, o := range p.Outcomes {
		r.counts[o]++
	}
	p.Sent = len(p.Exchanges)
	for i, x := range p.Exchanges {
		r.Sent += x.Aside
		x.Request.secrets(r.secrets)
		p.Took += x.Took
		if op := c.Steps[i].Operation; op != nil && x.Answered() {
			r.took[op] = append(r.took[op], x.Took)
		}
		if x.Request.Method == "" {
			continue
		}
		r.Sent += 1 + len(x.Again)
		if !x.Answered() {
			r.Silent++
		}
		r.Waits = append(r.Waits, x.Waits...)
	}
	if c.Operation != nil {
		r.grid.exercise(c, p)
	}
	p.release(c, r.Plan.keeps(p))
	c.giveBack()
}

// keeps tells whether the exchanges of a case are kept after it was judged.
func (p *Plan) keeps(played *Played) bool {
	return p.Config.KeepExchanges || p.keepFailed && len(played.failures) > 0
}

// finish ends the account.
func (r *Results) finish() {
	r.Took = time.Since(r.Started)
	r.Baseline = r.baseline()
}

// Verdicts yields the verdicts that were reached, in the order of the plan.
func (r *Results) Verdicts() iter.Seq[Verdict] {
	return func(yield func(Verdict) bool) {
		for _, c := range r.Plan.Cases {
			p := r.Played[c.ID]
			if p == nil {
				continue
			}
			for i, outcome := range p.Outcomes {
				if outcome != 0 && !yield(p.verdict(c, i)) {
					return
				}
			}
		}
	}
}

// A Finding is what is wrong for one cause: the failures of one check whose
// answers miss it in the same way.
type Finding struct {
	Check    *Check
	Outcome  Outcome // Broken, Warned or Known
	Failures []Found
}

// Found is a failure and the verdict that it led to.
type Found struct {
	Verdict Verdict
	Failure Failure
}

// Findings groups the failures with an outcome by cause, in the order of the
// plan.
func (r *Results) Findings(outcome Outcome) []*Finding {
	return findings(func(yield func(Verdict) bool) {
		for v := range r.Verdicts() {
			if v.Outcome == outcome && !yield(v) {
				return
			}
		}
	})
}

// findings groups the failures of verdicts by cause.
func findings(verdicts iter.Seq[Verdict]) []*Finding {
	var findings []*Finding
	byCause := map[string]*Finding{}
	for v := range verdicts {
		for _, f := range v.Failures {
			if byCause[f.cause] == nil {
				byCause[f.cause] = &Finding{Check: v.Check, Outcome: v.Outcome}
				findings = append(findings, byCause[f.cause])
			}
			byCause[f.cause].Failures = append(byCause[f.cause].Failures, Found{v, f})
		}
	}
	return findings
}

// checks lists the ids of the checks that noticed the cause.
func (f *Finding) checks() []string {
	var out []string
	for _, found := range f.Failures {
		if id := found.Verdict.Check.ID; !contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// cases lists the cases that show the cause.
func (f *Finding) cases() []*Case {
	var out []*Case
	seen := map[*Case]bool{}
	for _, found := range f.Failures {
		if at := found.Verdict.Case; !seen[at] {
			seen[at] = true
			out = append(out, at)
		}
	}
	return out
}

// Count is how many verdicts have an outcome.
func (r *Results) Count(o Outcome) int { return r.counts[o] }

// Checked is how many verdicts were reached.
func (r *Results) Checked() int {
	return r.Count(Held) + r.Count(Broken) + r.Count(Warned) + r.Count(Known)
}

// Conforms tells whether no check is broken, at least one was held, and the run
// came to its end.
func (r *Results) Conforms() bool {
	broken := r.Count(Broken)
	if r.Plan.Config.Strict {
		broken += r.Count(Warned)
	}
	return broken == 0 && r.Checked() > 0 && !r.Cut
}

// differs tells whether another target was found to differ.
func (r *Results) differs() bool {
	return r.Comparison != nil && len(r.Comparison.Differences) > 0
}

// SkippedCases maps why cases were skipped to their ids.
func (r *Results) SkippedCases() map[string][]string {
	out := map[string][]string{}
	for _, c := range r.Plan.Cases {
		if p := r.Played[c.ID]; p != nil && p.Skip != "" {
			out[p.Skip] = append(out[p.Skip], c.ID)
		}
	}
	return out
}
