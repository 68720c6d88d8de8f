package conformance_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"

	"github.com/concord-api/concord/conformance"
)

// lister is a server of testdata/lists.yaml, which nobody can add anything to.
// Its fields are its faults.
type lister struct {
	oneMore, unfiltered bool
	badThing            bool // getThing breaks its schema
}

type listed struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Done   bool   `json:"done"`
}

func (l lister) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var all []listed
	for i := range 8 {
		all = append(all, listed{fmt.Sprintf("t%03d", 731+i), []string{"new", "old"}[i%2], i%3 == 0})
	}
	refuse := func(status int) {
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(status)
		fmt.Fprint(w, http.StatusText(status))
	}
	answer := func(v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /things", func(w http.ResponseWriter, r *http.Request) {
		q, size := r.URL.Query(), 10
		if text, has := q["page_size"]; has {
			n, err := strconv.Atoi(text[0])
			if err != nil || n < 1 || n > 20 {
				refuse(http.StatusBadRequest)
				return
			}
			size = n
		}
		if q.Has("status") && q.Get("status") != "new" && q.Get("status") != "old" || q.Has("done") && q.Get("done") != "true" && q.Get("done") != "false" {
			refuse(http.StatusBadRequest)
			return
		}
		if l.oneMore {
			size++
		}
		found := []listed{}
		for _, t := range all {
			if len(found) < size && (l.unfiltered || (!q.Has("status") || t.Status == q.Get("status")) && (!q.Has("done") || strconv.FormatBool(t.Done) == q.Get("done"))) {
				found = append(found, t)
			}
		}
		answer(map[string]any{"total": len(all), "data": found})
	})
	mux.HandleFunc("GET /things/{id}", func(w http.ResponseWriter, r *http.Request) {
		i := slices.IndexFunc(all, func(t listed) bool { return t.ID == r.PathValue("id") })
		switch {
		case len(r.PathValue("id")) != 4:
			refuse(http.StatusBadRequest)
		case i < 0:
			refuse(http.StatusNotFound)
		case l.badThing:
			answer(map[string]any{"id": all[i].ID, "status": "NEW", "done": all[i].Done})
		default:
			answer(all[i])
		}
	})
	mux.HandleFunc("GET /", func(http.ResponseWriter, *http.Request) { refuse(http.StatusNotFound) })
	mux.HandleFunc("/", func(http.ResponseWriter, *http.Request) { refuse(http.StatusMethodNotAllowed) })
	mux.ServeHTTP(w, r)
}

// listing runs what can show a list wrong.
func listing(t *testing.T, server lister) *conformance.Results {
	return run(t, conformance.Config{Document: mustLoad(t, "testdata/lists.yaml"), Phases: []string{"protocol", "coverage"}, BaseURL: serve(t, server)})
}

func TestListsHoldWhatWasAskedFor(t *testing.T) {
	for name, tt := range map[string]struct {
		server lister
		want   []string
	}{
		"a right server":                             {lister{}, nil},
		"a page of one more than was asked for":      {lister{oneMore: true}, []string{"list.limit"}},
		"a filter that filters nothing":              {lister{unfiltered: true}, []string{"list.filter"}},
		"a thing that is wrong, and only listed ids": {lister{badThing: true}, []string{"body.schema"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := listing(t, tt.server)
			var found []string
			for v := range r.Verdicts() {
				if v.Outcome == conformance.Broken || v.Outcome == conformance.Warned {
					found = append(found, v.Check.ID)
				}
			}
			slices.Sort(found)
			if found = slices.Compact(found); !slices.Equal(found, tt.want) {
				t.Errorf("found %v, want %v", found, tt.want)
			}
		})
	}
}
