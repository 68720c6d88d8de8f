package conformance

import (
	"encoding/json"
	"errors"
)

// What must come of a change. A member that is read as it was before is held
// against a target; one that is another than both may be written in its own way.
var (
	changedApplied = Check{
		ID: "changed.applied", Severity: Must,
		Says:    "what a change was answered with a success for is changed",
		Source:  "RFC 9110 §9.3.4, RFC 5789 §2",
		Why:     "A client that is told of a success does not try again: what it wrote is lost without a word.",
		Right:   "PATCH /things/7 {\"name\": \"b\"} answers 200; GET /things/7 has the name b",
		Wrong:   "PATCH /things/7 {\"name\": \"b\"} answers 200; GET /things/7 has the name a, as before",
		For:     shows(compares),
		Applies: compared,
		Run:     staleMembers(func(w written) bool { return w.mustApply }),
	}
	changedWhole = Check{
		ID: "changed.whole", Severity: Should,
		Says:    "each member of a change is changed that the contract lets clients write and read",
		Source:  "RFC 5789 §2; RFC 9110 §9.3.4 leaves servers to store what they make of a representation",
		Why:     "A member that is ignored in silence looks to the client as if it were stored.",
		Right:   "PATCH /things/7 {\"name\": \"b\", \"size\": 2}; GET /things/7 has the name b and the size 2",
		Wrong:   "PATCH /things/7 {\"name\": \"b\", \"size\": 2}; GET /things/7 has the name b, and the size that it had before",
		For:     shows(compares),
		Applies: compared,
		Run:     staleMembers(func(w written) bool { return !w.mustApply && !ruled(w.name) }),
	}
)

// compared tells a read after a change that has something to compare.
func compared(x *Exchange) bool {
	if x.step.role != compares || !succeeded(x) {
		return false
	}
	change := x.Before(1)
	now, _ := x.step.resource.thingIn(x)
	return now != nil && len(x.step.resource.written(change.Operation(), &change.Request, x.Before(3))) > 0
}

// staleMembers returns a Run that lists members which are as they were before.
func staleMembers(of func(written) bool) func(*Exchange) error {
	return func(x *Exchange) error {
		var found []error
		for _, w := range x.step.resource.stale(x) {
			if of(w) {
				sent, _ := json.Marshal(w.sent)
				before, _ := json.Marshal(w.before)
				found = append(found, &Mismatch{w.name + " " + shorten(string(sent), 160), w.name + " " + shorten(string(before), 160) + ", as before"})
			}
		}
		return errors.Join(found...)
	}
}
