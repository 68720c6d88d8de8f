package conformance_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/concord-api/concord/conformance"
	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// mustScript loads a script of one file.
func mustScript(t *testing.T, doc *spec.Document, text string) *scenarios.Script {
	t.Helper()
	s, err := scenarios.Load(t.Context(), doc, scenarios.FS("script", fstest.MapFS{"script.yaml": {Data: []byte(text)}}))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// giving is a script whose scenarios are about shelves that another makes.
const giving = `
fixtures: {shelf: shelf_00000000000a, spare: shelf_00000000000a}
scenarios:
  - name: make-shelf
    operation: createShelf
    request: {body: {name: evening}}
    when: body.name != "spare"
    response: {status: 201, body: {id: shelf_00000000000a, name: "${body.name}"}}
    verify: {gives: {shelf: response.body.id}}
  - name: make-spare
    operation: createShelf
    request: {body: {name: spare}}
    response: {status: 201, body: {id: shelf_00000000000a, name: spare}}
    verify: {gives: {spare: response.body.id}}
  - name: read-shelf
    operation: getShelf
    request: {path: {shelf_id: "${fixtures.shelf}"}}
    response: {status: 200, body: {id: "${path.shelf_id}", name: evening}}
    expect: [response.body.id == fixtures.shelf, response.body.name == "evening"]
  - name: remove-shelf
    operation: deleteShelf
    request: {path: {shelf_id: "${fixtures.spare}"}}
    response: {status: 204}
`

func TestScenariosGetWhatOthersGive(t *testing.T) {
	doc := mustLoad(t, "testdata/shelf.yaml")
	s := &shelf{}
	url := serve(t, s.handler())
	play := func(fixtures map[string]string) *conformance.Results {
		return run(t, conformance.Config{Document: doc, Script: mustScript(t, doc, giving), BaseURL: url, Phases: []string{"scenarios"}, Fixture: fixtures})
	}
	for _, time := range []string{"first", "second"} {
		r := play(nil)
		if b := broken(r); len(b) > 0 || len(r.SkippedCases()) > 0 {
			t.Errorf("at the %s time %v are broken, and skipped are %v", time, b, r.SkippedCases())
		}
	}
	if len(s.shelves) != 0 {
		t.Errorf("%d shelves are left: what is given is not removed", len(s.shelves))
	}
	r := play(map[string]string{"shelf": "shelf_0000000000ff"})
	if b := broken(r); len(b) != 1 || !strings.HasSuffix(b[0], "read-shelf") {
		t.Errorf("a shelf that the target does not have is broken in %v, not in read-shelf alone", b)
	}
}

func TestScenariosAreSkippedWhereWhatTheyNeedIsNotGiven(t *testing.T) {
	doc := mustLoad(t, "testdata/shelf.yaml")
	h := (&shelf{}).handler()
	r := run(t, conformance.Config{Document: doc, Script: mustScript(t, doc, giving), Phases: []string{"scenarios"},
		BaseURL: serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				(&shelf{}).refuse(w, http.StatusUnprocessableEntity)
				return
			}
			h.ServeHTTP(w, r)
		}))})
	want := `fixture "shelf" has no value for this target, and scenario make-shelf, which gives one, did not come about: wanted 201 Created, got 422 Unprocessable Entity`
	if ids, ok := skippedFor(r, want); !ok || len(ids) != 1 {
		t.Errorf("skipped are %v, want %s", r.SkippedCases(), want)
	}
}

// sharingKeys runs the phase on a shelf that keeps answers by idempotency keys: for
// each client, or by the key alone.
func sharingKeys(t *testing.T, keyAlone bool) *conformance.Results {
	t.Helper()
	text, err := os.ReadFile("testdata/shelf.yaml")
	if err != nil {
		t.Fatal(err)
	}
	keyed := strings.Replace(string(text), "components:\n", "security: [{key: []}]\ncomponents:\n  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}\n", 1)
	keyed = strings.Replace(keyed, "operationId: createShelf\n", "operationId: createShelf\n      parameters: [{name: Idempotency-Key, in: header, schema: {type: string}}]\n", 1)
	location := filepath.Join(t.TempDir(), "shelf.yaml")
	if err := os.WriteFile(location, []byte(keyed), 0o600); err != nil {
		t.Fatal(err)
	}
	doc := mustLoad(t, location)
	s := &shelf{}
	h := s.handler()
	var mu sync.Mutex
	kept := map[string]*httptest.ResponseRecorder{}
	return run(t, conformance.Config{
		Document: doc, Script: mustScript(t, doc, "behaviour: {idempotency: {}}\n"), Phases: []string{"steps"},
		Token: "the-key-of-one", Credential: map[string]string{"other_partner": "the-key-of-another"},
		BaseURL: serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			client, key := r.Header.Get("X-Key"), r.Header.Get("Idempotency-Key")
			if client == "the-key-of-another" && askedFor(r.URL.Path) != "shelves" {
				s.refuse(w, http.StatusNotFound)
				return
			}
			slot := key
			if !keyAlone {
				slot += " of " + client
			}
			answer := kept[slot]
			if answer == nil || key == "" {
				answer = httptest.NewRecorder()
				h.ServeHTTP(answer, r)
				kept[slot] = answer
			}
			w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
			w.WriteHeader(answer.Code)
			_, _ = w.Write(bytes.Clone(answer.Body.Bytes()))
		})),
	})
}

func TestKeysOfAnotherClient(t *testing.T) {
	if b := broken(sharingKeys(t, false)); len(b) > 0 {
		t.Errorf("keys of each client's own break %v", b)
	}
	if b := broken(sharingKeys(t, true)); len(b) != 1 || b[0] != "idempotency.private in steps/createShelf/other-partner-key" {
		t.Errorf("keys that all share break %v", b)
	}
}
