package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/concord-api/concord/spec"
)

// role is what a step shows of a thing that was made.
type role string

const (
	reads      role = "read"
	lists      role = "list"
	changes    role = "change"
	removes    role = "remove"
	compares   role = "compare"
	isGone     role = "after"
	trespasses role = "trespass"
	spies      role = "spy"
	locates    role = "location"
	linkedTo   role = "link"
	listsGone  role = "list-after"
	sharesKey  role = "shared-key"
	remakes    role = "remake"
)

// stepsCases makes things as the contract lets clients make them, and looks
// whether they can be read, found in their list, changed and removed, and are
// gone then; and it follows the contract's links.
func stepsCases(c *Config) []*Case {
	var cases []*Case
	byOp := map[*spec.Operation]*resource{}
	for _, r := range resources(c.Document) {
		byOp[r.create] = r
		cases = append(cases, r.lifecycle(c)...)
	}
	for _, op := range c.Document.Operations() {
		cases = append(cases, linkCases(c, op, byOp[op])...)
	}
	return cases
}

func stepsID(op *spec.Operation, name string) string { return "steps/" + op.ID + "/" + name }

// lifecycle makes a thing for each case, so that one that fails does not hide
// another.
func (r *resource) lifecycle(c *Config) []*Case {
	made := r.made(c)
	after := func(name, says string, steps ...*Step) *Case {
		return &Case{
			ID: stepsID(r.create, name), Topic: Lifecycle, Operation: r.create, Name: says,
			Steps: append(slices.Clone(made), steps...),
		}
	}
	n := len(made) - 1 // the creation's place
	var cases []*Case
	if r.read != nil {
		cases = append(cases, after("read", "what was made can be read", r.reading(n), r.locating(n)))
		found := r.reading(n)
		found.Setup, found.role = true, ""
		found.Expect.Status = []string{"2XX"}
		if r.list != nil {
			cases = append(cases, after("list", "what was made is in the list", found, r.probing(n), r.listing(n)))
		}
		for _, op := range r.changes {
			cases = append(cases, after(strings.ToLower(op.Method), "what was made can be changed with "+op.Method, found, r.changing(n, op)))
			cases = append(cases, after(strings.ToLower(op.Method)+"-applied", "what was changed with "+op.Method+" is changed", r.changed(n, op, found)...))
		}
		cases = append(cases, r.foreign(c, after, found, n)...)
		if header := keyHeader(c, r.create); header != "" {
			cases = append(cases, &Case{
				ID: stepsID(r.create, "once"), Topic: Lifecycle, Operation: r.create,
				Name: "the same request and " + header + " make one thing", Steps: r.onceMade(made, header),
			})
		}
		if r.remove != nil {
			steps := []*Step{found, r.probing(n), r.removing(n), r.rereading(n)}
			if r.list != nil {
				steps = append(steps, r.relisting(n))
			}
			cases = append(cases, after("remove", "what was removed is gone", steps...))
		}
	}
	return cases
}

// made are the steps that make a thing, the things that it belongs to first.
func (r *resource) made(c *Config) []*Step {
	var steps []*Step
	belongs := r.parent != nil && !slices.ContainsFunc(c.Script.Of(r.create), succeeds)
	if belongs {
		steps = r.parent.made(c)
	}
	parent := func(earlier []*Exchange) *Exchange {
		if !belongs {
			return nil
		}
		return earlier[len(earlier)-1]
	}
	return append(steps, &Step{
		Name: "make it", Operation: r.create, Setup: true,
		Expect: Expect{Status: []string{"2XX"}, Because: "the contract lets clients make things with " + r.create.ID},
		build: func(b *builder, earlier []*Exchange) (*Request, error) {
			return b.creation(r, parent(earlier), 0)
		},
		follow: func(b *builder, x *Exchange, n int) (*Request, time.Duration) {
			if x.Response.Status/100 != 4 || noRight(x) || n >= creationTries {
				return nil, 0
			}
			request, err := b.creation(r, parent(x.earlier), n)
			if err != nil {
				return nil, 0
			}
			return request, 0
		},
		gate: func(x *Exchange) string {
			if !r.creates(x) {
				return fmt.Sprintf("%s answers %s: that is not to say that it made anything", r.create.ID, statusText(x.Response.Status))
			}
			return ""
		},
	})
}

// noRight tells an answer that depends on who asks, or how often.
func noRight(x *Exchange) bool {
	return slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests}, x.Response.Status)
}

// settling asks again, a short time later, while an answer is not the wanted
// one: what was written on one server may not be known on another yet. What was
// only accepted (202) is given more time.
func settling(wanted func(x *Exchange) bool, n int) func(*builder, *Exchange, int) (*Request, time.Duration) {
	return func(_ *builder, x *Exchange, tried int) (*Request, time.Duration) {
		if wanted(x) || noRight(x) || tried > settleTries(x.earlier[n]) {
			return nil, 0
		}
		return again(x), 50 * time.Millisecond << (tried - 1)
	}
}

// settleTries is how often a request is asked again: for 750 ms, and for 3.2 s
// where the request before was only accepted.
func settleTries(before *Exchange) int {
	if before.Response.Status == http.StatusAccepted {
		return 6
	}
	return 4
}

