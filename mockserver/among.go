package mockserver

import (
	"strconv"
	"strings"

	"github.com/concord-api/concord/spec"
)

// telling is whether an answer must have a place for what is wrong.
type telling bool

const (
	mayNotTell telling = false
	mustTell   telling = true
)

// failAmong is fail for a request that reaches no operation. The neighbours of
// what it asked for say what errors of the contract look like: the first that
// documents the status is followed, else the first that coverage it by a class or
// default; where none has it with content, problem details do.
func (x *exchange) failAmong(t *trouble, neighbours []*spec.Operation, must telling) *answer {
	status := t.statuses[0]
	p := t.problem(x.server, status, x.path)
	for _, is := range []coverage{exactly, byClass, byDefault} {
		for _, op := range neighbours {
			r := op.Response(status)
			if r == nil || !is(r, status) {
				continue
			}
			a, told := x.server.operation(op).tellError(status, p, x.r.Header["Accept"])
			if a == nil || bool(must) && !told {
				continue
			}
			a.set("Server", serverName)
			return t.attach(a)
		}
	}
	return t.attach(plainProblem(p))
}

// coverage is how narrowly a response coverage a status.
type coverage func(r *spec.Response, status int) bool

func exactly(r *spec.Response, status int) bool { return r.Status == strconv.Itoa(status) }

// byClass and byDefault leave out responses without content, which a neighbour
// may mean by anything.
func byClass(r *spec.Response, _ int) bool {
	return strings.HasSuffix(r.Status, "XX") && len(r.Content) > 0
}

func byDefault(r *spec.Response, _ int) bool {
	return r.Status == "default" && len(r.Content) > 0
}
