package conformance

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/problem"
)

// Request is a request as it was sent.
type Request struct {
	Method string
	URL    string // absolute
	Header http.Header
	Body   []byte // nil means that there is none
	// Padding is how many spaces are sent before Body, which JSON allows (RFC 8259
	// §2). Large bodies are padded ones: the spaces are counted, and not kept.
	Padding int
	// Secret names, for each header or query parameter that holds a secret, the
	// environment variable that stands for it wherever the request is shown.
	Secret map[string]string
	// Connect are the arguments by which curl trusts the target, and is known to
	// it, as the run is: "--cacert", "authority.pem".
	Connect []string
	// Scripted is what a scenario rendered, nil where none did.
	Scripted *scenarios.Request

	env *scenarios.Env // the names that it was made with
}

// reader reads the body with its padding.
func (r *Request) reader() io.Reader {
	if r.Padding == 0 {
		return bytes.NewReader(r.Body)
	}
	return io.MultiReader(io.LimitReader(spaces{}, int64(r.Padding)), bytes.NewReader(r.Body))
}

// spaces is an endless text of them.
type spaces struct{}

// Read implements io.Reader.
func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// Response is an answer as it came.
type Response struct {
	Status int
	Proto  string // "HTTP/1.1", "HTTP/2.0"
	Header http.Header
	Body   []byte
	Cut    string // why the body is not whole, "" where it is

	Undecoded string // why the body is not in the encoding that it is said to be in, "" where it is
}

// Exchange is a request and what came of it. The exported fields are what was
// recorded; they travel between the processes of a parallel run.
type Exchange struct {
	Request  Request
	Response Response
	Err      string        // why no answer came, "" where one did
	Started  time.Time     // of the last try
	Took     time.Duration // of the last try, until the body was read
	Waits    []Wait        // for which throttling it was repeated
	// Again is what came of the same request when it was repeated.
	Again []*Exchange
	// Aside counts further requests that were sent to make sense of this one.
	Aside int
	// Undecided says why the answer is no verdict on the target, "" where it is.
	Undecided string
	// Excused says that the valid request was refused after it as well, so that
	// what a refusal blames may be what was sent before.
	Excused bool
	// Differences is how the answer misses what the script claims of it.
	Differences []scenarios.Difference
	// Unmet are the criteria of a workflow's step that the answer does not meet.
	Unmet []string
	// Drifts is how the answer departs from earlier answers of the run.
	Drifts []Drift
	// Mock tells that the target is Concord's mock, whose samples are as old as
	// the contract's examples.
	Mock bool

	at        *Case
	step      *Step
	earlier   []*Exchange
	judged    bool // violations is worked out
	violation []spec.Violation
	problem   *problem.Answer
	readBody  bool // value is worked out
	value     any
	walked    bool // places is worked out
	places    []bodyPlace
}

// forget drops what was worked out of the answer. It is worked out again where
// it is asked for again.
func (x *Exchange) forget() {
	x.judged, x.violation, x.problem, x.readBody, x.value = false, nil, nil, false, nil
	x.walked, x.places = false, nil
}

// Wait is one time that the target asked to come back later.
type Wait struct {
	Status int // 429 or 503
	For    time.Duration
}

// Answered tells whether an HTTP answer came.
func (x *Exchange) Answered() bool { return x.Err == "" }

// Case is what the exchange is part of.
func (x *Exchange) Case() *Case { return x.at }

// Step is what the exchange plays.
func (x *Exchange) Step() *Step { return x.step }

// Operation is what the request asks for, nil where the contract has no such.
func (x *Exchange) Operation() *spec.Operation { return x.step.Operation }

// Before returns the exchange of an earlier step of the case, 1 for the last.
func (x *Exchange) Before(n int) *Exchange { return x.earlier[len(x.earlier)-n] }

// Documented is what the contract says of the answer's status, nil for nothing.
func (x *Exchange) Documented() *spec.Response {
	if x.Operation() == nil {
		return nil
	}
	return x.Operation().Response(x.Response.Status)
}

// MediaType is the media type of the answer without its parameters, in lower
// case; "" where it has none that can be read.
func (x *Exchange) MediaType() string { return mediaType(x.Response.Header.Get("Content-Type")) }

func mediaType(contentType string) string {
	name, _, err := mime.ParseMediaType(contentType)
	if err != nil && name == "" {
		return ""
	}
	return name
}

// violations is how the answer breaks the contract.
func (x *Exchange) violations() []spec.Violation {
	if !x.judged {
		x.judged = true
		x.violation = x.Operation().CheckResponse(&spec.Answer{
			Status: x.Response.Status,
			Header: x.Response.Header,
			Body:   x.Response.Body,
			Head:   x.Request.Method == http.MethodHead,
		})
	}
	return x.violation
}

// answer reads the answer as a problem.
func (x *Exchange) answer() *problem.Answer {
	if x.problem == nil {
		x.problem = problem.NewAnswer(x.Response.Status, x.Response.Header.Get("Content-Type"), x.Response.Body)
	}
	return x.problem
}
