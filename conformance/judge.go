package conformance

// Outcome is what became of a check in a case.
type Outcome string

// The outcomes.
const (
	Held         Outcome = "held"
	Broken       Outcome = "broken"       // a must
	Warned       Outcome = "warned"       // a should
	Known        Outcome = "known"        // broken or warned of, and in the baseline
	Skipped      Outcome = "skipped"      // the case was not tried
	Inapplicable Outcome = "inapplicable" // no answer was of the kind that the check is about
)

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
	if played == nil {
		v.Outcome, v.Reason = Skipped, "it was not sent"
		return v
	}
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
