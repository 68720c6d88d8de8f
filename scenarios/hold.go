package scenarios

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/source"
)

// mockURL stands for the mock's address while a script is held to its contract.
const mockURL = "http://127.0.0.1:4010"

// hold plays every scenario once, as the mock would, and reports what could not
// be played truly.
func (l *loader) hold(ctx context.Context) error {
	for _, c := range l.script.Credentials {
		if c.refuse != nil {
			l.holdRefusal(c)
		}
	}
	list := slices.Collect(l.script.Scenarios())
	arrived := make([]*arrival, len(list))
	err := l.each(ctx, len(arrived), func(i int, fs *findings) {
		if sc := list[i]; !sc.faulty {
			arrived[i] = holder{fs, l.script}.send(sc)
		}
	})
	if err != nil {
		return err
	}
	return l.each(ctx, len(arrived), func(i int, fs *findings) {
		if arrived[i] != nil {
			holder{fs, l.script}.holdScenario(arrived[i])
		}
	})
}

// holder holds one scenario to the contract.
type holder struct {
	*findings
	script *Script
}

// arrival is a scenario's own request, as the mock sees it.
type arrival struct {
	scenario *Scenario
	request  *Request
	in       *Input
	reaches  bool // scenarios are looked for: the contract does not refuse it before
}

// holdRefusal makes the refusals of the operations that a script is about, so
// that their faults are told when it is loaded.
func (l *loader) holdRefusal(c *Credential) {
	for sc := range l.script.Scenarios() {
		op := sc.Operation
		if n := source.Get(c.refuse.node, "status"); n != nil && secured(op) {
			if status, err := strconv.Atoi(n.Value); err == nil && op.Response(status) != nil {
				l.script.refusal(c.refuse, op, &l.findings)
			}
		}
	}
}

// send renders a scenario's own request. One that breaks the contract is
// answered by the mock itself: its scenario tells the suite what to expect of
// that, and matches nothing.
func (h holder) send(sc *Scenario) *arrival {
	req, err := sc.Request(&Env{Defaults: true, BaseURL: mockURL})
	var unset *UnsetError
	switch {
	case errors.As(err, &unset):
		h.add(spec.Warning, sc.sends.at, ruleMissing, "scenario %q: %s %q has no value in the script: the mock never plays it",
			sc.Name, unset.Kind, unset.Name)
		return nil
	case err != nil:
		h.errorf(sc.sends.at, ruleExpression, "%s", strings.TrimPrefix(err.Error(), sc.sends.at.String()+": "))
		return nil
	}
	in, ok := h.arrive(sc, req)
	if !ok {
		return nil
	}
	a := &arrival{sc, req, in, h.holdRequest(sc, in)}
	sc.match.never = sc.match.never || !a.reaches
	return a
}

func (h holder) holdScenario(a *arrival) {
	says := func(at source.Position, rule, format string, args ...any) {
		h.errorf(at, rule, "scenario %q: "+format, append([]any{a.scenario.Name}, args...)...)
	}
	if a.reaches {
		h.holdMatch(a.scenario, a.in, says)
	}
	for _, r := range a.scenario.Responses {
		h.holdResponse(r, a, says)
	}
}

// arrive makes of a request what the mock sees of it.
func (h holder) arrive(sc *Scenario, req *Request) (*Input, bool) {
	m, err := h.script.Document.Match(req.Method, req.Path)
	if err != nil || m.Operation != sc.Operation {
		other := "no operation"
		if err == nil {
			other = m.Operation.ID
		}
		h.errorf(sc.sends.at, ruleContract, "scenario %q: its request %s %s goes to %s, not to %s",
			sc.Name, req.Method, req.Path, other, sc.Operation.ID)
		return nil, false
	}
	credential := h.script.Credential(req.Credential)
	in := &Input{
		Operation: sc.Operation, Method: req.Method, Path: req.Path, Params: &m.Params, RawQuery: req.RawQuery,
		Header: req.Header.Clone(), MediaType: essence(req.ContentType), Body: req.Body, Credential: credential,
		Refused:   credential.Refused() || req.Credential == None && demandsCredential(sc.Operation),
		ServerURL: mockURL,
	}
	if req.ContentType != "" {
		in.Header.Set("Content-Type", req.ContentType)
	}
	return in, true
}

