package mockserver

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/concord-api/concord/spec"
)

// route finds the operation of a request: 404 where there is no such path, 405
// with Allow where the path has other methods (RFC 9110 §15.5.5, §15.5.6).
func (x *exchange) route() *answer {
	match, err := x.server.doc.MatchRequest(x.r.Method, x.path, x.query, x.r.Header)
	if err == nil {
		x.match, x.op = match, x.server.operation(match.Operation)
		return nil
	}
	var wrong *spec.MethodError
	if !errors.As(err, &wrong) {
		if x.path == "*" || x.r.RequestURI == "*" {
			return x.options(nil)
		}
		t := &trouble{
			statuses: []int{http.StatusNotFound},
			detail:   "no path of the contract matches " + x.path,
		}
		return x.failAmong(t, x.server.doc.Nearest(x.path), mustTell)
	}
	if x.r.Method == http.MethodOptions {
		return x.options(wrong.Allowed)
	}
	t := &trouble{
		statuses: []int{http.StatusMethodNotAllowed},
		detail:   x.r.Method + " is not documented for " + wrong.Path + ", which has " + strings.Join(documented(wrong.Allowed), ", "),
		header:   []field{{"Allow", []string{strings.Join(wrong.Allowed, ", ")}}},
	}
	return x.failAmong(t, wrong.Operations(), mayNotTell)
}

// documented leaves out the methods that HTTP adds by itself.
func documented(allowed []string) []string {
	return slices.DeleteFunc(slices.Clone(allowed), func(m string) bool {
		return m == http.MethodOptions || m == http.MethodHead && slices.Contains(allowed, http.MethodGet)
	})
}

// options answers OPTIONS where the contract does not (RFC 9110 §9.3.7); the
// preflights of browsers are of this kind.
func (x *exchange) options(allowed []string) *answer {
	a := &answer{status: http.StatusNoContent}
	if allowed != nil {
		a.header = append(a.header, field{"Allow", []string{strings.Join(allowed, ", ")}})
	}
	return a
}
