package problem

import (
	"errors"
	"fmt"
)

// A Severity tells how much a fault weighs, in the words of RFC 2119.
type Severity string

// The severities of rules.
const (
	Must   Severity = "must"   // the RFC, or the form itself, leaves no choice
	Should Severity = "should" // recommended, or a custom that the RFC only shows
)

// A Rule is one demand on an answer that means to be a problem. Rules about a
// member apply where the member is there: RFC 9457 demands none (§3.1), and which
// ones an API promises is for its contract to say.
type Rule struct {
	ID       string   // stable, such as "problem.status"
	Severity Severity // whether breaking it is a fault or a weakness
	Says     string   // the demand, as a sentence
	Source   string   // where it is written
	Why      string   // what goes wrong for clients where it is not met
	Right    string   // an answer that meets it
	Wrong    string   // one that does not

	// Applies tells whether the answer has what the rule is about.
	Applies func(*Answer) bool
	// Check returns what is wrong. It must be called only where the rule applies.
	Check func(*Answer) error
}

// A Fault is a rule that an answer breaks.
type Fault struct {
	Rule Rule
	Err  error // what was found
}

// String returns the fault as "problem.status: status is a string, not a number".
func (f Fault) String() string { return f.Rule.ID + ": " + f.Err.Error() }

// Check holds an answer to all [Rules], and returns the faults in their order; none
// means that it has the shape of RFC 9457. The status is that of the HTTP response,
// contentType the value of its header.
func Check(status int, contentType string, body []byte) []Fault {
	answer := NewAnswer(status, contentType, body)
	var faults []Fault
	for _, rule := range Rules {
		if !rule.Applies(answer) {
			continue
		}
		if err := rule.Check(answer); err != nil {
			faults = append(faults, Fault{rule, err})
		}
	}
	return faults
}

// An Answer is an HTTP answer, read once for all rules.
type Answer struct {
	Status      int    // HTTP status
	ContentType string // value of the header Content-Type

	members Extensions
	bodyErr error // why the body is not an object
}

// NewAnswer reads an answer. It keeps no reference to body.
func NewAnswer(status int, contentType string, body []byte) *Answer {
	a := &Answer{Status: status, ContentType: contentType}
	if len(body) == 0 {
		a.bodyErr = errors.New("there is no body")
		return a
	}
	a.members, a.bodyErr = readObject(body)
	return a
}

// has returns an Applies for rules about a member.
func has(name string) func(*Answer) bool {
	return func(a *Answer) bool {
		_, ok := a.members.Get(name)
		return ok
	}
}

// hasText returns an Applies for rules about what a member says as a string.
func hasText(name string) func(*Answer) bool {
	return func(a *Answer) bool {
		value, _ := a.members.Get(name)
		return kindOf(value) == '"'
	}
}

// text returns the member as a string, or an error that says what it is instead.
func (a *Answer) text(name string) (string, error) {
	value, _ := a.members.Get(name)
	text, ok := stringValue(value)
	if !ok {
		return "", fmt.Errorf("%s is %s, not a string", name, kindName(kindOf(value)))
	}
	return text, nil
}
