package scenarios

import (
	"net/http"
	"time"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// Input is a request as the mock sees it, once its operation and its client are
// known. It belongs to one request; what scenarios look into is decoded at most
// once. Do not copy it after its first use.
type Input struct {
	Operation  *spec.Operation
	Method     string
	Path       string // as it came, for the `instance` of problems: "/v3/customers/cust_1"
	Params     *spec.Params
	RawQuery   string
	Header     http.Header
	MediaType  string // of the body: "application/json", without parameters
	Body       []byte
	Credential *Credential // nil is as the run's own
	Refused    bool        // the request is not let in: only scenarios that name its credential answer it
	ServerURL  string      // where the mock is reached, with the base path of the request: "http://127.0.0.1:4010/v3"
	Now        time.Time   // when it came; zero is when an expression first asks
	Scratch    *Scratch    // memory that its answer is made in; nil takes new

	scope   scope
	members members
}

// Answer is what a scenario answers a request with.
type Answer struct {
	Scenario *Scenario // nil for a refusal
	Response *Response

	Status      int
	ContentType string        // "" where there is no body
	Header      http.Header   // further headers, in canonical form; shared between answers: do not change
	Body        []byte        // shared between answers, or in the input's Scratch: do not change
	Splices     []schema.Span // of a JSON body: where its values differ from those of the response's other answers
	Delay       time.Duration
	Fault       Fault
	Offspec     bool
}
