package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// change is a request that changes a thing: what the script changes, else a
// sample.
func (b *builder) change(r *resource, op *spec.Operation, created *Exchange) (*Request, error) {
	if len(b.successes(op)) == 0 {
		return b.item(r, op, created)
	}
	path, err := r.path(op, created)
	if err != nil {
		return nil, err
	}
	scripted, err := b.valid(op, false)
	var unset *scenarios.UnsetError
	if errors.As(err, &unset) && b.giver(unset) == nil {
		return b.item(r, op, created)
	}
	if err != nil {
		return nil, err
	}
	scripted.Path = path
	return b.finish(op, scripted)
}

// relisting lists what is left after a removal, up to the page that still has what
// was removed.
func (r *resource) relisting(n int) *Step {
	step := r.listing(n)
	onward := step.follow
	step.Name, step.role = "list what is left", listsGone
	step.Expect.Because = r.remove.ID + " removed it"
	step.follow = func(b *builder, x *Exchange, tried int) (*Request, time.Duration) {
		if succeeded(x) && r.shows(x, x.earlier[n]) {
			if tried > settleTries(x.earlier[n]) {
				return nil, 0
			}
			return again(x), 50 * time.Millisecond << (tried - 1) // not up to date yet
		}
		if next, _ := nextPage(r.list, x); next == "" {
			return nil, 0
		}
		return onward(b, x, tried)
	}
	step.gate = func(x *Exchange) string {
		switch {
		case !succeeded(x):
			return fmt.Sprintf("%s is answered %s", r.list.ID, statusText(x.Response.Status))
		case x.Before(2).Response.Status == http.StatusAccepted:
			return "its removal was only accepted (202), and has not come about yet"
		}
		return ""
	}
	return step
}

// sharedKey makes a thing with an idempotency key, and has another client send the
// same with the same key.
func (r *resource) sharedKey(i *scenarios.Idempotency) *Case {
	first := &Step{
		Name: "make it", Operation: r.create, Setup: true,
		Expect: Expect{Status: []string{"2XX"}, Because: "the contract lets clients make things with " + r.create.ID},
		build: func(b *builder, _ []*Exchange) (*Request, error) {
			made, err := b.valid(r.create, false)
			if err != nil {
				return nil, err
			}
			return b.keyed(r.create, b.mark(r.create, made), i.Header, "")
		},
	}
	c := &Case{
		ID: stepsID(r.create, "other-partner-key"), Topic: Lifecycle, Operation: r.create,
		Name: "another client with the same " + i.Header + " gets nothing of what was made",
		Steps: []*Step{first, {
			Name: "the same by another client", role: sharesKey, resource: r,
			Expect: Expect{Because: r.create.ID + " was sent with this key by another client than the one that asks"},
			build: func(b *builder, earlier []*Exchange) (*Request, error) {
				return b.asAnother(r.create, again(earlier[0]))
			},
			gate: refusedItself,
		}},
	}
	return askingFirst(c, r.create)
}

