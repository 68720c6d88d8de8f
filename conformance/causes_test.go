package conformance_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/concord-api/concord/conformance"
)

// onThings runs phases on a server of testdata/things.yaml whose answers are
// altered.
func onThings(t *testing.T, change func(*answer), phases ...string) *conformance.Results {
	t.Helper()
	return run(t, conformance.Config{
		Document: mustLoad(t, "testdata/things.yaml"), Token: "secret-key", Phases: phases, BaseURL: serve(t, altered(things(), change)),
	})
}

func TestOneCauseIsOneFinding(t *testing.T) {
	for name, tt := range map[string]struct {
		check  string
		change func(*answer)
		cases  int // at least
	}{
		"letters of Latin-1 at other places of each body": {"body.utf-8", func(a *answer) {
			if a.status == 401 || a.status == 404 {
				a.body = []byte(strings.Replace(string(a.body), `"title"`, `"`+strings.Repeat("x", len(a.request.URL.Path))+"\xe3"+`":1,"title"`, 1))
			}
		}, 3},
		"one status that no operation documents": {"status.documented", func(a *answer) {
			if a.status < 300 {
				a.status = http.StatusTeapot
			}
		}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findings, cases := 0, map[string]bool{}
			operations := map[string]bool{}
			for _, f := range onThings(t, tt.change, "protocol", "coverage").Findings(conformance.Broken) {
				if f.Check.ID != tt.check {
					continue
				}
				findings++
				for _, found := range f.Failures {
					cases[found.Verdict.Case.ID] = true
					operations[found.Verdict.Case.Operation.ID] = true
				}
			}
			if findings != 1 || len(cases) < tt.cases || len(operations) < 2 {
				t.Errorf("%d findings of %d cases of %d operations, want one finding of several", findings, len(cases), len(operations))
			}
		})
	}
}

func TestKeyInAHeaderOfTheAnswerIsALeak(t *testing.T) {
	known := func(s string) bool { return s == opaque }
	for name, tt := range map[string]struct {
		shown func(key string) string
		leaks bool
	}{
		"the key":        {func(key string) string { return "key " + key }, true},
		"the end of it":  {func(key string) string { return "…" + key[max(0, len(key)-4):] }, false},
		"that it has it": {func(string) string { return "yes" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := presenting(t, asKey, opaque, altered(letsIn("X-Key", known), func(a *answer) {
				a.header.Set("X-Asked-With", tt.shown(a.request.Header.Get("X-Key")))
			}))
			got := slices.ContainsFunc(broken(r), func(s string) bool { return strings.HasPrefix(s, "leaks.credential in ") })
			if got != tt.leaks || !tt.leaks && len(broken(r)) > 0 {
				t.Errorf("broken are %v, want a leak = %t", broken(r), tt.leaks)
			}
		})
	}
}

func TestWhatNobodyMadeIsAskedFor(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*answer)
		want   string
	}{
		"it is not there":                 {func(*answer) {}, ""},
		"it is made up":                   {func(a *answer) { missingThing(a, 200, `{"id": 9, "name": "nine"}`) }, ""},
		"it falls over":                   {func(a *answer) { missingThing(a, 500, `{}`) }, "server-error in protocol/getThing/absent"},
		"it is said in no documented way": {func(a *answer) { missingThing(a, 410, `{}`) }, "status.documented in protocol/getThing/absent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := onThings(t, tt.change, "protocol")
			if got := broken(r); tt.want == "" && len(got) > 0 || tt.want != "" && !slices.Contains(got, tt.want) {
				t.Errorf("broken are %v, want %q", got, tt.want)
			}
			if p := r.Played["protocol/getThing/absent"]; p == nil || p.Skip != "" || p.Sent != 2 {
				t.Errorf("what nobody made was not asked for: %+v", p)
			}
		})
	}
}

// missingThing makes the 404 of a thing another answer.
func missingThing(a *answer, status int, body string) {
	if a.status == http.StatusNotFound && strings.HasPrefix(a.request.URL.Path, "/things/") && a.request.Method == http.MethodGet && !strings.HasSuffix(a.request.URL.Path, "/") {
		a.replace(status, "application/json", body)
	}
}
