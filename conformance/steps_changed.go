package conformance

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// changed are the steps that change a thing, and read whether it is changed. found
// is the step that reads it before.
func (r *resource) changed(n int, op *spec.Operation, found *Step) []*Step {
	return []*Step{found, r.probing(n), r.rewriting(n, op), r.comparing(n)}
}

// changeSeeds is how many bodies are made for a change, to send the one that
// differs most from what is there.
const changeSeeds = 8

// rewriting changes a thing to values that it does not have. A target that refuses
// them is sent the contract's example.
func (r *resource) rewriting(n int, op *spec.Operation) *Step {
	request := func(b *builder, earlier []*Exchange, dynamic bool) (*Request, error) {
		made, before := earlier[n], earlier[n+1]
		path, err := r.path(op, made)
		if err != nil {
			return nil, err
		}
		var best *Request
		most := -1
		for i := range uint64(changeSeeds) {
			sample, err := b.sampleWith(op, spec.RequestOptions{Seed: b.seed + i, Dynamic: dynamic, Body: true})
			if err != nil {
				return nil, err
			}
			sample.Path = path
			sample = b.mark(op, agree(op, sample))
			if s := made.Request.Scripted; s != nil {
				sample.Credential, sample.Secret = s.Credential, s.Secret
			}
			candidate, err := b.finish(op, sample)
			if err != nil {
				return nil, err
			}
			if differ := len(r.written(op, candidate, before)); differ > most {
				best, most = candidate, differ
			}
			if !dynamic {
				break // each would be the same
			}
		}
		if most == 0 {
			return nil, errEnough
		}
		return best, nil
	}
	step := r.changing(n, op)
	step.Name, step.role = "change it to other values", ""
	step.build = func(b *builder, earlier []*Exchange) (*Request, error) { return request(b, earlier, true) }
	step.follow = func(b *builder, x *Exchange, tried int) (*Request, time.Duration) {
		if x.Response.Status/100 != 4 || noRight(x) || tried > 1 {
			return nil, 0
		}
		again, err := request(b, x.earlier, false)
		if err != nil {
			return nil, 0
		}
		return again, 0
	}
	step.gate = func(x *Exchange) string {
		switch status := x.Response.Status; {
		case status/100 == 4:
			return fmt.Sprintf("%s refuses the change with %s", op.ID, statusText(status))
		case status == http.StatusAccepted:
			return fmt.Sprintf("%s only accepts the change (202), which may come about later", op.ID)
		}
		return ""
	}
	step.ends = func(x *Exchange) bool { return !x.Answered() || !succeeded(x) }
	return step
}

// comparing reads a thing after it was changed.
func (r *resource) comparing(n int) *Step {
	return &Step{
		Name: "read what was changed", Operation: r.read, role: compares, resource: r,
		Expect: Expect{Because: "the change was answered with a success"},
		build: func(b *builder, earlier []*Exchange) (*Request, error) {
			return b.item(r, r.read, earlier[n])
		},
		follow: settling(func(x *Exchange) bool { return len(r.stale(x)) == 0 }, n),
		gate: func(x *Exchange) string {
			if why := notYet(x, x.earlier[n]); why != "" {
				return why
			}
			switch age := x.Response.Header.Get("Age"); {
			case !succeeded(x):
				return "what was changed is answered " + statusText(x.Response.Status) + " where it was: the change may have moved it"
			case age != "" && age != "0":
				return "what is read comes from a cache, and may be older than the change"
			}
			return ""
		},
	}
}

// written is a member of a change whose value is another than the thing had.
type written struct {
	name         string
	before, sent any
	said         bool // the answer to the change shows it as it was sent
	mustApply    bool // that, or nothing of the change is to be seen
}

