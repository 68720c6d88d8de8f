package conformance

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// A Topic is what a case is about. Checks that belong to one topic name it.
type Topic string

// The topics.
const (
	Scripted       Topic = "scenario"       // plays a scenario of the script
	Authentication Topic = "authentication" // must be refused for its credentials
	UnknownPath    Topic = "path"           // asks for what is not there
	WrongMethod    Topic = "method"         // asks with a method that is not there
	Malformed      Topic = "malformed"      // sends a body that cannot be read
	Replay         Topic = "replay"         // sends the same request and key again
	KeyReuse       Topic = "key-reuse"      // sends another request with the key of an earlier one
	Head           Topic = "head"           // asks for a GET's header only
	Coverage       Topic = "coverage"       // changes one thing of a valid request
	Lifecycle      Topic = "lifecycle"      // makes a thing, and looks what becomes of it
	Workflow       Topic = "workflow"       // plays a workflow of an Arazzo document
	Link           Topic = "link"           // follows a link of the contract
	SchemeCase     Topic = "scheme-case"    // writes the scheme of its credentials in other letters
	AuthFirst      Topic = "auth-first"     // lacks credentials, and is wrong in other ways
	AtOnce         Topic = "at-once"        // sends the same request and key twice at the same time
	Forgotten      Topic = "forgotten"      // uses a key again whose answer is not kept
	ErrorKept      Topic = "error-kept"     // uses a key again that was answered with an error
	KeyLength      Topic = "key-length"     // has a key as long as the contract allows, or longer
	Negotiation    Topic = "negotiation"    // accepts what nobody has
	UnknownType    Topic = "unknown-type"   // sends a media type that nobody reads
	Absent         Topic = "absent"         // asks for a thing that nobody made
	OtherPath      Topic = "other-path"     // asks for a path that is another by a slash or a letter
	RateLimit      Topic = "rate-limit"     // counts on being counted
)

// Case is one thing that the suite tries on a target. Cases are built from the
// contract and the script alone, the same in each process and each run.
type Case struct {
	ID        string          // stable and unique: "scenarios/createCustomer/customer-created"
	Phase     string          // name of the phase that made it
	Topic     Topic           // what it is about
	Operation *spec.Operation // nil where it is about none
	Name      string          // a sentence without its subject: "answers 404 customer-not-found"
	Labels    []string        // beyond those that every case has
	Steps     []*Step         // in the order in which they are sent
	Skip      string          // why it is not tried on any target, "" where it is
	Alone     bool            // runs after all others, one after another: it may disturb them, or they it
	Repeat    int             // how often each request that changes nothing is sent
	Late      bool            // runs after those that are not late, and their Alone ones: it may use up what they need

	checks  []*Check
	lender  *lender // has the steps while the case is not played, nil where they stay with it
	script  *scenarios.Script
	longest time.Duration         // the longest time for an answer, 0 for no limit
	giving  []*scenarios.Scenario // that are played for what they give, this one the last
}

// turn is when a case is played. A target that remembers is asked first for what
// the script says of it, then for what uses up what it has, and last to remove
// what the run's names lead to: nothing else could be asked of that any more.
type turn int

const (
	firstOfAll turn = iota
	inTheMiddle
	afterwards
	scriptedRemoval
	removal
	turns
)

func (c *Case) turn() turn {
	removes := c.Operation != nil && c.Operation.Method == http.MethodDelete && c.Topic != Lifecycle
	switch {
	case removes && c.Topic == Scripted:
		return scriptedRemoval
	case removes && c.Topic != Workflow:
		return removal
	case c.Topic == Scripted:
		return firstOfAll
	case c.Late:
		return afterwards
	}
	return inTheMiddle
}

// Step is one request of a case and what is expected of its answer.
type Step struct {
	Name      string          // what it is for, where the case has several
	Operation *spec.Operation // what the answer is held to, nil for none
	Expect    Expect
	Setup     bool // the step only leads up to a later one, so that few checks look at it
	Harmless  bool // the script says that it changes nothing, whatever its method
	Together  bool // it is sent at the same time as the step before it
	Burst     int  // at most how often it is sent until the expected status comes; 0 means once

	trial    *trial        // what a step of the coverage phase tries; it is sent whatever became of the steps before it
	role     role          // what it shows of a thing made, "" for nothing
	resource *resource     // what the thing is, nil for none
	workflow *workflowStep // what it plays of a workflow, nil for nothing
	first    int           // where the steps of its workflow begin in the case
	// follow makes a further request from the n-th answer, to be sent after a
	// pause; nil lets the answer stand, and so does no follow.
	follow func(b *builder, x *Exchange, n int) (next *Request, after time.Duration)
	gate   func(x *Exchange) (skip string) // says why an answer leaves nothing to judge in the case
	ends   func(x *Exchange) bool          // the case has no further steps after such an answer

	// build makes the request. It gets the exchanges of the steps before it. An
	// error that is a [*scenarios.UnsetError] skips the case.
	build func(b *builder, earlier []*Exchange) (*Request, error)
}

// Expect is what a step expects of its answer.
type Expect struct {
	Status  []string            // "404", "4XX"; none means any that is documented
	Because string              // who says so: a place in the script, an RFC
	Answer  *scenarios.Response // what the script claims of it, nil for nothing
}

// Accepts tells whether a status is among the expected ones.
func (e Expect) Accepts(status int) bool {
	for _, s := range e.Status {
		if matchesStatus(s, status) {
			return true
		}
	}
	return len(e.Status) == 0
}

// matchesStatus tells whether a status falls under one as contracts write it:
// "404", "4XX" or "default".
func matchesStatus(pattern string, status int) bool {
	if pattern == "default" {
		return true
	}
	s := strconv.Itoa(status)
	if len(pattern) == 3 && strings.EqualFold(pattern[1:], "XX") {
		return s[0] == pattern[0]
	}
	return s == pattern
}

// statusText is a status as people say it: "404 Not Found".
func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return strconv.Itoa(status) + " " + text
	}
	return strconv.Itoa(status)
}

// statusName is statusText for a status as contracts write it.
func statusName(pattern string) string {
	if n, err := strconv.Atoi(pattern); err == nil {
		return statusText(n)
	}
	return pattern
}

// String returns the expected statuses as people say them.
func (e Expect) String() string {
	if len(e.Status) == 0 {
		return "a documented status"
	}
	names := make([]string, len(e.Status))
	for i, s := range e.Status {
		names[i] = statusName(s)
	}
	return strings.Join(names, " or ")
}
