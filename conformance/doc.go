// Package conformance checks a server at any base URL against a contract and a
// script, the same that the mock plays.
//
// Data flows one way. The phases make [Case]s from contract and script, each with
// the requests to send and what to expect ([NewPlan]). A run sends them, each
// once, and records the [Exchange]s. Each [Check] of the [Catalogue] looks at
// what was recorded, and says whether its demand was held ([Verdict]). What all
// of it comes to are the [Results], which the console prints and reports read.
//
// There are four ways in: [Run] is a plain function; [Describe] adds the same
// cases and checks to a Ginkgo suite, as containers and nodes with labels;
// [Verify] runs that suite from a main function, without the Go toolchain; and
// the matchers [ConformTo], [HaveProblem] and [HaveHeader] assert on single
// responses in tests of any kind.
//
// A phase is a file and a row in phases.go; a check is a variable of type
// [Check] and a row in checks.go.
package conformance
