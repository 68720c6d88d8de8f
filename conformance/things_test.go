package conformance_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	"github.com/concord-api/concord/conformance"
	"github.com/concord-api/concord/spec"
)

// mustLoad loads a contract of the tests.
func mustLoad(tb testing.TB, location string) *spec.Document {
	tb.Helper()
	doc, err := spec.Load(tb.Context(), location)
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

// things is a small right server for testdata/things.yaml, written by hand.
func things() http.Handler {
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	refuse := func(w http.ResponseWriter, status int, detail string) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"type":"https://example.com/errors/%d","title":%q,"status":%d,"detail":%q}`, status, http.StatusText(status), status, detail)
	}
	type thing struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
	}
	known := func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Key") != "secret-key" {
				w.Header().Set("WWW-Authenticate", `ApiKey realm="things"`)
				refuse(w, http.StatusUnauthorized, "who are you?")
				return
			}
			next(w, r)
		}
	}
	var mu sync.Mutex
	all := []thing{{1, "one"}}
	mux.HandleFunc("GET /things", known(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		w.Header().Set("X-Total", strconv.Itoa(len(all)))
		answer(w, http.StatusOK, all)
	}))
	mux.HandleFunc("POST /things", known(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Content-Type") != "application/json" {
			refuse(w, http.StatusBadRequest, "a thing is described in JSON")
			return
		}
		var in thing
		body, err := io.ReadAll(r.Body)
		if r.Header.Get("Content-Type") != "application/json" || err != nil || json.Unmarshal(body, &in) != nil || in.Name == "" {
			refuse(w, http.StatusBadRequest, "a thing needs a name")
			return
		}
		mu.Lock()
		defer mu.Unlock()
		in.ID = len(all) + 1
		all = append(all, in)
		answer(w, http.StatusCreated, in)
	}))
	mux.HandleFunc("GET /things/{id}", known(func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.Atoi(r.PathValue("id"))
		mu.Lock()
		defer mu.Unlock()
		if err != nil || id < 1 || id > len(all) {
			refuse(w, http.StatusNotFound, "there is no such thing")
			return
		}
		answer(w, http.StatusOK, all[id-1])
	}))
	return mux
}

// serve starts a handler on loopback for the time of a test.
func serve(tb testing.TB, h http.Handler) string {
	tb.Helper()
	server := httptest.NewServer(h)
	tb.Cleanup(server.Close)
	return server.URL
}

// run runs the suite of a configuration without Ginkgo.
func run(tb testing.TB, c conformance.Config) *conformance.Results {
	tb.Helper()
	results, err := conformance.Run(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	return results
}

// broken lists the checks that are broken or warned of, with where.
func broken(r *conformance.Results) (out []string) {
	for v := range r.Verdicts() {
		if v.Outcome == conformance.Broken || v.Outcome == conformance.Warned {
			out = append(out, v.Check.ID+" in "+v.Case.ID)
		}
	}
	return out
}

func TestRightServerOfAContractAlonePassesClean(t *testing.T) {
	r := run(t, conformance.Config{
		Document: mustLoad(t, "testdata/things.yaml"),
		BaseURL:  serve(t, things()),
		Token:    "secret-key",
	})
	for v := range r.Verdicts() {
		if v.Outcome == conformance.Broken || v.Outcome == conformance.Warned {
			t.Errorf("%s: %s", v.Case.ID, v)
		}
	}
	if !r.Conforms() {
		t.Errorf("%d checks were made, and the server does not conform", r.Checked())
	}
	if r.Count(conformance.Held) < 40 {
		t.Errorf("only %d checks held", r.Count(conformance.Held))
	}
}
