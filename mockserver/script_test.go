package mockserver_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/concord-api/concord/mockserver"
	"github.com/concord-api/concord/scenarios"
)

// The whole default script, each scenario as often as its sequence is long: what
// is sent gets what is scripted, and keeps the contract.
func TestTheDefaultScriptIsPlayedAsWritten(t *testing.T) {
	doc, err := load("dinie")
	if err != nil {
		t.Fatal(err)
	}
	script := defaultScript(t, doc)
	s, err := mockserver.New(doc, script)
	if err != nil {
		t.Fatal(err)
	}
	for sc := range script.Scenarios() {
		t.Run(sc.Name, func(t *testing.T) {
			for i, step := range sc.Steps() {
				sent, err := sc.Request(&scenarios.Env{BaseURL: "http://mock.example", Defaults: true})
				if err != nil {
					t.Fatal(err)
				}
				target := sent.Path
				if sent.RawQuery != "" {
					target += "?" + sent.RawQuery
				}
				r := httptest.NewRequest(sent.Method, "/", bytes.NewReader(sent.Body))
				if r.URL, err = r.URL.Parse(target); err != nil {
					t.Fatal(err)
				}
				r.Header = sent.Header.Clone()
				if sent.ContentType != "" {
					r.Header.Set("Content-Type", sent.ContentType)
				}
				authorize(r, sc, sent)
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				if w.Code != step.Status {
					t.Fatalf("answer %d has status %d, want %d: %s", i+1, w.Code, step.Status, w.Body)
				}
				if err := judge(doc, nil, r, w); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// authorize presents the secret of a scenario as its operation asks for it.
func authorize(r *http.Request, sc *scenarios.Scenario, sent *scenarios.Request) {
	if sent.Secret == "" || len(sc.Operation.Security) == 0 || len(sc.Operation.Security[0]) == 0 {
		return
	}
	if user, password, ok := strings.Cut(sent.Secret, ":"); ok && sc.Operation.Security[0][0].Scheme.Scheme == "basic" {
		r.SetBasicAuth(user, password)
		return
	}
	r.Header.Set("Authorization", "Bearer "+sent.Secret)
}
