package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/concord-api/concord/conformance/coverage"
	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// trial is what a step of the coverage phase tries: a case of the contract.
type trial struct {
	op       *spec.Operation
	at       *coverage.Case // nil sends the valid request itself
	alone    bool           // the valid request on its own, not after wrong ones
	refusals []int
}

// controls are the answers to the valid requests of operations, each sent once
// in a run.
type controls struct {
	mu   sync.Mutex
	once map[*spec.Operation]*control
}

type control struct {
	once sync.Once
	is   *Exchange
	skip string
	told atomic.Bool // is counts as one that was sent aside
}

func (c *controls) of(op *spec.Operation) *control {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.once == nil {
		c.once = map[*spec.Operation]*control{}
	}
	if c.once[op] == nil {
		c.once[op] = &control{}
	}
	return c.once[op]
}

func (c *control) send(ctx context.Context, p *player, op *spec.Operation) {
	c.once.Do(func() { c.is, c.skip = p.sendValid(ctx, op) })
}

// control sends the valid request of an operation, if it was not sent before.
func (p *player) control(ctx context.Context, op *spec.Operation) (x *Exchange, skip string, sent int) {
	c := p.controls.of(op)
	c.send(ctx, p, op)
	if c.is != nil && !c.told.Swap(true) {
		sent = 1
	}
	return c.is, c.skip, sent
}

// sendControls sends the valid requests that cases compare with, some at a time:
// the cases of an operation would all wait for its one.
func (p *player) sendControls(ctx context.Context, cases []*Case, workers int) {
	var wg sync.WaitGroup
	free := make(chan struct{}, workers)
	seen := map[*spec.Operation]bool{}
	for _, c := range cases {
		if c.Topic != Coverage || c.Skip != "" || seen[c.Operation] || ctx.Err() != nil || p.silent.Load() >= giveUp {
			continue
		}
		seen[c.Operation] = true
		free <- struct{}{}
		wg.Go(func() {
			p.controls.of(c.Operation).send(ctx, p, c.Operation)
			<-free
		})
	}
	wg.Wait()
}

// sendValid sends the valid request of an operation.
func (p *player) sendValid(ctx context.Context, op *spec.Operation) (*Exchange, string) {
	request, err := p.builder.trial(&trial{op: op})
	switch {
	case err != nil:
		return nil, whyUnsent(err)
	case p.safe && !safeMethod(request.Method):
		return nil, skipUnsafe(request.Method)
	}
	return p.step(ctx, &Step{Operation: op}, request)
}

// try plays a step of the coverage phase. What is no verdict on the target says
// why in Undecided.
func (p *player) try(ctx context.Context, step *Step) *Exchange {
	t := step.trial
	control, skip, sent := p.control(ctx, t.op)
	undecided := func(why string) *Exchange {
		return &Exchange{Undecided: why, Err: "it was not sent", Aside: sent}
	}
	if skip != "" {
		return undecided(skip)
	}
	request, err := p.builder.trial(t)
	if err != nil {
		return undecided(whyUnsent(err))
	}
	x, skip := p.step(ctx, step, request)
	x.Aside = sent
	switch {
	case skip != "":
		x.Undecided = skip
	case t.alone:
	case t.at == nil:
		if !control.Answered() || control.Response.Status >= http.StatusInternalServerError {
			x.Undecided = "the valid request did not succeed before either"
		}
	case !x.Answered():
		if t.at.Want == coverage.Survive {
			// A server may close the connection on what is too large for it.
			x.Undecided = "no answer came to a large body: " + x.Err
		}
	default:
		x.Undecided = t.whyUndecided(p.builder, x, control)
	}
	if x.Undecided == "" && t.at != nil && t.at.Want == coverage.Accept && x.Response.Status/100 == 4 {
		// What was sent before may be why: a name that is taken by now.
		x.Aside++
		if again, _ := p.sendValid(ctx, t.op); again == nil || again.Response.Status/100 != 2 {
			x.Undecided = "the valid request that it differs from is refused by now as well"
		}
	}
	if x.Undecided == "" && x.Answered() && t.misplaced(x) != nil {
		x.Aside++
		again, _ := p.sendValid(ctx, t.op)
		x.Excused = again == nil || again.Response.Status/100 != 2
	}
	if x.Undecided == "" && t.at != nil && t.at.Want == coverage.Accept && x.Response.Status/100 == 4 {
		x.Undecided = p.inCompany(ctx, t, x)
	}
	if x.Undecided == "" && t.at != nil && t.at.Want == coverage.Accept && x.Response.Status/100 == 4 {
		x.Undecided = p.byWitness(ctx, t, x)
	}
	return x
}

// byWitness tells that a target refuses the letters of a text, and not its length;
// "" where it does not.
func (p *player) byWitness(ctx context.Context, t *trial, x *Exchange) string {
	shorter := t.at.Witness()
	if shorter == nil {
		return ""
	}
	request, err := p.builder.trial(&trial{op: t.op, at: shorter, refusals: t.refusals})
	if err != nil {
		return "whether it is for its letters cannot be told: " + whyUnsent(err)
	}
	x.Aside++
	y, skip := p.step(ctx, &Step{Operation: t.op}, request)
	if skip != "" || !y.Answered() || y.Response.Status/100 != 2 {
		return "the target refuses a shorter text of such letters as well"
	}
	return ""
}

