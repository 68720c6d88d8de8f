package conformance_test

import (
	"encoding/json"
	"io"
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

// slowThings runs with a limit on a server whose list takes a while.
func slowThings(t *testing.T, pause time.Duration) *conformance.Results {
	t.Helper()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == "/things" && r.Header.Get("X-Key") != "" {
			time.Sleep(pause)
		}
		things().ServeHTTP(w, r)
	}))
	return run(t, conformance.Config{
		Document: mustLoad(t, "testdata/things.yaml"), BaseURL: url, Token: "secret-key",
		MaxResponseTime: 500 * time.Millisecond, Phases: []string{"protocol"},
	})
}

func TestSlowAnswersMissTheLimit(t *testing.T) {
	got := broken(slowThings(t, 600*time.Millisecond))
	for _, one := range got {
		if strings.HasPrefix(one, "response-time in protocol/listThings") {
			return
		}
	}
	t.Errorf("response-time held for the list: broken are %v", got)
}

// notes runs on a server that answers a media type which it cannot read with a
// status; its contract documents 415 for it.
func notes(t *testing.T, status int) *conformance.Results {
	t.Helper()
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
	return run(t, conformance.Config{
		Document: mustLoad(t, location), Phases: []string{"protocol"},
		BaseURL: serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			switch {
			case r.URL.Path != "/notes":
				w.WriteHeader(http.StatusNotFound)
			case r.Method != http.MethodPost:
				w.Header().Set("Allow", http.MethodPost)
				w.WriteHeader(http.StatusMethodNotAllowed)
			case r.Header.Get("Content-Type") != "application/json":
				w.WriteHeader(status)
			case !json.Valid(body):
				w.WriteHeader(http.StatusBadRequest)
			default:
				w.WriteHeader(http.StatusCreated)
			}
		})),
	})
}

// absentNotes checks a server that has none of the notes it is asked for, and says
// so before it looks at what it is sent.
func absentNotes(t *testing.T) *conformance.Results {
	t.Helper()
	contract := `
openapi: 3.1.0
info: {title: Notes, version: "1"}
paths:
  /notes/{note}:
    put:
      operationId: replaceNote
      parameters: [{name: note, in: path, required: true, schema: {type: string, pattern: "^[a-z]{8}$"}}]
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [text], properties: {text: {type: string}}}}}
      responses:
        "200": {description: replaced}
        "400": {description: refused}
        "404": {description: there is none}
        "415": {description: another type}
`
	location := filepath.Join(t.TempDir(), "notes.yaml")
	if err := os.WriteFile(location, []byte(contract), 0o600); err != nil {
		t.Fatal(err)
	}
	return run(t, conformance.Config{
		Document: mustLoad(t, location), Phases: []string{"protocol"},
		BaseURL: serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/notes/") && r.Method != http.MethodPut {
				w.Header().Set("Allow", http.MethodPut)
				w.WriteHeader(http.StatusMethodNotAllowed)
				return
			}
			w.WriteHeader(http.StatusNotFound)
		})),
	})
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
