package report

import (
	"slices"
	"time"
)

// Version is the version of the JSON report's format. A member that is added
// leaves it; a member that goes, or means something else, raises it.
const Version = 1

// SchemaURL is where the schema of the JSON report can be had; the same file is
// results.schema.json beside this one.
const SchemaURL = "https://raw.githubusercontent.com/concord-api/concord/main/conformance/report/results.schema.json"

// Run is all that a report tells of one run: the model that each format reads,
// and, as JSON, a format itself. Everything in it is text that may be shown:
// secrets are masked before it is made.
type Run struct {
	Schema   string   `json:"$schema"`
	Version  int      `json:"version"`
	Tool     Tool     `json:"tool"`
	Contract Contract `json:"contract"`
	Target   Target   `json:"target"`

	Started    time.Time `json:"started"`
	DurationMS float64   `json:"duration_ms"`

	Outcome string `json:"outcome"` // "conforms", "broken", "nothing" or "cut"
	Why     string `json:"why,omitempty"`
	Strict  bool   `json:"strict"` // whether a warning breaks the run
	Counts  Counts `json:"counts"`

	Checks     []Check     `json:"checks"`   // that were held, broken or warned of
	Findings   []Finding   `json:"findings"` // broken first, then warnings, then what was known
	Cases      []Case      `json:"cases"`    // in the order of the plan
	Matrix     []Row       `json:"matrix"`   // an operation each, in the contract's order
	Skipped    []Skip      `json:"skipped"`
	Timings    []Timing    `json:"timings"`
	Baseline   *Baseline   `json:"baseline,omitempty"`
	Comparison *Comparison `json:"comparison,omitempty"`
}

// The outcomes of a run.
const (
	Conforms = "conforms"
	Breaks   = "broken"
	Nothing  = "nothing" // nothing was checked
	Cut      = "cut"     // the run was cut short before anything was found broken
)

// The outcomes of a check in a case, and of a finding.
const (
	Held         = "held"
	Broken       = "broken"
	Warned       = "warned"
	Known        = "known" // broken or warned of, and in the baseline
	Skipped      = "skipped"
	Inapplicable = "inapplicable"
)

// Unexercised is the state of a cell of the matrix that no answer fell into.
// The other states are Held, Broken, Warned and Known.
const Unexercised = "unexercised"

// Tool is what made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Contract is what the target was held to.
type Contract struct {
	Title    string `json:"title"`
	Version  string `json:"version"`
	Location string `json:"location"`
}

// Target is what was held to it.
type Target struct {
	BaseURL string `json:"base_url"`
	Mock    bool   `json:"mock"` // it is Concord's own
}

// Counts are the numbers of a run. Held, Broken, Warned, Known, Skipped and
// Inapplicable count checks in cases.
type Counts struct {
	Held         int     `json:"held"`
	Broken       int     `json:"broken"`
	Warned       int     `json:"warned"`
	Known        int     `json:"known"`
	Skipped      int     `json:"skipped"`
	Inapplicable int     `json:"inapplicable"`
	Cases        int     `json:"cases"`
	SkippedCases int     `json:"skipped_cases"`
	Requests     int     `json:"requests"`
	Unanswered   int     `json:"unanswered"`
	Waits        int     `json:"waits"` // times that the target asked to come back later
	WaitedMS     float64 `json:"waited_ms"`
}

// Check is one demand.
type Check struct {
	ID       string `json:"id"`
	Severity string `json:"severity"` // "must" or "should"
	Says     string `json:"says"`
	Source   string `json:"source"`
	Why      string `json:"why,omitempty"`
}

// Finding is what is wrong for one cause, with every failure that it brought.
type Finding struct {
	Check    string    `json:"check"` // an id of Run.Checks, of the first failure
	Outcome  string    `json:"outcome"`
	Cause    []string  `json:"cause"` // the difference, line by line
	Failures []Failure `json:"failures"`
}

// Failure is one answer that misses a demand.
type Failure struct {
	Check       string   `json:"check"`       // an id of Run.Checks; several checks may notice one cause
	Fingerprint string   `json:"fingerprint"` // the same in each run: of check, operation and case
	Case        string   `json:"case"`        // an id of Run.Cases
	Operation   string   `json:"operation,omitempty"`
	Name        string   `json:"name"` // of the case
	Step        string   `json:"step,omitempty"`
	Headline    string   `json:"headline"` // the difference in one line
	Expected    string   `json:"expected"`
	Because     []string `json:"because"`
	Came        string   `json:"came"`
	Difference  []string `json:"difference"` // "- " before what was wanted, "+ " before what came
	Places      []Place  `json:"places"`     // what is broken in the answer, where it can be told
	Curl        string   `json:"curl"`
	Position    Position `json:"position"` // in the contract
	Exchange    Exchange `json:"exchange"`
}

// Place is a part of an answer.
type Place struct {
	In      string `json:"in"` // "status", "header" or "body"
	Name    string `json:"name,omitempty"`
	Pointer string `json:"pointer,omitempty"` // JSON pointer (RFC 6901) in the body; "" is the whole
}

