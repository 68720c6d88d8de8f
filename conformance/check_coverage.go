package conformance

import (
	"net/http"

	"github.com/concord-api/concord/conformance/coverage"
)

// noServerError demands that no request at all makes the server fail.
var noServerError = Check{
	ID:       "coverage.no-server-error",
	Severity: Must,
	Says:     "no request, however wrong, is answered by a 5xx",
	Source:   "RFC 9110 §15.5, §15.6: what is wrong with a request is a client's error",
	For:      topic(Coverage),
	Applies:  func(x *Exchange) bool { return x.step.trial != nil && x.step.trial.at != nil },
	Run: func(x *Exchange) error {
		if x.Response.Status >= http.StatusInternalServerError {
			return &Mismatch{x.step.trial.wanted(), statusText(x.Response.Status)}
		}
		return nil
	},
}

// What the contract does not allow is refused, what it allows is accepted. The
// looser of two checks is for what standards leave room for, and for what
// contracts seldom mean to say.
var (
	negativeRefused         = trialCheck("negative.refused", Must, "a request that breaks the contract is refused", coverage.Refuse)
	negativeRefusedLoosely  = trialCheck("negative.refused-strictly", Should, "a request that breaks the contract is refused, also where servers may be lenient", coverage.Refuse)
	positiveAccepted        = trialCheck("positive.accepted", Must, "a request that keeps the contract is accepted", coverage.Accept)
	positiveAcceptedLoosely = trialCheck("positive.accepted-widely", Should, "a request that keeps the contract is accepted, also where it is unusual", coverage.Accept)
)

// trialCheck makes a check of the cases that want the same of a server. Of an
// answer that came to it, either the statuses that refuse or a 2xx.
func trialCheck(id string, severity Severity, says string, want coverage.Want) Check {
	is := func(s *Step) bool {
		return s.trial != nil && s.trial.at != nil && s.trial.at.Want == want && s.trial.at.Sure == (severity == Must)
	}
	return Check{
		ID:       id,
		Severity: severity,
		Says:     says,
		Source:   "OpenAPI 3.1 §4.8.10 (parameters, requestBody); JSON Schema 2020-12 validation",
		For:      anyStep(is),
		Applies:  func(x *Exchange) bool { return is(x.step) && x.Response.Status < http.StatusInternalServerError },
		Run: func(x *Exchange) error {
			if accepted := x.Response.Status < http.StatusBadRequest; accepted == (want == coverage.Accept) {
				return nil
			}
			return &Mismatch{x.step.trial.wanted(), statusText(x.Response.Status)}
		},
	}
}

// survives demands that a server goes on after whatever was sent to it.
var survives = Check{
	ID:         "coverage.survives",
	Severity:   Must,
	Says:       "the server still answers the valid request after the wrong ones",
	Source:     "RFC 9110 §15.6",
	Unanswered: true,
	For: anyStep(func(s *Step) bool {
		return s.trial != nil && s.trial.at == nil
	}),
	Applies: func(x *Exchange) bool { return x.step.trial != nil && x.step.trial.at == nil && len(x.earlier) > 0 },
	Run: func(x *Exchange) error {
		switch {
		case !x.Answered():
			return &Mismatch{"an answer", x.Err}
		case x.Response.Status >= http.StatusInternalServerError:
			return &Mismatch{"an answer other than 5xx", statusText(x.Response.Status)}
		}
		return nil
	},
}

// wanted is what a trial wants of an answer.
func (t *trial) wanted() string {
	switch {
	case t.at == nil:
		return "the answer to a valid request"
	case t.at.Want == coverage.Accept:
		return "2xx"
	case t.at.Want == coverage.Survive:
		return "2xx or 4xx"
	}
	return "one of " + statusList(t.refusals)
}