// inCompany tells that a target takes in company what it refuses on its own; ""
// where it does not.
func (p *player) inCompany(ctx context.Context, t *trial, x *Exchange) string {
	for _, with := range t.at.Company() {
		request, err := p.builder.trial(&trial{op: t.op, at: with, refusals: t.refusals})
		if err != nil {
			continue
		}
		x.Aside++
		if y, skip := p.step(ctx, &Step{Operation: t.op}, request); skip == "" && y.Answered() && y.Response.Status/100 == 2 {
			return "the target takes it in other company, so that it is for what values mean together"
		}
	}
	return ""
}

// whyUnsent says why a request was not sent.
func whyUnsent(err error) string {
	var unset *scenarios.UnsetError
	var skip skipError
	switch {
	case errors.As(err, &unset):
		return unset.Error()
	case errors.As(err, &skip):
		return skip.Error()
	}
	return "its request cannot be made: " + err.Error()
}

// trial makes the request of a trial. What goes over the wire, credentials and
// the run's headers included, must be what the case is about.
func (b *builder) trial(t *trial) (*Request, error) {
	base, from, err := b.base(t.op)
	if err != nil {
		return nil, err
	}
	r := &base.Request
	if t.at != nil {
		if r, err = t.at.Change(base); err != nil {
			return nil, skipError(err.Error())
		}
	}
	out, err := b.finish(t.op, &scenarios.Request{
		Method: from.Method, Path: r.Path, RawQuery: r.Query, Header: r.Header,
		ContentType: r.ContentType, Body: r.Body, HasBody: r.HasBody,
		Credential: from.Credential, Secret: b.ownSecret(t.op, from),
	})
	if err != nil || t.at == nil {
		return out, err
	}
	if err := t.at.Holds(t.op, b.onTheWire(out)); err != nil {
		return nil, skipError(err.Error())
	}
	return out, nil
}

// base is a valid request of an operation to change, and what it was made from.
func (b *builder) base(op *spec.Operation) (*coverage.Base, *scenarios.Request, error) {
	r, err := b.success(op)
	if err != nil {
		return nil, nil, err
	}
	freshKeys(r)
	sent := wired(r)
	base, err := coverage.NewBase(op, *sent)
	return base, r, err
}

// success is the request of a scenario that succeeds, of the run's own credential
// where there is one; else a request from the contract alone.
func (b *builder) success(op *spec.Operation) (*scenarios.Request, error) {
	of := b.script.Of(op)
	if !slices.ContainsFunc(of, succeeds) {
		for _, sc := range of {
			if other := *sc; len(sc.Responses) == 1 && sc.Credentials != "" {
				if other.Credentials = scenarios.Own; succeeds(&other) {
					return sc.Request(b.env)
				}
			}
		}
	}
	return b.valid(op, false)
}

// wired is a rendered request as the wire carries it, without credentials.
func wired(r *scenarios.Request) *coverage.Request {
	return &coverage.Request{
		Path: r.Path, Query: r.RawQuery, Header: r.Header,
		Body: r.Body, ContentType: r.ContentType, HasBody: r.HasBody,
	}
}

// onTheWire is a request that is about to be sent, without the target's place.
func (b *builder) onTheWire(r *Request) *coverage.Request {
	address := strings.TrimPrefix(r.URL, b.target.url("", ""))
	path, query, _ := strings.Cut(address, "?")
	return &coverage.Request{
		Path: path, Query: query, Header: r.Header,
		Body: r.Body, ContentType: r.Header.Get("Content-Type"), HasBody: r.Body != nil,
	}
}

// ownSecret is the secret of a request of the coverage phase. Who plays the
// script, as the mock does, lets in whoever presents a secret of the script's
// pattern: there each operation has a partner of its own, so that its many
// requests do not use up one rate limit.
func (b *builder) ownSecret(op *spec.Operation, from *scenarios.Request) string {
	c := b.script.Credential(from.Credential)
	if !b.env.Defaults || from.Credential != scenarios.Own || b.env.Credentials[scenarios.Own] != "" || c == nil {
		return from.Secret
	}
	for _, way := range waysIn(op) {
		s, ok := c.Secret(way[0])
		if own := s.Value + "-" + strings.ToLower(labelText(op.ID)); ok && s.Value != "" && s.Pattern != nil && s.Pattern.MatchString(own) {
			return own
		}
	}
	return from.Secret
}

// labelText leaves letters, digits and dashes of a text.
func labelText(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, s)
}

// safeMethod tells whether a method changes nothing (RFC 9110 §9.2.1).
func safeMethod(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// textAt is the text of a string at a pointer in a JSON body, "" where there is
// none.
func textAt(body []byte, pointer string) string {
	var text string
	if json.Unmarshal([]byte(valueAt(body, pointer)), &text) != nil {
		return ""
	}
	return text
}
