package scenarios

import (
	"time"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/source"
)

// Scenario is one exchange: a request and the answer to it, or the answers in
// their order.
type Scenario struct {
	Name        string
	Description string
	Operation   *spec.Operation
	Credentials string      // name of the credential that the request presents; "" is the run's own
	Responses   []*Response // never empty
	Then        Then        // what comes after the last response
	When        string      // the CEL condition that replaces the derived match; "" for none
	Verify      Verify
	Position    source.Position

	script *Script
	lang   *dialect
	total  int64 // of all repeats
	when   *program
	match  matcher
	sends  requestTemplate
	given  []reference // as written
	gifts  []gift
	faulty bool // something of it could not be read; it is not played to find more
}

// reference is a name of another scenario and where it stands.
type reference struct {
	name string
	at   source.Position
}

// Response is one scripted answer.
type Response struct {
	Status    int
	MediaType string // as it is sent, "application/problem+json"; "" where there is no body
	Repeat    int    // how often it is given before the next comes; 1 or more
	Delay     Delay
	Fault     Fault
	Offspec   bool     // breaks the contract on purpose
	Expect    []string // CEL conditions, as written
	Position  source.Position

	scenario *Scenario
	answer   answerTemplate
	written  *template // the body or the problem, for messages
	claims   Claims
}

// Then is what a sequence does after its last response.
type Then string

// The ends of sequences.
const (
	Stay        Then = "stay"        // the last response again and again; the default
	Cycle       Then = "cycle"       // the first response again
	Fallthrough Then = "fallthrough" // the scenario no longer matches
)

// Delay is how long an answer waits before it is sent: any time from Min to Max.
type Delay struct{ Min, Max time.Duration }

// Fault is a way in which the transport of an answer breaks.
type Fault string

// The faults of transport.
const (
	NoFault  Fault = ""
	Reset    Fault = "reset"    // the connection is reset before the answer
	Truncate Fault = "truncate" // the connection ends in the middle of the body
	Slow     Fault = "slow"     // the body comes in small pieces with pauses
)

// Verify is how the suite brings a real server into the state of a scenario.
type Verify struct {
	Burst int  // repeat the request at most so often, until the expected answer comes; 0 sends it once
	Noisy bool // left out of a run unless asked for
	// Harmless says that the request changes nothing, so that a run which must
	// not change anything may send it whatever its method.
	Harmless bool
}

// Given are the scenarios that bring a server into the state of this one: they
// are run before it, in this order.
func (sc *Scenario) Given() []*Scenario {
	var out []*Scenario
	for _, g := range sc.given {
		if other := sc.script.Scenario(g.name); other != nil {
			out = append(out, other)
		}
	}
	return out
}

// Sequential tells whether the scenario needs a position: it has more than one
// answer, or an end.
func (sc *Scenario) Sequential() bool {
	return len(sc.Responses) > 1 || sc.Then == Fallthrough
}

// At returns the response at a position of the sequence, counted from 0, and
// false where the sequence has ended and the scenario falls through.
func (sc *Scenario) At(position int64) (*Response, bool) {
	if position >= sc.total {
		switch sc.Then {
		case Fallthrough:
			return nil, false
		case Cycle:
			position %= sc.total
		default:
			return sc.Responses[len(sc.Responses)-1], true
		}
	}
	for _, r := range sc.Responses {
		if position -= int64(r.Repeat); position < 0 {
			return r, true
		}
	}
	return sc.Responses[len(sc.Responses)-1], true
}

// Steps lists the answers that one play of the whole sequence gives, each as
// often as it repeats: what the suite expects of as many requests.
func (sc *Scenario) Steps() []*Response {
	var out []*Response
	for _, r := range sc.Responses {
		for range r.Repeat {
			out = append(out, r)
		}
	}
	return out
}

// conditions are those on all answers.
func (sc *Scenario) conditions() []Condition {
	if len(sc.Responses) == 1 {
		return sc.Responses[0].claims.Expect
	}
	var out []Condition
	for _, r := range sc.Responses {
		out = append(out, r.claims.Expect...)
	}
	return out
}
