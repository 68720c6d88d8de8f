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
	Why:      "A 5xx says that the server is at fault, so that clients repeat the request, alarms ring, and an attacker knows where to look.",
	Right:    "{\"age\": \"many\"}: 422 Unprocessable Content",
	Wrong:    "{\"age\": \"many\"}: 500 Internal Server Error",
	For:      topic(Coverage),
	ByAnswer: true,
	Applies:  func(x *Exchange) bool { return x.step.trial != nil && (x.step.trial.at != nil || x.step.trial.alone) },
	Run: func(x *Exchange) error {
		if x.Response.Status >= http.StatusInternalServerError && !onlyFails(x.Operation()) {
			return &Mismatch{x.step.trial.wanted(), statusText(x.Response.Status)}
		}
		return nil
	},
}

// What the contract does not allow is refused, what it allows is accepted. The
// looser of two checks is for what standards leave room for, and for what
// contracts seldom mean to say.
var (
	negativeRefused = trialCheck("negative.refused", Must, "a request that breaks the contract is refused", coverage.Refuse, explained{
		"What the contract does not allow must not get in: it is stored, and breaks whoever reads it later.",
		`maxLength: 5; {"name":"abcdef"}: 422 Unprocessable Content`,
		`maxLength: 5; {"name":"abcdef"}: 201 Created`,
	})
	negativeRefusedLoosely = trialCheck("negative.refused-strictly", Should, "a request that breaks the contract is refused, also where servers may be lenient", coverage.Refuse, explained{
		"A server that is lenient hides faults of its clients, until one is not. Standards leave room for it, so that this is a should.",
		"a member that the contract forbids: 422 Unprocessable Content",
		"a member that the contract forbids: 201 Created",
	})
	positiveAccepted = trialCheck("positive.accepted", Must, "a request that keeps the contract is accepted", coverage.Accept, explained{
		"Clients written from the contract send what it allows, and are refused in production.",
		`maxLength: 5; {"name":"abcde"}: 201 Created`,
		`maxLength: 5; {"name":"abcde"}: 422 Unprocessable Content`,
	})
	positiveAcceptedLoosely = trialCheck("positive.accepted-widely", Should, "a request that keeps the contract is accepted, also where it is unusual", coverage.Accept, explained{
		"The contract allows it; a server that refuses it has a rule that its clients cannot know. Contracts seldom say all, so that this is a should.",
		`{"name":"Zoë 🙂"}: 201 Created`,
		`{"name":"Zoë 🙂"}: 422 Unprocessable Content`,
	})
)

// trialCheck makes a check of the cases that want the same of a server. Of an
// answer that came to it, either the statuses that refuse or a 2xx.
func trialCheck(id string, severity Severity, says string, want coverage.Want, why explained) Check {
	is := func(s *Step) bool {
		return s.trial != nil && s.trial.at != nil && s.trial.at.Want == want && s.trial.at.Sure == (severity == Must)
	}
	return Check{
		ID:       id,
		Severity: severity,
		Says:     says,
		Source:   "OpenAPI 3.1 §4.8.10 (parameters, requestBody); JSON Schema 2020-12 validation",
		Why:      why.why,
		Right:    why.right,
		Wrong:    why.wrong,
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
	Why:        "A request that takes a worker, a lock or a connection with it harms the clients that come after.",
	Right:      "a body of a thousand nested arrays: 400; the valid request after it: 200",
	Wrong:      "a body of a thousand nested arrays: no answer; the valid request after it: no answer",
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
	case t.alone:
		return "2xx or 4xx"
	case t.at == nil:
		return "the answer to a valid request"
	case t.at.Want == coverage.Accept:
		return "2xx"
	case t.at.Want == coverage.Survive:
		return "2xx or 4xx"
	}
	return "one of " + statusList(t.refusals)
}
