package conformance_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/concord-api/concord/conformance"
)

// habits is a right server for testdata/habits.yaml, with the habits of real
// ones that a contract has no words for: a body that is demanded where
// "required" was forgotten, an id in a body that must be that of the path,
// values that are only for each other, and forms without fields.
func habits() http.Handler {
	type note struct {
		ID    int    `json:"id,omitempty"`
		Title string `json:"title"`
	}
	var (
		mu    sync.Mutex
		last  = 100
		notes = map[int]note{}
		mux   = http.NewServeMux()
	)
	answer := func(w http.ResponseWriter, status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	refuse := func(w http.ResponseWriter, status int, text string) {
		answer(w, status, map[string]string{"error": text})
	}
	// read reads a note as strictly as the contract has it.
	read := func(r *http.Request) (n note, err error) {
		if mt, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); mt != "application/json" {
			return n, fmt.Errorf("a note is JSON")
		}
		data, _ := io.ReadAll(r.Body)
		var members map[string]json.RawMessage
		if err := json.Unmarshal(data, &members); err != nil || members["title"] == nil || !utf8.Valid(data) {
			return n, fmt.Errorf("a note has a title")
		}
		for _, v := range members {
			if string(v) == "null" {
				return n, fmt.Errorf("null is nothing")
			}
		}
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		if err := d.Decode(&n); err != nil {
			return n, err
		}
		if _, sent := members["id"]; sent && n.ID < 1 || utf8.RuneCountInString(n.Title) > 200 {
			return n, fmt.Errorf("out of bounds")
		}
		return n, nil
	}
	mux.HandleFunc("GET /notes", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		by, dir := q.Get("sort_by"), q.Get("sort_dir")
		switch {
		case q.Has("sort_by") && by != "alpha" && by != "score", q.Has("sort_dir") && dir != "asc" && dir != "desc":
			refuse(w, 400, "no such order")
		case by == "score" && q.Get("search") == "":
			refuse(w, 400, "sort_by=score requires search")
		case dir != "" && by != "alpha":
			refuse(w, 400, "sort_dir is only valid with sort_by=alpha")
		default:
			mu.Lock()
			defer mu.Unlock()
			answer(w, 200, append([]note{}, slices.Collect(maps.Values(notes))...))
		}
	})
	mux.HandleFunc("POST /notes", func(w http.ResponseWriter, r *http.Request) {
		n, err := read(r)
		if err != nil {
			refuse(w, 400, err.Error())
			return
		}
		mu.Lock()
		defer mu.Unlock()
		last++
		n.ID = last
		notes[last] = n
		answer(w, 201, n)
	})
	item := func(serve func(w http.ResponseWriter, r *http.Request, id int)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			id, err := strconv.Atoi(r.PathValue("id"))
			switch _, known := notes[id]; {
			case err != nil || id < 1:
				refuse(w, 400, "no id")
			case !known:
				refuse(w, 404, "no such note")
			default:
				serve(w, r, id)
			}
		}
	}
	mux.HandleFunc("GET /notes/{id}", item(func(w http.ResponseWriter, _ *http.Request, id int) { answer(w, 200, notes[id]) }))
	mux.HandleFunc("PUT /notes/{id}", item(func(w http.ResponseWriter, r *http.Request, id int) {
		n, err := read(r)
		if err == nil && n.ID != 0 && n.ID != id {
			err = fmt.Errorf("id cannot be updated from %d to %d", id, n.ID)
		}
		if err != nil {
			refuse(w, 400, err.Error())
			return
		}
		n.ID = id
		notes[id] = n
		answer(w, 200, n)
	}))
	mux.HandleFunc("DELETE /notes/{id}", item(func(w http.ResponseWriter, _ *http.Request, id int) {
		delete(notes, id)
		w.WriteHeader(204)
	}))
	mux.HandleFunc("POST /labels", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm() // which leaves a body of another media type aside
		if limit, err := strconv.Atoi(r.PostFormValue("limit")); r.PostForm.Has("limit") && (err != nil || limit < 1) {
			refuse(w, 400, "no such limit")
			return
		}
		answer(w, 200, []string{})
	})
	mux.HandleFunc("POST /ping", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	return mux
}

