package conformance

import "slices"

// Severity tells how much a broken check weighs, in the words of RFC 2119.
type Severity string

// The severities.
const (
	Must   Severity = "must"   // the target does not conform
	Should Severity = "should" // a warning, unless the run is strict
)

// Check is one demand on what a target answers.
type Check struct {
	ID       string // stable: "retry-after.readable"
	Severity Severity
	Says     string // the demand, as a sentence
	Source   string // who demands it: sections of RFCs, of OpenAPI, the script
	Why      string // what goes wrong for clients where it is not met
	Right    string // an answer that meets it
	Wrong    string // one that does not

	// For tells whether a case can show the demand met; nil means that each can.
	// It looks at what is expected, not at what came.
	For func(c *Case) bool
	// Applies tells whether an answer falls under the demand; nil means that each
	// does.
	Applies func(x *Exchange) bool
	// Run says how the answer misses the demand, as a [*Mismatch] where there is
	// one thing wanted and one that came.
	Run func(x *Exchange) error
	// Unanswered lets the check also see exchanges without an answer.
	Unanswered bool
	// ByAnswer makes one cause of all misses with the same answer, whatever was
	// wanted instead.
	ByAnswer bool
}

// Mismatch is an error of a check that shows both sides.
type Mismatch struct{ Want, Got string }

// Error implements error.
func (m *Mismatch) Error() string { return "wanted " + m.Want + ", got " + m.Got }

// catalogue holds all checks in the order in which they look at an answer. A
// further check is a file, or a place in one, and a row here.
var catalogue = slices.Concat(
	[]*Check{
		&answered, &whole,
		&statusAsScripted, &mediaTypeAsScripted, &problemAsScripted, &errorsAsScripted,
		&headersAsScripted, &membersAsScripted, &conditionsAsScripted,
		&refusesCredentials, &challenge, &challengeScheme,
		&refusesUnknownPath, &refusesWrongMethod, &allow, &allowTruthful, &allowComplete,
		&refusesMalformed,
		&replayStatus, &replayHeaders, &replayBody, &replayBytes, &refusesKeyReuse, &keyMakesOne,
		&workflowCriteria,
		&createdReadable, &createdListed, &createdChangeable, &changedApplied, &changedWhole, &createdRemovable, &removedGone, &createdPrivate,
		&createdKept, &removedUnlisted, &keyPrivate,
		&locationResolves, &linkResolves,
		&headServed, &headStatus, &headHeaders, &headBody,
		&statusDocumented, &refusalDocumented, &mediaTypeDocumented, &bodyPresent, &bodyReadable, &bodySchema,
		&headersPresent, &headersSchema,
		&retryAfter,
		&noServerError, &negativeRefused, &negativeRefusedLoosely, &positiveAccepted, &positiveAcceptedLoosely, &blamesTheBroken, &survives,
		&steady,
	},
	problemChecks,
	bodyChecks, listChecks, headerChecks, leakChecks, driftChecks, rateLimitChecks, requestIDChecks,
	entryChecks, keyChecks, negotiationChecks,
)

// Catalogue lists all checks.
func Catalogue() []Check {
	checks := make([]Check, len(catalogue))
	for i, c := range catalogue {
		checks[i] = *c
	}
	return checks
}

// checksFor lists the checks that a case can be held to.
func checksFor(c *Case) []*Check {
	var checks []*Check
	for _, check := range catalogue {
		if check.For == nil || check.For(c) {
			checks = append(checks, check)
		}
	}
	return checks
}

// topic returns a For for the cases about one thing.
func topic(t Topic) func(*Case) bool {
	return func(c *Case) bool { return c.Topic == t }
}

// anyStep returns a For for cases with a judged step of some kind.
func anyStep(is func(*Step) bool) func(*Case) bool {
	return func(c *Case) bool {
		return slices.ContainsFunc(c.Steps, func(s *Step) bool { return !s.Setup && is(s) })
	}
}