func succeeded(x *Exchange) bool { return x.Response.Status/100 == 2 }

func missing(x *Exchange) bool {
	return x.Response.Status == http.StatusNotFound || x.Response.Status == http.StatusGone
}

// notYet says why an answer about a thing is no verdict: it depends on rights, or
// the thing was only accepted.
func notYet(x *Exchange, made *Exchange) string {
	switch {
	case noRight(x):
		return fmt.Sprintf("%s %s is answered %s: the run's credential has no right to it", x.Request.Method, x.step.Operation.Path, statusText(x.Response.Status))
	case made.Response.Status == http.StatusAccepted && missing(x):
		return "its creation was only accepted (202), and has not come about yet"
	}
	return ""
}

func (r *resource) reading(n int) *Step {
	return &Step{
		Name: "read it", Operation: r.read, role: reads,
		Expect: Expect{Because: r.create.ID + " made it"},
		build: func(b *builder, earlier []*Exchange) (*Request, error) {
			return b.item(r, r.read, earlier[n])
		},
		follow: settling(func(x *Exchange) bool { return !missing(x) }, n),
		gate:   func(x *Exchange) string { return notYet(x, x.earlier[n]) },
	}
}

// probing asks for a thing that nobody made. A target that has it all the same
// plays samples and remembers nothing: what it says of things is no verdict.
func (r *resource) probing(n int) *Step {
	return &Step{
		Name: "read what nobody made", Operation: r.read, Setup: true,
		build: func(b *builder, earlier []*Exchange) (*Request, error) {
			made := earlier[n]
			id, ok := r.id(r.read, made)
			other := ""
			if ok {
				other = neverCreated(r.read, r.collectionOf(made), id)
			}
			if other == "" {
				return nil, skipError("nothing tells whether the target remembers: the contract gives no way to ask for a thing that nobody made")
			}
			return b.at(r.read, itemPath(r.read, r.collectionOf(made), other), made)
		},
		gate: func(x *Exchange) string {
			if succeeded(x) {
				return "the target does not remember: it answers " + statusText(x.Response.Status) + " for a thing that nobody made"
			}
			return ""
		},
	}
}

func (r *resource) changing(n int, op *spec.Operation) *Step {
	return &Step{
		Name: "change it", Operation: op, role: changes,
		Expect: Expect{Because: r.create.ID + " made it, and it can be read"},
		build: func(b *builder, earlier []*Exchange) (*Request, error) {
			return b.change(r, op, earlier[n])
		},
		gate: func(x *Exchange) string {
			if x.Response.Status/100 == 4 && !missing(x) && x.Response.Status != http.StatusMethodNotAllowed {
				return fmt.Sprintf("%s refuses the change with %s", op.ID, statusText(x.Response.Status))
			}
			return ""
		},
	}
}

func (r *resource) removing(n int) *Step {
	return &Step{
		Name: "remove it", Operation: r.remove, role: removes,
		Expect: Expect{Because: r.create.ID + " made it, and it can be read"},
		build: func(b *builder, earlier []*Exchange) (*Request, error) {
			return b.item(r, r.remove, earlier[n])
		},
		gate: func(x *Exchange) string {
			if x.Response.Status/100 == 4 && !missing(x) && x.Response.Status != http.StatusMethodNotAllowed {
				return fmt.Sprintf("%s refuses to remove it with %s", r.remove.ID, statusText(x.Response.Status))
			}
			return ""
		},
		ends: func(x *Exchange) bool { return !x.Answered() || !succeeded(x) },
	}
}

// rereading reads what was removed. The answer is held to nothing else: whether
// a contract documents it or not, 404 and 410 are right.
func (r *resource) rereading(n int) *Step {
	return &Step{
		Name: "read what was removed", role: isGone,
		Expect: Expect{Status: []string{"404", "410"}, Because: r.remove.ID + " removed it"},
		build: func(b *builder, earlier []*Exchange) (*Request, error) {
			return b.item(r, r.read, earlier[n])
		},
		follow: func(b *builder, x *Exchange, tried int) (*Request, time.Duration) {
			removal := len(x.earlier) - 1
			return settling(func(x *Exchange) bool { return !succeeded(x) }, removal)(b, x, tried)
		},
		gate: func(x *Exchange) string {
			if succeeded(x) && x.earlier[len(x.earlier)-1].Response.Status == http.StatusAccepted {
				return "its removal was only accepted (202), and has not come about yet"
			}
			return ""
		},
	}
}

// locating follows the Location of a creation (RFC 9110 §10.2.2), where there is
// one on this host.
func (r *resource) locating(n int) *Step {
	return &Step{
		Name: "read what Location names", role: locates,
		Expect: Expect{Because: "the answer of " + r.create.ID + " names it in Location"},
		build: func(b *builder, earlier []*Exchange) (*Request, error) {
			made := earlier[n]
			address, ok := b.within(made, made.Response.Header.Get("Location"))
			if made.Response.Header.Get("Location") == "" || !ok {
				return nil, errEnough
			}
			request, err := b.finish(r.create, locationRequest(made))
			if err != nil {
				return nil, err
			}
			readdress(request, address)
			return request, nil
		},
		follow: settling(func(x *Exchange) bool { return !missing(x) }, n),
	}
}