// habitsWith is the server with some of its answers replaced.
func habitsWith(pattern string, h http.HandlerFunc) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc(pattern, h)
	mux.Handle("/", habits())
	return mux
}

func runHabits(t *testing.T, h http.Handler) *conformance.Results {
	t.Helper()
	return run(t, conformance.Config{Document: mustLoad(t, "testdata/habits.yaml"), BaseURL: serve(t, h)})
}

func TestHabitsOfRightServersAreNoFaults(t *testing.T) {
	r := runHabits(t, habits())
	for v := range r.Verdicts() {
		if v.Outcome == conformance.Broken {
			t.Errorf("%s: %s", v.Case.ID, v)
		}
	}
	// What is not tried breaks nothing either.
	for _, id := range []string{"steps/createNote/put", "steps/createNote/remove", "coverage/createNote/body/title", "coverage/listNotes/query-sort_by", "coverage/findLabels/valid"} {
		if p := r.Played[id]; p == nil || p.Skip != "" {
			t.Errorf("%s was not tried: %+v", id, p)
		}
	}
	// That a body is optional is what the contract says; a warning says that the
	// server knows better.
	if !slices.Contains(broken(r), "positive.accepted-widely in coverage/createNote/body") {
		t.Errorf("nothing is said of the body that the server demands, and the contract does not: %v", broken(r))
	}
}

func TestFaultsNearHabitsAreFound(t *testing.T) {
	fails := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(500)
		_, _ = io.WriteString(w, `{"error":"it broke"}`)
	}
	tests := map[string]struct {
		server http.Handler
		want   string
	}{
		"a plain request falls over": {habitsWith("POST /ping", fails), "coverage.no-server-error in coverage/ping/valid"},
		"a value is refused in every company": {habitsWith("GET /notes", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("sort_by") == "score" {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(400)
				_, _ = io.WriteString(w, `{"error":"no such order"}`)
				return
			}
			habits().ServeHTTP(w, r)
		}), "positive.accepted in coverage/listNotes/query-sort_by"},
		"a form with a wrong field is taken": {habitsWith("POST /labels", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `[]`)
		}), "negative.refused in coverage/findLabels/body/limit"},
		"a body that may be left out is taken whatever it holds": {habitsWith("POST /notes", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(201)
			_, _ = io.WriteString(w, `{"id":7,"title":"tea"}`)
		}), "negative.refused in coverage/createNote/body/title"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := broken(runHabits(t, tt.server)); !slices.Contains(got, tt.want) {
				t.Errorf("%s is not among\n%s", tt.want, strings.Join(got, "\n"))
			}
		})
	}
}

func TestFallenServerIsToldOnce(t *testing.T) {
	r := runHabits(t, habitsWith("POST /notes", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "it broke", 500) }))
	causes := 0
	for _, f := range r.Findings(conformance.Broken) {
		switch f.Check.ID {
		case "coverage.no-server-error":
			causes++
		case "status.documented":
			for _, found := range f.Failures {
				if strings.HasPrefix(found.Verdict.Case.ID, "coverage/") {
					t.Errorf("%s is told again as an undocumented status", found.Verdict.Case.ID)
				}
			}
		}
	}
	if causes != 1 {
		t.Errorf("the fall is told as %d causes, want 1", causes)
	}
	reason := `its step "make it" did not come about: wanted 2XX, got 500 Internal Server Error`
	if ids := r.SkippedCases()[reason]; len(ids) < 3 {
		t.Errorf("%d cases are skipped because %s; all: %v", len(ids), reason, r.SkippedCases())
	}
}

func TestMatrixSaysWhatCameInsteadOfASuccess(t *testing.T) {
	r := runHabits(t, habitsWith("POST /ping", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(202) }))
	for _, row := range r.Matrix() {
		if row.Operation != "ping" {
			continue
		}
		if got, want := row.Cells[0].Why, "the valid request made from the contract is answered 202 Accepted"; got != want {
			t.Errorf("204 of ping is not exercised because %q, want %q", got, want)
		}
	}
}