// Position is a place in a file. A line of 0 is none.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// Exchange is a request and its answer.
type Exchange struct {
	Request  Request   `json:"request"`
	Response *Response `json:"response,omitempty"` // nil where no answer came
	Error    string    `json:"error,omitempty"`    // why none came
	TookMS   float64   `json:"took_ms"`
}

// Request is a request as it was sent, secrets masked.
type Request struct {
	Method  string   `json:"method"`
	URL     string   `json:"url"`
	Headers []Header `json:"headers"`
	Body    *Body    `json:"body,omitempty"`
}

// Response is an answer as it came, secrets masked.
type Response struct {
	Status  int      `json:"status"`
	Text    string   `json:"text"` // of the status: "404 Not Found"
	Proto   string   `json:"proto"`
	Headers []Header `json:"headers"`
	Body    *Body    `json:"body,omitempty"`
	Cut     string   `json:"cut,omitempty"` // why the body is not whole
}

// Header is one field line. What cannot be shown in its value is escaped as in a
// Go string.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Body is the beginning of a body.
type Body struct {
	Text      string `json:"text"`
	Encoding  string `json:"encoding"`  // of Text: "utf-8", or "base64" for what is no UTF-8
	Bytes     int    `json:"bytes"`     // of the whole body
	Truncated bool   `json:"truncated"` // Text is not the whole
}

// Case is one thing that was tried.
type Case struct {
	ID        string    `json:"id"`
	Phase     string    `json:"phase"`
	Operation string    `json:"operation,omitempty"`
	Name      string    `json:"name"`
	Skip      string    `json:"skip,omitempty"` // why it was not tried to its end
	TookMS    float64   `json:"took_ms"`
	Checks    []Verdict `json:"checks"`
}

// Verdict is what became of a check in a case.
type Verdict struct {
	Check   string `json:"check"`
	Outcome string `json:"outcome"`
}

// Row is one operation of the contract, with what it documents.
type Row struct {
	Operation string `json:"operation"`
	Method    string `json:"method"`
	Path      string `json:"path"`
	Broken    int    `json:"broken"` // checks in cases
	Warned    int    `json:"warned"`
	Known     int    `json:"known"`
	Cells     []Cell `json:"cells"`
}

// Cell is one documented status with one of its media types.
type Cell struct {
	Status    string `json:"status"`     // as the contract has it: "404", "4XX", "default"
	MediaType string `json:"media_type"` // "" where it has no content
	State     string `json:"state"`
	Answers   int    `json:"answers"`       // that fell into it
	Broken    int    `json:"broken"`        // checks that such answers broke
	Why       string `json:"why,omitempty"` // it is not exercised
}

// Skip is why some cases were not tried.
type Skip struct {
	Reason string   `json:"reason"`
	Cases  []string `json:"cases"`
}

// Timing is how long the answers of an operation took, in milliseconds.
type Timing struct {
	Operation string  `json:"operation"`
	Answers   int     `json:"answers"`
	P50       float64 `json:"p50_ms"`
	P95       float64 `json:"p95_ms"`
	P99       float64 `json:"p99_ms"`
	Max       float64 `json:"max_ms"`
}

// Baseline is how a run stands to what was known before.
type Baseline struct {
	File   string  `json:"file"`
	Known  int     `json:"known"`  // failures that it lists and that came
	New    int     `json:"new"`    // failures that it does not list
	Healed []Entry `json:"healed"` // to be removed: these hold now
	Gone   []Entry `json:"gone"`   // to be removed: no case or check is called so
}

// Comparison is how two targets differ in the same exchanges.
type Comparison struct {
	BaseURL     string       `json:"base_url"` // of the other target
	Exchanges   int          `json:"exchanges"`
	Differences []Difference `json:"differences"`
}

// Difference is one way in which two targets differ, and where.
type Difference struct {
	Place Place       `json:"place"`
	One   string      `json:"one"`   // of the target
	Other string      `json:"other"` // of the one that it is compared with
	At    []Different `json:"at"`
}

// Different is one exchange in which two targets differ.
type Different struct {
	Case      string `json:"case"`
	Operation string `json:"operation,omitempty"`
	Name      string `json:"name"`
	Curl      string `json:"curl"`
}

// Check returns the check with an id, the zero Check but for its id where there
// is none.
func (r *Run) Check(id string) Check {
	for _, c := range r.Checks {
		if c.ID == id {
			return c
		}
	}
	return Check{ID: id}
}

// Failing lists the findings with an outcome.
func (r *Run) Failing(outcome string) []Finding {
	var out []Finding
	for _, f := range r.Findings {
		if f.Outcome == outcome {
			out = append(out, f)
		}
	}
	return out
}

// Also lists the further checks that noticed the cause.
func (f Finding) Also() []string {
	var out []string
	for _, failure := range f.Failures {
		if failure.Check != f.Check && !slices.Contains(out, failure.Check) {
			out = append(out, failure.Check)
		}
	}
	return out
}

// Distinct lists the failures by different answers: where several checks noticed
// one answer, its first.
func (f Finding) Distinct() []Failure {
	type answer struct{ id, step string }
	seen := map[answer]bool{}
	var out []Failure
	for _, failure := range f.Failures {
		if at := (answer{failure.Case, failure.Step}); !seen[at] {
			seen[at] = true
			out = append(out, failure)
		}
	}
	return out
}
