package conformance

import "github.com/concord-api/concord/conformance/report"

// Outcome is what became of a check in a case. The zero Outcome is none: the
// check was not asked for.
type Outcome uint8

// The outcomes.
const (
	Held         Outcome = iota + 1
	Broken               // a must
	Warned               // a should
	Known                // broken or warned of, and in the baseline
	Skipped              // the case was not tried
	Inapplicable         // no answer was of the kind that the check is about

	outcomes
)

// String is the outcome as reports write it.
func (o Outcome) String() string {
	switch o {
	case Held:
		return report.Held
	case Broken:
		return report.Broken
	case Warned:
		return report.Warned
	case Known:
		return report.Known
	case Skipped:
		return report.Skipped
	case Inapplicable:
		return report.Inapplicable
	}
	return "not asked for"
}

// Verdict is the outcome of one check in one case.
type Verdict struct {
	Case     *Case
	Check    *Check
	Outcome  Outcome
	Reason   string    // why it was skipped
	Failures []Failure // one for each answer that misses the demand
}

// judge holds what came of a case to a check.
func judge(c *Case, check *Check, played *Played) Verdict {
	v := Verdict{Case: c, Check: check, Outcome: Inapplicable}
	if played.Skip != "" {
		v.Outcome, v.Reason = Skipped, played.Skip
		return v
	}
	for _, x := range played.rounds(c) {
		if x.Undecided != "" || x.step.Setup || !x.Answered() && !check.Unanswered {
			continue
		}
		if check.Applies != nil && !check.Applies(x) {
			continue
		}
		if v.Outcome == Inapplicable {
			v.Outcome = Held
		}
		if err := check.Run(x); err != nil {
			v.Failures = append(v.Failures, fail(check, x, err))
		}
	}
	if len(v.Failures) > 0 {
		v.Outcome = Broken
		if check.Severity == Should {
			v.Outcome = Warned
		}
	}
	return v
}

// judge reaches the verdicts on a case that was played. Of those that are no
// failures, the outcome is all that is kept.
func (p *Plan) judge(c *Case, played *Played) {
	played.Outcomes = make([]Outcome, len(c.checks))
	played.failures = nil
	for i, check := range c.checks {
		if !p.asks(c, i) {
			continue
		}
		v := p.settle(judge(c, check, played))
		played.Outcomes[i] = v.Outcome
		if len(v.Failures) > 0 {
			played.fail(i, v.Failures)
		}
	}
}

// asks tells whether the run asks for the i-th check of a case.
func (p *Plan) asks(c *Case, i int) bool { return p.asked == nil || p.asked[c] != nil && p.asked[c][i] }

// asksAny tells whether the run asks for any check of a case.
func (p *Plan) asksAny(c *Case) bool { return p.asked == nil || p.asked[c] != nil }
