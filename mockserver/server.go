package mockserver

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/concord-api/concord/mockserver/state"
	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// Server plays one contract and one script. It is an [http.Handler], safe for
// concurrent use.
type Server struct {
	config
	doc        *spec.Document
	script     *scenarios.Script
	operations sync.Map // prepared, by *spec.Operation
	clients    *clients
	limiter    *limiter
	problems   *scenarios.Problems
	idempotent *scenarios.Idempotency
	requestID  *scenarios.RequestID
	inFlight   atomic.Int64
	reached    atomic.Pointer[reached] // where the last client reached the mock

	declared struct { // whether any operation declares the idempotency header
		once sync.Once
		is   bool
	}
}

// New returns a server for a contract. The script may be nil: the contract
// alone is played then. It must have been loaded for the same document.
func New(doc *spec.Document, script *scenarios.Script, options ...Option) (*Server, error) {
	if doc == nil {
		return nil, errors.New("make a mock: there is no contract")
	}
	if script == nil {
		script = scenarios.Empty(doc)
	}
	if script.Document != doc {
		return nil, fmt.Errorf("make a mock: the script was loaded for %s, not for %s", script.Document.Location, doc.Location)
	}
	s := &Server{config: defaults(), doc: doc, script: script, clients: newClients(script)}
	for _, option := range options {
		option(&s.config)
	}
	s.limiter = newLimiter(script.Behaviour.RateLimit, s.rateLimit, s.store)
	if s.store == nil {
		s.store = state.NewMemory(state.WithClock(s.clock))
	}
	s.problems = script.Behaviour.Problems
	s.idempotent = script.Behaviour.Idempotency
	s.requestID = script.Behaviour.RequestID
	return s, nil
}

// stages are the way of a request. The first that returns an answer ends it.
var stages = [...]func(*exchange) *answer{
	(*exchange).route,
	(*exchange).authenticate,
	(*exchange).throttle,
	(*exchange).read,
	(*exchange).remember,
	(*exchange).choose,
	(*exchange).check,
	(*exchange).play,
	(*exchange).sample,
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := exchanges.Get().(*exchange)
	x.begin(s, w, r)
	defer x.end()
	if s.inFlight.Add(1) > s.maxInFlight {
		x.send(x.busy())
		return
	}
	a := x.answer()
	x.pause(a.delay)
	x.send(x.settle(a))
}

// answer finds the answer of a request. A panic becomes a 500.
func (x *exchange) answer() (a *answer) {
	defer func() {
		if fault := recover(); fault != nil {
			x.server.log.Error("answering a request failed: please report this with the contract",
				"method", x.r.Method, "path", x.r.URL.Path, "panic", fmt.Sprint(fault), "stack", string(debug.Stack()))
			a = x.broken("the mock failed to answer; its log says why")
		}
	}()
	for _, stage := range stages {
		if a := stage(x); a != nil {
			return a
		}
	}
	return x.broken("no stage has an answer")
}

var exchanges = sync.Pool{New: func() any { return new(exchange) }}
