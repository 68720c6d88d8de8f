package conformance_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/concord-api/concord/conformance"
)

// keepers are right servers that remember what they were told, as the mock of
// the embedded script does not: what is there once is not made twice, and what
// was removed is gone.
var keepers = map[string]func(mock http.Handler) http.Handler{
	"customers who are registered once": remembers(func(m memory, a *answer) {
		if !a.of("POST /customers", 201) {
			return
		}
		cpf, _ := a.object()["cpf"].(string)
		if id := a.object()["id"]; m.first("cpf "+cpf, id) != id {
			a.refuse(409, "https://docs.dinie.com/errors/conflict", "Conflict", "customer_already_exists")
		}
	}),
	"one capture session at a time": remembers(func(m memory, a *answer) {
		if !a.of(biometrics, 200) {
			return
		}
		if url := a.object()["session_url"]; m.first(a.request.URL.Path, url) != url {
			a.refuse(409, "https://docs.dinie.com/errors/conflict", "Conflict", "session_already_active")
		}
	}),
	"endpoints that are gone once they are removed": remembers(func(m memory, a *answer) {
		id, ok := strings.CutPrefix(a.request.URL.Path, "/webhooks/endpoints/")
		id, _, _ = strings.Cut(id, "/")
		if !ok || a.status >= 400 {
			return
		}
		if m["gone "+id] != nil {
			a.refuse(404, "https://docs.dinie.com/errors/not-found", "Not Found", "webhook_endpoint_not_found")
		} else if a.request.Method == http.MethodDelete {
			m["gone "+id] = true
		}
	}),
	"bytes that are no text, replaced": answers(func(a *answer) {
		var sent map[string]any
		if utf8.Valid(a.sent) || !a.of("POST /customers", 0) || a.status == 401 || json.Unmarshal(a.sent, &sent) != nil {
			return
		}
		a.request.Body = http.NoBody
		made := map[string]any{
			"id": "cust_550e8400e29b41d4a716446655440000", "status": "active", "kyc": []any{}, "created_at": 1772539200, "updated_at": 1772539200,
			"cnpj": nil, "name": nil, "trading_name": nil, "external_id": nil, "email": "a@b.example", "phone": "+5511999990000",
		}
		for name, value := range sent {
			made[name] = value // "\ufffd" and all
		}
		body, _ := json.Marshal(made)
		a.replace(201, "application/json", string(body))
	}),
}

// memory is what a keeper knows, by name.
type memory map[string]any

// first remembers what came first under a name.
func (m memory) first(name string, value any) any {
	if m[name] == nil {
		m[name] = value
	}
	return m[name]
}

func remembers(change func(memory, *answer)) func(http.Handler) http.Handler {
	return func(mock http.Handler) http.Handler {
		var mu sync.Mutex
		m := memory{}
		return altered(mock, func(a *answer) {
			mu.Lock()
			defer mu.Unlock()
			change(m, a)
		})
	}
}

func TestServersThatRememberPassClean(t *testing.T) {
	doc, script := defaults(t)
	for name, wrap := range keepers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clean(t, run(t, conformance.Config{Document: doc, Script: script, Defaults: conformance.DefaultsAlways, BaseURL: serve(t, wrap(mock(t, doc, script)))}))
		})
	}
}

// The base URL may leave out the path of the contract's servers.
func TestTheContractsBasePathIsFound(t *testing.T) {
	doc, script := defaults(t)
	mux := http.NewServeMux()
	mux.Handle("/api/v3/", http.StripPrefix("/api/v3", mock(t, doc, script)))
	r := run(t, conformance.Config{Document: doc, Script: script, Defaults: conformance.DefaultsAlways, Phases: []string{"scenarios"}, BaseURL: serve(t, mux)})
	if !r.Conforms() || r.Count(conformance.Held) < 500 {
		t.Errorf("%d checks held, broken are %v", r.Count(conformance.Held), broken(r))
	}
}

// What is wrong with the operations of one thing shows on a thing that there is.
func TestCoverageMakesTheThingsThatItAsksFor(t *testing.T) {
	doc := mustLoad(t, "testdata/shelf.yaml")
	for name, tt := range map[string]struct {
		lenient bool
		want    []string
	}{
		"a server that checks a change":             {false, nil},
		"a server that takes whatever change comes": {true, []string{"negative.refused"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shelf{}
			next := s.handler()
			strict := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				a := play(next, r)
				if r.Method == http.MethodPatch && a.status == http.StatusOK && !tt.lenient && !(strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") && changesShelf(a.sent)) {
					a.refuse(422, "about:blank", "Unprocessable Content", "invalid")
				}
				a.write(w)
			})
			r := run(t, conformance.Config{Document: doc, Phases: []string{"coverage"}, BaseURL: serve(t, strict)})
			found := map[string]bool{}
			for v := range r.Verdicts() {
				if v.Case.Operation.ID == "updateBook" && v.Outcome == conformance.Broken {
					found[v.Check.ID] = true
				}
			}
			if len(found) != len(tt.want) || len(tt.want) > 0 && !found[tt.want[0]] {
				t.Errorf("found on updateBook: %v, want %v", found, tt.want)
			}
			if p := r.Played["coverage/updateBook/body/description"]; p == nil || p.Skip != "" {
				t.Errorf("its description was not tried: %+v", p)
			}
		})
	}
}

// changesShelf tells whether a body is a change that testdata/shelf.yaml allows.
func changesShelf(body []byte) bool {
	var change map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	if !utf8.Valid(body) || d.Decode(&change) != nil || change == nil || d.More() {
		return false
	}
	text, has := change["description"]
	if !has {
		return true
	}
	s, ok := text.(string)
	return ok && utf8.RuneCountInString(s) <= 100
}
