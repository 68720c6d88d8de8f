// Package scenarios is the script: what a client sends, what comes back, and
// what an API does that its contract cannot say.
//
// A script is written once and read twice. The mock answers a request that
// matches a [Scenario] with the scenario's response; the suite sends the
// scenario's request and expects its response. [Load] reads the files of a
// script against a [spec.Document] and holds it to that contract: a scenario
// that could not be played truly is refused with its file, line and column, all
// such faults at once.
//
// For the mock there are [Script.Find], which finds the scenario of a request,
// and [Scenario.Play], which makes its answer: what can be worked out when the
// script is loaded is worked out there, so that an answer without expressions
// is bytes that are already encoded. For the suite there are
// [Scenario.Request], which renders what to send to a target, and
// [Response.Claims], which says what the target's answer must have and checks
// it.
//
// Expressions are CEL (https://cel.dev) inside ${…}, type-checked against the
// contract when they are loaded and limited in cost when they run.
package scenarios