// demandsCredential tells whether an operation lets nobody in without one.
func demandsCredential(op *spec.Operation) bool {
	for _, r := range op.Security {
		if len(r) == 0 {
			return false
		}
	}
	return len(op.Security) > 0
}

// holdRequest holds the request to the contract; false where it breaks it, so
// that the mock answers by itself and no scenario is looked for.
func (h holder) holdRequest(sc *Scenario, in *Input) bool {
	broken := sc.Operation.CheckRequest(&spec.Request{Path: *in.Params, Query: in.RawQuery, Header: in.Header, Body: in.Body})
	if len(broken) == 0 || in.Refused {
		return true
	}
	for _, r := range sc.Responses {
		switch r.Status {
		case http.StatusBadRequest, http.StatusUnsupportedMediaType, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		default:
			if !r.Offspec {
				h.errorf(sc.sends.at, ruleContract, "scenario %q: its request breaks the contract, so that %d never comes: %s",
					sc.Name, r.Status, broken[0])
				return false
			}
		}
	}
	return false
}

// holdMatch demands that the mock answers the scenario's own request with the
// scenario: the two readings of it must be one.
func (h holder) holdMatch(sc *Scenario, in *Input, says func(source.Position, string, string, ...any)) {
	found := h.script.Find(in)
	for found != nil && found != sc && found.Then == Fallthrough {
		found = h.script.FindAfter(in, found)
	}
	switch {
	case found == sc:
	case found == nil && sc.when != nil:
		says(sc.when.at, ruleShadow, "its own request does not meet its condition %q", sc.When)
	case found == nil:
		says(sc.Position, ruleShadow, "its own request does not match it")
	case found.Position.Before(sc.Position) || found.Position.File != sc.Position.File:
		says(sc.Position, ruleShadow, "its request is answered by scenario %q at %s, which comes first: narrow that one, or move this one before it",
			found.Name, found.Position)
	default:
		says(sc.Position, ruleShadow, "its own request does not match it, but scenario %q", found.Name)
	}
}

// holdResponse plays an answer and holds it to the contract, and to what it
// claims itself.
func (h holder) holdResponse(r *Response, sent *arrival, says func(source.Position, string, string, ...any)) {
	a, err := r.Play(sent.in)
	if err != nil {
		h.errorf(r.Position, ruleExpression, "%s", strings.TrimPrefix(err.Error(), r.Position.String()+": "))
		return
	}
	header := a.Header.Clone()
	if a.ContentType != "" {
		header.Set("Content-Type", a.ContentType)
	}
	if !r.Offspec {
		for _, v := range r.scenario.Operation.CheckResponse(&spec.Answer{Status: a.Status, Header: header, Body: a.Body}) {
			says(r.place(v), ruleContract, "the answer of status %d breaks the contract: %s", r.Status, v)
		}
	}
	observed := &Observed{URL: mockURL + sent.request.Path, Request: sent.request, Status: a.Status, Header: header, Body: a.Body}
	for _, d := range r.Check(observed, &Env{Defaults: true, BaseURL: mockURL}) {
		says(d.Position, ruleExpect, "the mock's own answer of status %d fails what it claims: %s", r.Status, d)
	}
	if sc := r.scenario; len(sc.gifts) > 0 && r == sc.Responses[len(sc.Responses)-1] {
		if _, err := sc.Gifts(observed, &Env{Defaults: true, BaseURL: mockURL}); err != nil {
			says(sc.gifts[0].take.at, ruleExpect, "%v", err)
		}
	}
}

// place finds where a script writes what is at fault.
func (r *Response) place(v spec.Violation) source.Position {
	at := r.Position
	t := r.written
	if v.In != spec.BodyPart || t == nil || v.Pointer == "" {
		return at
	}
	for _, token := range strings.Split(v.Pointer[1:], "/") {
		next := t.member(source.UnescapePointer(token))
		if i, err := strconv.Atoi(token); err == nil && next == nil && i >= 0 && i < len(t.items) {
			next = t.items[i]
		}
		if next == nil {
			break
		}
		t, at = next, next.at
	}
	return at
}
