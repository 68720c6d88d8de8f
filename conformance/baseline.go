package conformance

import (
	"os"
	"path/filepath"

	"github.com/concord-api/concord/conformance/report"
)

// entry is a verdict as a baseline knows it.
func entry(v Verdict) report.Entry {
	e := report.Entry{Check: v.Check.ID, Case: v.Case.ID}
	if v.Case.Operation != nil {
		e.Operation = v.Case.Operation.ID
	}
	return e
}

// settle hides the secrets of the run in a verdict, and lets a failure of the
// baseline pass as known.
func (p *Plan) settle(v Verdict) Verdict {
	for i := range v.Failures {
		v.Failures[i].mask(p.hide)
	}
	if (v.Outcome == Broken || v.Outcome == Warned) && p.known.Has(entry(v)) {
		v.Outcome = Known
	}
	return v
}

// baseline tells how the results stand to the baseline; nil where there is none.
func (r *Results) baseline() *report.Baseline {
	if r.Plan.known == nil {
		return nil
	}
	out := &report.Baseline{File: r.Plan.Config.Baseline, Known: r.Count(Known), New: r.Count(Broken) + r.Count(Warned), Healed: []report.Entry{}, Gone: []report.Entry{}}
	for v := range r.Verdicts() {
		if e := entry(v); v.Outcome == Held && r.Plan.known.Has(e) {
			out.Healed = append(out.Healed, e)
		}
	}
	planned := map[string]bool{}
	for _, c := range r.Plan.Cases {
		for _, check := range c.checks {
			planned[entry(Verdict{Case: c, Check: check}).Fingerprint()] = true
		}
	}
	for _, fingerprint := range sortedKeys(r.Plan.known) {
		if len(r.Plan.Config.Phases) == 0 && !planned[fingerprint] {
			out.Gone = append(out.Gone, r.Plan.known[fingerprint])
		}
	}
	return out
}

// updateBaseline writes the failures of a run into the baseline. What the run did
// not try stays, and so do notes.
func (r *Results) updateBaseline() error {
	file := r.Plan.Config.Baseline
	next := report.Failures{}
	for fingerprint, e := range r.Plan.known {
		next[fingerprint] = e
	}
	for v := range r.Verdicts() {
		e := entry(v)
		switch v.Outcome {
		case Broken, Warned, Known:
			if !next.Has(e) {
				next[e.Fingerprint()] = e
			}
		case Held:
			delete(next, e.Fingerprint())
		}
	}
	for _, e := range r.Baseline.Gone {
		delete(next, e.Fingerprint())
	}
	temporary, err := os.CreateTemp(filepath.Dir(file), ".concord-baseline-*")
	if err != nil {
		return usage("write baseline: %w", err)
	}
	defer os.Remove(temporary.Name())
	err = next.Write(temporary)
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(temporary.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(temporary.Name(), file)
	}
	if err != nil {
		return usage("write baseline: %w", err)
	}
	return nil
}
