package conformance_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/concord-api/concord/conformance"
)

// tolerated are servers that conform, of which something is reported all the
// same: the one check that a standard leaves room for.
var tolerated = map[string]struct {
	check string
	wrap  func(mock http.Handler) http.Handler
}{
	"further members": {"body.undeclared-members", answers(func(a *answer) {
		if !a.isProblem() {
			a.set("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736")
			a.set("meta", map[string]any{"region": "sa-east-1"})
		}
	})},
	"no clock": {"date.present", answers(func(a *answer) { a.header["Date"] = nil })},
	"a slash at the end of paths is ignored": {"path.exact", func(mock http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n := len(r.URL.Path); n > 1 && r.URL.Path[n-1] == '/' {
				r.URL.Path = r.URL.Path[:n-1]
			}
			mock.ServeHTTP(w, r)
		})
	}},
}

func TestWhatIsToleratedIsReportedAndConforms(t *testing.T) {
	doc, script := defaults(t)
	for name, tt := range tolerated {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, conformance.Config{
				Document: doc, Script: script, Defaults: conformance.DefaultsAlways, Phases: []string{"scenarios", "protocol"},
				BaseURL: serve(t, tt.wrap(mock(t, doc, script))),
			})
			var warned []string
			for v := range r.Verdicts() {
				switch v.Outcome {
				case conformance.Broken:
					t.Errorf("%s is broken: %s", v.Check.ID, v)
				case conformance.Warned:
					warned = append(warned, v.Check.ID)
				}
			}
			slices.Sort(warned)
			if warned = slices.Compact(warned); !slices.Equal(warned, []string{tt.check}) {
				t.Errorf("warned of %v, want %s only", warned, tt.check)
			}
			if !r.Conforms() {
				t.Error("the server does not conform")
			}
		})
	}
}
