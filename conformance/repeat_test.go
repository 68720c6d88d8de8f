package conformance_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/concord-api/concord/conformance"
)

func init() {
	maps.Copy(faults, map[string]fault{
		"a member that comes now and then": {"answer.steady", everyThird(func(a *answer) {
			if a.of("GET /customers/*", 200) {
				a.set("trading_name", nil)
			}
		})},
	})
}

// everyThird is the mock with every third answer to the same request changed.
func everyThird(change func(*answer)) func(http.Handler) http.Handler {
	return func(mock http.Handler) http.Handler {
		var mu sync.Mutex
		seen := map[string]int{}
		return altered(mock, func(a *answer) {
			mu.Lock()
			defer mu.Unlock()
			key := a.request.Method + a.request.URL.String()
			if seen[key]++; seen[key]%3 == 0 {
				change(a)
			}
		})
	}
}

func TestRepeatsCatchWhatBreaksNowAndThen(t *testing.T) {
	doc := mustLoad(t, "testdata/things.yaml")
	tests := map[string]struct {
		change func(*answer)
		check  string
	}{
		"a status":               {func(a *answer) { a.fails() }, "answer.steady"},
		"a required member":      {func(a *answer) { a.set("name", nil) }, "body.schema"},
		"the type of a member":   {func(a *answer) { a.set("id", "1") }, "body.schema"},
		"a member of its own":    {func(a *answer) { a.set("more", 1) }, "answer.steady"},
		"nothing but the values": {func(a *answer) { a.set("name", strings.Repeat("o", 9)) }, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			url := serve(t, everyThird(func(a *answer) {
				if a.of("GET /things/*", 200) {
					tt.change(a)
				}
			})(things()))
			r := run(t, conformance.Config{Document: doc, BaseURL: url, Token: "secret-key", Phases: []string{"coverage"}, Repeat: 4})
			found := map[string]bool{}
			for v := range r.Verdicts() {
				if v.Outcome == conformance.Broken || v.Outcome == conformance.Warned {
					found[v.Check.ID] = true
				}
			}
			if tt.check == "" && len(found) > 0 || tt.check != "" && !found[tt.check] {
				t.Errorf("want %q among %v", tt.check, found)
			}
		})
	}
}

// renamingThings runs, with repeats, on a server whose values change from answer
// to answer.
func renamingThings(t *testing.T) *conformance.Results {
	t.Helper()
	url := serve(t, everyThird(func(a *answer) {
		if a.of("GET /things/*", 200) {
			a.set("name", strings.Repeat("o", 9))
		}
	})(things()))
	return run(t, conformance.Config{
		Document: mustLoad(t, "testdata/things.yaml"), BaseURL: url, Token: "secret-key",
		Phases: []string{"coverage"}, Repeat: 4,
	})
}

func TestRepeatsCreateNothing(t *testing.T) {
	doc := mustLoad(t, "testdata/things.yaml")
	made := func(repeat int) string {
		var mu sync.Mutex
		n := 0
		url := serve(t, altered(things(), func(a *answer) {
			mu.Lock()
			defer mu.Unlock()
			if a.of("POST /things", 201) {
				n++
			}
		}))
		run(t, conformance.Config{Document: doc, BaseURL: url, Token: "secret-key", Phases: []string{"coverage"}, Repeat: repeat})
		return fmt.Sprint(n, " things")
	}
	if once, thrice := made(1), made(3); once != thrice {
		t.Errorf("%s were made without repeats, %s with them", once, thrice)
	}
}
