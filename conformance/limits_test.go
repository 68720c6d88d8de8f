package conformance_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concord-api/concord/conformance"
)

func TestSlowAnswersMissTheLimit(t *testing.T) {
	slow := func(pause time.Duration) string {
		return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && r.URL.Path == "/things" && r.Header.Get("X-Key") != "" {
				time.Sleep(pause)
			}
			things().ServeHTTP(w, r)
		}))
	}
	for name, tt := range map[string]struct {
		pause  time.Duration
		broken bool
	}{
		"an answer after the limit":  {600 * time.Millisecond, true},
		"an answer before the limit": {10 * time.Millisecond, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, conformance.Config{
				Document: mustLoad(t, "testdata/things.yaml"), BaseURL: slow(tt.pause), Token: "secret-key",
				MaxResponseTime: 500 * time.Millisecond, Phases: []string{"protocol"},
			})
			got := slices.ContainsFunc(broken(r), func(s string) bool { return strings.HasPrefix(s, "response-time in protocol/listThings") })
			if got != tt.broken {
				t.Errorf("response-time broken = %t, want %t: %v", got, tt.broken, broken(r))
			}
		})
	}
}

func TestAnUnknownMediaTypeIsRefusedAsDocumented(t *testing.T) {
	contract := `
openapi: 3.1.0
info: {title: Notes, version: "1"}
paths:
  /notes:
    post:
      operationId: createNote
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [text], properties: {text: {type: string}}}}}
      responses:
        "201": {description: made}
        "400": {description: refused}
        "415": {description: another type}
`
	location := filepath.Join(t.TempDir(), "notes.yaml")
	if err := os.WriteFile(location, []byte(contract), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		status int
		broken bool
	}{
		"a 415 as documented":               {415, false},
		"a 400 where 415 is documented":     {400, true},
		"a success where 415 is documented": {201, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, conformance.Config{
				Document: mustLoad(t, location), Phases: []string{"protocol"},
				BaseURL: serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.Contains(r.Header.Get("Content-Type"), "nobody") {
						w.WriteHeader(tt.status)
					}
				})),
			})
			if got := slices.ContainsFunc(broken(r), func(s string) bool { return strings.HasPrefix(s, "negotiation.unsupported-type ") }); got != tt.broken {
				t.Errorf("negotiation.unsupported-type broken = %t, want %t: %v", got, tt.broken, broken(r))
			}
		})
	}
}

func TestEachRunNamesItself(t *testing.T) {
	agents := func() (seen []string) {
		var mu sync.Mutex
		url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			seen = append(seen, r.UserAgent())
			mu.Unlock()
			things().ServeHTTP(w, r)
		}))
		run(t, conformance.Config{Document: mustLoad(t, "testdata/things.yaml"), BaseURL: url, Token: "secret-key", Phases: []string{"protocol"}})
		slices.Sort(seen)
		return slices.Compact(seen)
	}
	first, second := agents(), agents()
	if len(first) != 1 || len(second) != 1 || first[0] == second[0] {
		t.Fatalf("two runs were sent by %q and %q, want one agent each", first, second)
	}
	if !strings.HasPrefix(first[0], "concord-verify") {
		t.Errorf("the agent is %q", first[0])
	}
}