// written lists the members of a change that a later answer must show: those that
// the contract describes in the same way on both sides, and that are not the
// server's own. before is an answer of the thing's read.
func (r *resource) written(op *spec.Operation, request *Request, before *Exchange) []written {
	var sent map[string]any
	if decodeExact(request.Body, &sent) != nil || sent == nil {
		return nil
	}
	mt := op.RequestMediaType(request.Header.Get("Content-Type"))
	was, described := r.thingIn(before)
	if mt == nil || mt.Schema == nil || was == nil {
		return nil
	}
	around := inPlace(mt.Schema)
	var out []written
	for _, name := range sortedKeys(sent) {
		if isEmpty(sent[name]) || serversOwn(r, name) || alike(sent[name], was[name]) ||
			!sameDescription(memberSchemas(around, name), memberSchemas(described, name)) {
			continue
		}
		out = append(out, written{name: name, before: was[name], sent: sent[name]})
	}
	return out
}

// stale lists the members of a change that are read as they were before it. x is
// the read after the change, the exchange before it the change.
func (r *resource) stale(x *Exchange) []written {
	change := x.Before(1)
	all := r.written(change.Operation(), &change.Request, x.Before(3))
	now, _ := r.thingIn(x)
	if now == nil {
		return nil
	}
	answered, _ := r.thingIn(change)
	var out []written
	for _, w := range all {
		if !reflect.DeepEqual(now[w.name], w.before) {
			continue
		}
		w.said = answered != nil && answered[w.name] != nil && alike(w.sent, answered[w.name])
		out = append(out, w)
	}
	for i := range out {
		out[i].mustApply = out[i].said || len(out) == len(all)
	}
	return out
}

// thingIn is the thing in an answer, and what the contract says of it: the body,
// or what its envelope holds. It is nil where there is none.
func (r *resource) thingIn(x *Exchange) (map[string]any, []*schema.Schema) {
	whole, ok := x.document().(map[string]any)
	d := x.Documented()
	if !ok || d == nil || !succeeded(x) {
		return nil, nil
	}
	mt := d.MediaType(x.Response.Header.Get("Content-Type"))
	if mt == nil || mt.Schema == nil {
		return nil, nil
	}
	schemas := inPlace(mt.Schema)
	for _, envelope := range []string{"data", "result", r.singular()} {
		if inner, ok := whole[envelope].(map[string]any); ok {
			return inner, memberSchemas(schemas, envelope)
		}
	}
	return whole, schemas
}

// sameDescription tells whether two places of a contract describe the same value,
// one that clients write and read.
func sameDescription(written, read []*schema.Schema) bool {
	if len(written) == 0 || len(read) == 0 {
		return false
	}
	for _, s := range slices.Concat(written, read) {
		if s.ReadOnly || s.WriteOnly || s.Format == "password" {
			return false
		}
	}
	return slices.ContainsFunc(written, func(w *schema.Schema) bool {
		return slices.ContainsFunc(read, func(s *schema.Schema) bool {
			return w.Target() == s.Target() || w.Types != 0 && w.Types&^schema.TypeNull == s.Types&^schema.TypeNull && w.Format == s.Format
		})
	})
}

// serversOwn tells members that servers set themselves, also where a contract does
// not say readOnly: ids, times, versions, addresses.
func serversOwn(r *resource, name string) bool {
	name = plain(name)
	return slices.Contains(r.idMembers(r.read), name) || isPassword(schema.Property{Name: name}) ||
		contains([]string{"id", "uuid", "version", "revision", "etag", "self", "href", "links", "object", "kind", "owner", "password", "secret", "token"}, name) ||
		strings.HasPrefix(name, "created") || strings.HasPrefix(name, "updated") || strings.HasPrefix(name, "modified") || strings.HasPrefix(name, "deleted")
}

// ruled tells members that servers often have rules for which a contract does not
// tell: a state that a thing is led to step by step, an address that is checked.
func ruled(name string) bool {
	name = plain(name)
	return strings.HasSuffix(name, "status") || strings.HasSuffix(name, "state") || strings.HasSuffix(name, "type") ||
		strings.HasSuffix(name, "email") || strings.HasSuffix(name, "id") || strings.HasSuffix(name, "at")
}
