package conformance

import (
	"slices"
	"time"

	"github.com/concord-api/concord/conformance/report"
)

// Results is all that a run found: what the console prints, and what each
// report reads.
type Results struct {
	Plan     *Plan
	Started  time.Time
	Took     time.Duration
	Verdicts []Verdict          // in the order of the plan
	Played   map[string]*Played // by the id of the case
	Sent     int                // requests, repeats not counted
	Silent   int                // of them without an answer
	Waits    []Wait             // for throttling that no case asked for
	Mock     bool               // the target is Concord's mock
	Cut      bool               // the run ended early: what is here is what was known by then

	Guest      *Guest             // what the run made, nil where nothing was sent
	Baseline   *report.Baseline   // how the run stands to it, nil without one
	Comparison *report.Comparison // with another target, nil without one
}

func newResults(p *Plan) *Results {
	return &Results{Plan: p, Started: time.Now(), Played: map[string]*Played{}}
}

func (r *Results) add(v Verdict) { r.Verdicts = append(r.Verdicts, v) }

// played adds what came of a case.
func (r *Results) played(c *Case, p *Played) {
	if p == nil || r.Played[c.ID] != nil {
		return
	}
	r.Played[c.ID] = p
	for _, x := range p.Exchanges {
		r.Sent += x.Aside
		if x.Request.Method == "" {
			continue
		}
		r.Sent += 1 + len(x.Again)
		if !x.Answered() {
			r.Silent++
		}
		r.Waits = append(r.Waits, x.Waits...)
	}
}

// finish puts the verdicts into the order of the plan.
func (r *Results) finish() {
	r.Took = time.Since(r.Started)
	place := make(map[*Case]int, len(r.Plan.Cases))
	for i, c := range r.Plan.Cases {
		place[c] = i
	}
	slices.SortStableFunc(r.Verdicts, func(a, b Verdict) int { return place[a.Case] - place[b.Case] })
	r.Baseline = r.baseline()
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
	var findings []*Finding
	byCause := map[string]*Finding{}
	for _, v := range r.Verdicts {
		if v.Outcome != outcome {
			continue
		}
		for _, f := range v.Failures {
			if byCause[f.cause] == nil {
				byCause[f.cause] = &Finding{Check: v.Check, Outcome: outcome}
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
func (r *Results) Count(o Outcome) int {
	n := 0
	for _, v := range r.Verdicts {
		if v.Outcome == o {
			n++
		}
	}
	return n
}

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
