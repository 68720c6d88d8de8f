package mockserver

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/concord-api/concord/spec"
)

// operation is an operation of the contract with what the mock prepared for it
// at its first use.
type operation struct {
	*spec.Operation
	server   *Server
	guard    guard
	keyed    bool  // requests may carry an idempotency key
	played   bool  // the script has scenarios for it
	picks    picks // what answers a client that chooses nothing, by its Accept
	tolds    tolds
	made     sync.Map // answers of the contract, by madeKey
	scripted sync.Map // what answers of the script have in common, by *scenarios.Response
}

// operation returns what is prepared for an operation.
func (s *Server) operation(op *spec.Operation) *operation {
	if known, ok := s.operations.Load(op); ok {
		return known.(*operation)
	}
	o := &operation{
		Operation: op,
		server:    s,
		guard:     newGuard(op.Security, s.realm(), &s.clients.locks),
		keyed:     s.isKeyed(op),
		played:    len(s.script.Of(op)) > 0,
	}
	known, _ := s.operations.LoadOrStore(op, o)
	return known.(*operation)
}

// realm names the protected space in challenges (RFC 9110 §11.5).
func (s *Server) realm() string {
	if s.doc.Title == "" {
		return "mock"
	}
	return s.doc.Title
}

// madeKey names one answer of the contract.
type madeKey struct {
	status      int
	contentType string
	example     string
}

// answer returns the contract's own answer for a status, media type and
// example: the same one each time, made at the first.
func (o *operation) answer(status int, mt *spec.MediaType, contentType, example string) (*answer, error) {
	key := madeKey{status, contentType, example}
	if known, ok := o.made.Load(key); ok {
		return known.(*answer), nil
	}
	a, err := o.make(status, mt, contentType, spec.SampleOptions{
		Example: example, Seed: o.server.seed, Verbatim: o.server.verbatim,
	})
	if err != nil {
		return nil, err
	}
	known, _ := o.made.LoadOrStore(key, a)
	return known.(*answer), nil
}

// make makes an answer of the contract.
func (o *operation) make(status int, mt *spec.MediaType, contentType string, how spec.SampleOptions) (*answer, error) {
	response := o.Response(status)
	if response == nil {
		return nil, fmt.Errorf("status %d is not documented for %s", status, o.ID)
	}
	sample, err := response.Sample(status, mt, contentType, how)
	if err != nil {
		return nil, err
	}
	a := &answer{status: status, body: sample.Body}
	a.add(sample.Header)
	if len(sample.Violations) > 0 {
		a.set("Concord-Verbatim", []string{headerText("the example breaks its schema: " + sample.Violations[0].String())})
	}
	a.frame(sample.ContentType)
	return a, nil
}

// checkAnswer holds an answer to the contract. Headers that the server stamps
// on every answer count as there.
func (o *operation) checkAnswer(a *answer, contentType string) []spec.Violation {
	h := make(http.Header, len(a.header)+4)
	for _, f := range a.header {
		h[f.name] = f.values
	}
	if contentType != "" {
		h["Content-Type"] = []string{contentType}
	}
	o.server.stampSample(h)
	return o.CheckResponse(&spec.Answer{Status: a.status, Header: h, Body: a.body})
}