// What must come of creations and removals beside the thing itself, and of keys.
var (
	createdKept = Check{
		ID: "created.kept", Severity: Must,
		Says:   "what a creation was answered with as asked for is there when the thing is read",
		Source: "RFC 9110 §15.3.2",
		Why:    "Who is shown that a thing was made as it asked does not look again. What is lost between the answer and the store is missed when it is needed.",
		Right:  `POST {"name":"a"} answers {"id":7,"name":"a"}; GET /things/7 answers {"id":7,"name":"a"}`,
		Wrong:  `POST {"name":"a"} answers {"id":7,"name":"a"}; GET /things/7 answers {"id":7,"name":null}`,
		For:    func(c *Case) bool { return shows(lists)(c) || shows(isGone)(c) },
		Applies: func(x *Exchange) bool {
			made, read := madeAndRead(x)
			return made != nil && made.Response.Status != http.StatusAccepted && succeeded(read)
		},
		Run: func(x *Exchange) error {
			made, read := madeAndRead(x)
			if name := lost(made, read); name != "" {
				return &Mismatch{name + ": " + string(members(made.Response.Body)[name]), name + ": " + string(members(read.Response.Body)[name])}
			}
			return nil
		},
	}
	removedUnlisted = Check{
		ID: "removed.unlisted", Severity: Should,
		Says:    "what was removed is not in the list of its collection any more, or is listed as removed",
		Source:  "RFC 9110 §9.3.5; the contract's paths: the thing was below its collection, whose GET lists",
		Why:     "A list that goes on with what is gone leads people and tools to addresses that answer 404.",
		Right:   "after DELETE /things/7, GET /things is without the thing with id 7",
		Wrong:   "after DELETE /things/7, GET /things has the thing with id 7 as it was",
		For:     shows(listsGone),
		Applies: withRole(listsGone),
		Run: func(x *Exchange) error {
			r, made, before := x.step.resource, x.Before(5), x.Before(4)
			id, ok := r.id(r.read, made)
			if !ok || !r.shows(x, made) {
				return nil
			}
			items, _ := listItems(x.Response.Body)
			for _, item := range items {
				if mentions(item, id, r.idMembers(r.read)) && tellsRemoval(before.Response.Body, item) {
					return nil
				}
			}
			return &Mismatch{"a list without the thing whose " + param(r.read) + " is " + id, "a list with it as it was"}
		},
	}
	keyPrivate = Check{
		ID: "idempotency.private", Severity: Must,
		Says:   "the idempotency key of one client gives another nothing of what was made with it",
		Source: "OWASP API1:2023, broken object level authorization; IETF draft httpapi-idempotency-key-header §5",
		Why:    "Keys are chosen by clients, and two may choose the same. Answers that are kept by the key alone are given to whoever says it. It is checked where the run has the credential other_partner.",
		Right:  "one partner's POST with key k makes thing 7; another's with key k makes thing 8",
		Wrong:  "one partner's POST with key k makes thing 7; another's with key k is answered with thing 7",
		For:    shows(sharesKey),
		Applies: func(x *Exchange) bool {
			return x.step.role == sharesKey && succeeded(x)
		},
		Run: func(x *Exchange) error {
			r := x.step.resource
			one, ok := r.id(r.read, x.Before(1))
			if other, known := r.id(r.read, x); ok && known && one == other {
				return &Mismatch{"another " + r.singular() + " than " + one, "the same"}
			}
			return nil
		},
	}
)

// madeAndRead are the exchanges that made a thing and read it, of a case that has
// looked whether the target remembers; nil where a step is of none.
func madeAndRead(x *Exchange) (made, read *Exchange) {
	switch x.step.role {
	case lists:
		return x.Before(3), x.Before(2)
	case isGone:
		return x.Before(4), x.Before(3)
	}
	return nil, nil
}

// lost names a member that a request asked for and was answered with, and that is
// another when the thing is read later; "" for none.
func lost(told, read *Exchange) string {
	asked, shown, is := members(told.Request.Body), members(told.Response.Body), members(read.Response.Body)
	for _, name := range sortedKeys(asked) {
		if shown[name] != nil && is[name] != nil && sameValue(asked[name], shown[name]) && !sameValue(shown[name], is[name]) {
			return name
		}
	}
	return ""
}

// members are those of a body that is an object, nil of any other.
func members(body []byte) map[string]json.RawMessage {
	var out map[string]json.RawMessage
	if json.Unmarshal(body, &out) != nil {
		return nil
	}
	return out
}

// keyedCreation tells whether things are made with idempotency keys.
func (r *resource) keyedCreation(c *Config) bool {
	i := c.Script.Behaviour.Idempotency
	return r.parent == nil && i != nil && slices.Contains(i.Methods, http.MethodPost) && takesHeader(r.create, i.Header)
}
