package conformance

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// otherPartner is the credential of another client, who has no right to what the
// run makes. It may be given to a run whose script does not name it.
const otherPartner = "other_partner"

// hasOtherPartner tells whether the run may have the credential of another client.
func (c *Config) hasOtherPartner() bool {
	_, set := os.LookupEnv(environmentName("CREDENTIAL", otherPartner))
	return set || c.Credential[otherPartner] != "" || c.Script.Credential(otherPartner) != nil
}

// foreign are the cases in which another client tries what it has no right to:
// each operation about a thing that the run made, and its list. What is after made
// them, n is the creation's place.
func (r *resource) foreign(c *Config, made func(name, says string, steps ...*Step) *Case, found *Step, n int) []*Case {
	if !c.hasOtherPartner() {
		return nil
	}
	about := append([]*spec.Operation{r.read}, r.changes...)
	about = append(about, r.inside(c.Document)...)
	if r.remove != nil {
		about = append(about, r.remove)
	}
	var cases []*Case
	for _, op := range about {
		if len(waysIn(op)) > 0 && !letsAnybodyIn(op) {
			cases = append(cases, askingFirst(made("other-partner-"+op.ID, op.ID+" of what was made is refused to another client", found, r.trespass(n, op), r.probing(n)), op))
		}
	}
	if r.keyedCreation(c) && len(waysIn(r.create)) > 0 && !letsAnybodyIn(r.create) {
		cases = append(cases, r.sharedKey(c.Script.Behaviour.Idempotency))
	}
	if r.list != nil && len(waysIn(r.list)) > 0 && !letsAnybodyIn(r.list) {
		cases = append(cases, askingFirst(made("other-partner-"+r.list.ID, "what was made is not in another client's list", found, r.spying(n), r.probing(n)), r.list))
	}
	return cases
}

// askingFirst lets a case make nothing on a target for which the run has no
// credential of another client.
func askingFirst(c *Case, op *spec.Operation) *Case {
	first := *c.Steps[0]
	build := first.build
	first.build = func(b *builder, earlier []*Exchange) (*Request, error) {
		if secret, _ := b.secret(op, &scenarios.Request{Credential: otherPartner}); secret == "" {
			return nil, &scenarios.UnsetError{Kind: "credential", Name: otherPartner}
		}
		return build(b, earlier)
	}
	c.Steps[0] = &first
	return c
}

// inside are the operations whose paths lead through the thing to something that
// is a part of it, and not a thing of its own.
func (r *resource) inside(doc *spec.Document) []*spec.Operation {
	var out []*spec.Operation
	item := trimSlash(r.read.Path) + "/"
	for _, op := range doc.Operations() {
		if rest, is := strings.CutPrefix(trimSlash(op.Path), item); is && !strings.Contains(rest, "{") {
			out = append(out, op)
		}
	}
	return out
}

// pathInside is the path of an operation of the thing, or of a part of it.
func (r *resource) pathInside(op *spec.Operation, created *Exchange) (string, error) {
	rest, inside := strings.CutPrefix(op.Path, trimSlash(r.read.Path)+"/")
	if !inside || rest == "" {
		return r.path(op, created)
	}
	path, err := r.path(r.read, created)
	return trimSlash(path) + "/" + rest, err
}

// asAnother is a request with the credential of another client.
func (b *builder) asAnother(op *spec.Operation, request *Request) (*Request, error) {
	from := *request.Scripted
	from.Credential, from.Secret = otherPartner, ""
	return b.finish(op, &from)
}

// trespass asks for a thing with the credential of another client. Whether a
// contract documents the refusal or not, 403 and 404 are right. A refusal ends the
// case; what is let in is followed by a look whether the target remembers at all.
func (r *resource) trespass(n int, op *spec.Operation) *Step {
	step := &Step{
		Name: op.ID + " by another client", role: trespasses,
		Expect: Expect{Status: []string{"403", "404"}, Because: r.create.ID + " made it for another client than the one that asks"},
		build: func(b *builder, earlier []*Exchange) (*Request, error) {
			path, err := r.pathInside(op, earlier[n])
			if err != nil {
				return nil, err
			}
			request, err := b.at(op, path, earlier[n])
			if err != nil {
				return nil, err
			}
			return b.asAnother(op, request)
		},
		gate: func(x *Exchange) string {
			if status := x.Response.Status; status/100 == 4 && status != http.StatusUnauthorized && !x.step.Expect.Accepts(status) {
				return fmt.Sprintf("%s by another client is refused with %s, which says nothing of its rights", op.ID, statusText(status))
			}
			return refusedItself(x)
		},
	}
	step.ends = func(x *Exchange) bool { return !x.Answered() || step.Expect.Accepts(x.Response.Status) }
	return step
}

// spying lists with the credential of another client.
func (r *resource) spying(n int) *Step {
	step := r.listing(n)
	own, onward := step.build, step.follow
	step.Name, step.role, step.Operation = r.list.ID+" by another client", spies, nil
	step.Expect.Because = r.create.ID + " made it for another client than the one that asks"
	step.build = func(b *builder, earlier []*Exchange) (*Request, error) {
		request, err := own(b, earlier)
		if err != nil {
			return nil, err
		}
		listed, err := b.asAnother(r.list, request)
		if err == nil {
			listed.URL = withLargestPage(listed.URL, r.list)
		}
		return listed, err
	}
	step.follow = func(b *builder, x *Exchange, n int) (*Request, time.Duration) {
		if next, _ := nextPage(r.list, x); next == "" {
			return nil, 0 // to ask again would wait for what must not come
		}
		return onward(b, x, n)
	}
	step.gate = refusedItself
	step.ends = func(x *Exchange) bool { return !x.Answered() || !r.shows(x, x.earlier[n]) }
	return step
}

// shows tells whether a list holds what was made.
func (r *resource) shows(list, made *Exchange) bool {
	id, ok := r.id(r.read, made)
	return ok && succeeded(list) && mentions(list.Response.Body, id, r.idMembers(r.read))
}

// refusedItself tells a credential that is not let in at all.
func refusedItself(x *Exchange) string {
	if status := x.Response.Status; status == http.StatusUnauthorized {
		return fmt.Sprintf("the credential %s is refused itself with %s", otherPartner, statusText(status))
	}
	return ""
}

// createdPrivate demands that what a client made is nobody else's.
var createdPrivate = Check{
	ID:       "created.private",
	Severity: Must,
	Says:     "what one client made is refused to another with 403 or 404, and is not in its lists",
	Source:   "OWASP API1:2023, broken object level authorization; RFC 9110 §15.5.4, §15.5.5",
	Why:      "Ids are guessed and leaked: only the server can keep one client's things from another's credentials, whatever is asked about them. It is checked where the run has the credential other_partner.",
	Right:    "one partner makes thing 7; PATCH /things/7 with another partner's token: 404 Not Found",
	Wrong:    "one partner makes thing 7; PATCH /things/7 with another partner's token: 200 OK",
	For:      anyStep(func(s *Step) bool { return s.role == trespasses || s.role == spies }),
	Applies: func(x *Exchange) bool {
		return x.step.role == trespasses || x.step.role == spies && succeeded(x)
	},
	Run: func(x *Exchange) error {
		if x.step.role == trespasses {
			return statusExpected(x)
		}
		if r, made := x.step.resource, x.Before(2); r.shows(x, made) {
			id, _ := r.id(r.read, made)
			return &Mismatch{"a list without the thing whose " + param(r.read) + " is " + id, "a list with it"}
		}
		return nil
	},
}
