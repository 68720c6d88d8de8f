package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// standing are the things that requests made from the contract alone are about:
// an example's id is seldom one that the target has. Each kind of thing is made
// once in a run, when it is first needed; where nothing may be made, reads are
// about what the list of its collection has.
type standing struct {
	mu     sync.Mutex
	things map[string]*standingThing // by the path template of one thing
}

type standingThing struct {
	once sync.Once
	path string // "" where there is none
}

func (s *standing) of(template string) *standingThing {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.things == nil {
		s.things = map[string]*standingThing{}
	}
	if s.things[template] == nil {
		s.things[template] = &standingThing{}
	}
	return s.things[template]
}

// oneThing splits a path template after the parameter that tells things apart:
// "/things/{id}/parts" is "/parts" of "/things/{id}". template is "" where it has
// no such parameter.
func oneThing(path string) (template, rest string) {
	end := strings.LastIndexByte(path, '}') + 1
	start := strings.LastIndexByte(path[:end], '/') + 1
	if end == 0 || path[start] != '{' || end < len(path) && path[end] != '/' {
		return "", ""
	}
	return path[:end], path[end:]
}

// place is the path of an operation of a thing that the target has, "" where
// none is known.
func (p *player) place(ctx context.Context, op *spec.Operation) string {
	template, rest := oneThing(op.Path)
	if template == "" {
		return ""
	}
	kind := slices.IndexFunc(p.ledger.resources, func(r *resource) bool { return r.of(template) != nil })
	var path string
	switch {
	case kind < 0 || p.safe:
	case op.Method == http.MethodDelete && strings.Trim(rest, "/") == "":
		path = p.makeOne(ctx, p.ledger.resources[kind], template) // it will be gone
	default:
		thing := p.standing.of(template)
		thing.once.Do(func() { thing.path = p.makeOne(ctx, p.ledger.resources[kind], template) })
		path = thing.path
	}
	if path == "" && safeMethod(op.Method) {
		thing := p.standing.of(template + " listed")
		thing.once.Do(func() { thing.path = p.listedOne(ctx, op, template) })
		path = thing.path
	}
	if path == "" {
		return ""
	}
	return trimSlash(path) + rest
}

// of is an operation of one thing that has a path template, nil for none.
func (r *resource) of(template string) *spec.Operation {
	for _, op := range append([]*spec.Operation{r.read, r.remove}, r.changes...) {
		if op != nil && trimSlash(op.Path) == template {
			return op
		}
	}
	return nil
}

// makeOne makes a thing and tells where it is.
func (p *player) makeOne(ctx context.Context, r *resource, template string) string {
	steps := r.made(&Config{Script: p.builder.script})
	played := p.play(ctx, &Case{Operation: r.create, Steps: steps})
	p.aside.Add(int64(len(played.Exchanges)))
	if played.Skip != "" || len(played.Exchanges) != len(steps) {
		return ""
	}
	path, err := r.path(r.of(template), played.Exchanges[len(steps)-1])
	if err != nil {
		return ""
	}
	return path
}

// listedOne tells where the first thing of a collection's list is.
func (p *player) listedOne(ctx context.Context, op *spec.Operation, template string) string {
	collection := template[:strings.LastIndexByte(template, '/')]
	i := slices.IndexFunc(p.builder.script.Document.Operations(), func(o *spec.Operation) bool {
		return o.Method == http.MethodGet && trimSlash(o.Path) == collection
	})
	if i < 0 {
		return ""
	}
	list := p.builder.script.Document.Operations()[i]
	played := p.play(ctx, &Case{Operation: list, Steps: []*Step{{Operation: list, build: func(b *builder, _ []*Exchange) (*Request, error) {
		r, err := b.valid(list, true)
		if err != nil {
			return nil, err
		}
		return b.finish(list, r)
	}}}})
	p.aside.Add(int64(len(played.Exchanges)))
	if played.Skip != "" || len(played.Exchanges) == 0 || !played.Exchanges[0].Answered() {
		return ""
	}
	x := *played.Exchanges[0]
	x.Response.Body, x.Response.Header = firstItem(x.Response.Body, p.builder.named), nil
	found := &resource{create: list}
	one := &spec.Operation{Path: template} // of the thing itself, whatever is asked of it
	for _, candidate := range found.candidates(one, &x) {
		if path := itemPath(one, found.collectionOf(&x), candidate); candidate != "" && validPath(op, path+op.Path[len(template):]) {
			return path
		}
	}
	return ""
}

// named tells whether an item of a list has the value of a fixture: what is there
// for a scenario may be there to fail.
func (b *builder) named(item []byte) bool {
	for _, value := range b.env.Fixtures {
		if quoted, err := json.Marshal(value); err == nil && len(value) >= 8 && bytes.Contains(item, quoted) {
			return true
		}
	}
	return false
}

// firstItem is the first object of a list that need not be passed over, else the
// first: of an array, or of the first array of objects in an object. It is empty
// where there is none.
func firstItem(body []byte, passOver func(item []byte) bool) []byte {
	var items []json.RawMessage
	if json.Unmarshal(body, &items) == nil {
		items = slices.DeleteFunc(items, func(item json.RawMessage) bool {
			return !strings.HasPrefix(strings.TrimSpace(string(item)), "{")
		})
		for _, item := range items {
			if !passOver(item) {
				return item
			}
		}
		if len(items) > 0 {
			return items[0]
		}
		return nil
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return nil
	}
	for _, name := range sortedKeys(members) {
		if strings.HasPrefix(strings.TrimSpace(string(members[name])), "[") {
			if item := firstItem(members[name], passOver); item != nil {
				return item
			}
		}
	}
	return nil
}

// placed is a request from the contract alone, about a thing that the target has
// where one is known.
func (b *builder) placed(op *spec.Operation) (r *scenarios.Request, known bool, err error) {
	if r, err = b.sample(op); err != nil || b.place == nil {
		return r, false, err
	}
	if path := b.place(op); path != "" {
		r.Path = path
		return r, true, nil
	}
	return r, false, nil
}
