package conformance_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concord-api/concord/conformance"
)

// shelf is a server for testdata/shelf.yaml that remembers what it is told. Its
// fields are how one such server differs from another: right ones and faulty.
type shelf struct {
	mu      sync.Mutex
	shelves map[string]*stand
	next    int

	unreadable, unlisted, undead, unremovable, unchangeable bool
	location                                                func(path string) string // of a book
	accepted                                                time.Duration            // books are made so much later
	settles                                                 time.Duration            // until what was made can be read
	goneStatus                                              int                      // of what was removed
	soft                                                    bool                     // keeps what was removed, with another status
	lazy                                                    bool                     // accepts removals, and never comes to them
	forbidden                                               bool                     // lets nobody read books
	forgetful                                               bool                     // plays samples
	unlinked                                                bool                     // has no list of books where there are none
	unique                                                  bool                     // takes each ISBN once
	loses                                                   bool                     // the description of what is made
	ghosts                                                  bool                     // lists what was removed as it was
	removals                                                int
}

type stand struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	books []*book
}

type book struct {
	ID          int64  `json:"id"`
	ISBN        string `json:"isbn"`
	Description string `json:"description,omitempty"`
	Status      string `json:"status"`

	made time.Time
	gone bool
}

func (s *shelf) answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (s *shelf) refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"type":"about:blank","title":%q,"status":%d}`, http.StatusText(status), status)
}

func (s *shelf) handler() http.Handler {
	s.shelves = map[string]*stand{}
	if s.goneStatus == 0 {
		s.goneStatus = http.StatusNotFound
	}
	mux := http.NewServeMux()
	handle := func(pattern string, h func(w http.ResponseWriter, r *http.Request, at *stand)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			defer s.mu.Unlock()
			at := s.shelves[r.PathValue("shelf")]
			if at == nil && r.PathValue("shelf") != "" {
				if !s.forgetful {
					s.refuse(w, http.StatusNotFound)
					return
				}
				at = &stand{ID: r.PathValue("shelf"), Name: "sample"}
			}
			h(w, r, at)
		})
	}
	handle("POST /shelves", func(w http.ResponseWriter, r *http.Request, _ *stand) {
		var in stand
		if json.NewDecoder(r.Body).Decode(&in) != nil || in.Name == "" {
			s.refuse(w, http.StatusUnprocessableEntity)
			return
		}
		s.next++
		in.ID = fmt.Sprintf("shelf_%012x", s.next)
		s.shelves[in.ID] = &in
		s.answer(w, http.StatusCreated, in)
	})
	handle("GET /shelves/{shelf}", func(w http.ResponseWriter, _ *http.Request, at *stand) { s.answer(w, http.StatusOK, at) })
	handle("DELETE /shelves/{shelf}", func(w http.ResponseWriter, _ *http.Request, at *stand) {
		for _, b := range at.books {
			if !b.gone {
				s.refuse(w, http.StatusConflict)
				return
			}
		}
		s.removals++
		delete(s.shelves, at.ID)
		w.WriteHeader(http.StatusNoContent)
	})
	handle("GET /shelves/{shelf}/books", s.list)
	handle("POST /shelves/{shelf}/books", s.create)
	s.one(handle)
	return mux
}

func (s *shelf) create(w http.ResponseWriter, r *http.Request, at *stand) {
	in := book{Status: "new", made: time.Now().Add(s.accepted + s.settles)}
	if json.NewDecoder(r.Body).Decode(&in) != nil || len(in.ISBN) != 13 {
		s.refuse(w, http.StatusUnprocessableEntity)
		return
	}
	if s.unique {
		for _, other := range s.shelves {
			for _, b := range other.books {
				if b.ISBN == in.ISBN && !b.gone {
					s.refuse(w, http.StatusConflict)
					return
				}
			}
		}
	}
	s.next++
	in.ID = int64(s.next)
	at.books = append(at.books, &in)
	told := in
	if s.loses {
		in.Description = "lost"
	}
	path := r.URL.Path + "/" + strconv.Itoa(s.next)
	if s.location != nil {
		path = s.location(path)
	}
	if path != "" {
		w.Header().Set("Location", path)
	}
	status := http.StatusCreated
	if s.accepted > 0 {
		status = http.StatusAccepted
	}
	s.answer(w, status, told)
}

// list pages through a shelf, two books a page or as many as asked for.
func (s *shelf) list(w http.ResponseWriter, r *http.Request, at *stand) {
	limit := 2
	if n, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil {
		limit = min(n, 3)
	}
	if s.unlinked && len(at.books) == 0 {
		s.refuse(w, http.StatusNotFound)
		return
	}
	after, _ := strconv.ParseInt(r.URL.Query().Get("starting_after"), 10, 64)
	out := []*book{}
	more := false
	for _, b := range at.books {
		if b.ID <= after || b.gone && !s.soft && !s.ghosts || s.unlisted || b.made.After(time.Now()) {
			continue
		}
		if more = len(out) == limit; more {
			break
		}
		out = append(out, b)
	}
	s.answer(w, http.StatusOK, map[string]any{"data": out, "has_more": more})
}

// one serves what can be done with one book.
func (s *shelf) one(handle func(string, func(http.ResponseWriter, *http.Request, *stand))) {
	with := func(method string, do func(w http.ResponseWriter, r *http.Request, b *book)) {
		handle(method+" /shelves/{shelf}/books/{book}", func(w http.ResponseWriter, r *http.Request, at *stand) {
			id, _ := strconv.ParseInt(r.PathValue("book"), 10, 64)
			for _, b := range at.books {
				if b.ID == id && !b.made.After(time.Now()) {
					if b.gone && !s.soft && !s.undead {
						s.refuse(w, s.goneStatus)
						return
					}
					do(w, r, b)
					return
				}
			}
			if s.forgetful {
				do(w, r, &book{ID: id, ISBN: "9783161484100", Status: "new"})
				return
			}
			s.refuse(w, http.StatusNotFound)
		})
	}
	with(http.MethodGet, func(w http.ResponseWriter, _ *http.Request, b *book) {
		switch {
		case s.forbidden:
			s.refuse(w, http.StatusForbidden)
		case s.unreadable:
			s.refuse(w, http.StatusNotFound)
		default:
			s.answer(w, http.StatusOK, b)
		}
	})
	with(http.MethodPatch, func(w http.ResponseWriter, r *http.Request, b *book) {
		if s.unchangeable {
			s.refuse(w, http.StatusNotFound)
			return
		}
		var in book
		if json.NewDecoder(r.Body).Decode(&in) != nil {
			s.refuse(w, http.StatusUnprocessableEntity)
			return
		}
		b.Description = in.Description
		s.answer(w, http.StatusOK, b)
	})
	with(http.MethodDelete, func(w http.ResponseWriter, _ *http.Request, b *book) {
		switch {
		case s.unremovable:
			s.refuse(w, http.StatusNotFound)
			return
		case s.lazy:
			w.WriteHeader(http.StatusAccepted)
			return
		}
		s.removals++
		b.gone = true
		if s.soft {
			b.Status = "withdrawn"
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// steps runs the phase on a shelf.
func steps(t *testing.T, s *shelf) *conformance.Results {
	t.Helper()
	return run(t, conformance.Config{
		Document: mustLoad(t, "testdata/shelf.yaml"), BaseURL: serve(t, s.handler()), Phases: []string{"steps"},
	})
}

// privately runs the phase on a shelf whose clients have keys, with those of two:
// the other one's requests for what there is are let in, or refused with a status,
// those of some operations ("PATCH book") left out.
func privately(t *testing.T, refused int, letIn ...string) *conformance.Results {
	t.Helper()
	text, err := os.ReadFile("testdata/shelf.yaml")
	if err != nil {
		t.Fatal(err)
	}
	location := filepath.Join(t.TempDir(), "shelf.yaml")
	keyed := strings.Replace(string(text), "components:\n", "security: [{key: []}]\ncomponents:\n  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}\n", 1)
	if err := os.WriteFile(location, []byte(keyed), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &shelf{}
	h := s.handler()
	return run(t, conformance.Config{KeepExchanges: true,
		Document: mustLoad(t, location), Phases: []string{"steps"},
		Token: "the-key-of-one", Credential: map[string]string{"other_partner": "the-key-of-another"},
		BaseURL: serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch key := r.Header.Get("X-Key"); {
			case key == "the-key-of-another" && refused != 0 && !slices.Contains(letIn, r.Method+" "+askedFor(r.URL.Path)):
				s.refuse(w, refused)
			case key != "the-key-of-one" && key != "the-key-of-another":
				s.refuse(w, http.StatusUnauthorized)
			default:
				h.ServeHTTP(w, r)
			}
		})),
	})
}

// askedFor is what a path of the shelf leads to.
func askedFor(path string) string {
	return []string{"", "shelves", "shelf", "books", "book"}[min(4, strings.Count(path, "/"))]
}

func TestAnotherClientsKey(t *testing.T) {
	all := []string{
		"steps/createShelf/other-partner-createBook", "steps/createShelf/other-partner-deleteShelf", "steps/createShelf/other-partner-getShelf", "steps/createShelf/other-partner-listBooks",
		"steps/createBook/other-partner-deleteBook", "steps/createBook/other-partner-getBook", "steps/createBook/other-partner-listBooks", "steps/createBook/other-partner-updateBook",
	}
	for name, tt := range map[string]struct {
		refused int
		letIn   []string
		broken  []string
		skips   string
	}{
		"lets in":             {0, nil, all, ""},
		"is refused with 403": {403, nil, nil, ""},
		"is refused with 404": {404, nil, nil, ""},
		"may read a book":     {404, []string{"GET book"}, []string{"steps/createBook/other-partner-getBook"}, ""},
		"may change a book":   {404, []string{"PATCH book"}, []string{"steps/createBook/other-partner-updateBook"}, ""},
		"may remove a book":   {403, []string{"DELETE book"}, []string{"steps/createBook/other-partner-deleteBook"}, ""},
		"may list the books": {404, []string{"GET books"}, []string{
			"steps/createShelf/other-partner-listBooks", "steps/createBook/other-partner-listBooks",
		}, ""},
		"may make a book":                {404, []string{"POST books"}, []string{"steps/createShelf/other-partner-createBook"}, ""},
		"is refused itself":              {401, nil, nil, "the credential other_partner is refused itself"},
		"is refused for something else":  {422, nil, nil, "says nothing of its rights"},
		"is answered as if it were gone": {410, nil, nil, "says nothing of its rights"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := privately(t, tt.refused, tt.letIn...)
			var want []string
			for _, id := range tt.broken {
				want = append(want, "created.private in "+id)
			}
			got := broken(r)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("broken are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if _, skipped := skippedFor(r, tt.skips); tt.skips != "" && !skipped {
				t.Errorf("nothing is skipped because of %q: %v", tt.skips, r.SkippedCases())
			}
			for _, id := range all {
				if played := r.Played[id]; played == nil || tt.skips == "" && played.Skip != "" {
					t.Errorf("%s was not played: %+v", id, played)
				}
			}
		})
	}
}

// skippedFor finds the cases that were skipped for a reason.
func skippedFor(r *conformance.Results, why string) (ids []string, found bool) {
	for reason, ids := range r.SkippedCases() {
		if strings.Contains(reason, why) {
			return ids, true
		}
	}
	return nil, false
}

func TestServersThatRememberPassTheirSteps(t *testing.T) {
	tests := map[string]struct {
		server *shelf
		skips  string // why a case is no verdict, "" where each is one
	}{
		"a right server":                             {&shelf{}, ""},
		"removed things are 410":                     {&shelf{goneStatus: http.StatusGone}, ""},
		"removed things are kept with a status":      {&shelf{soft: true}, ""},
		"what was made can be read a little later":   {&shelf{settles: 300 * time.Millisecond}, ""},
		"what was accepted is made a little later":   {&shelf{accepted: time.Second}, ""},
		"what was accepted is made much later":       {&shelf{accepted: time.Hour}, "only accepted"},
		"removals are accepted, and take their time": {&shelf{lazy: true}, "removal was only accepted"},
		"reading needs another right":                {&shelf{forbidden: true}, "no right to it"},
		"a sandbox that plays samples":               {&shelf{forgetful: true}, "does not remember"},
		"each thing can be made once":                {&shelf{unique: true}, ""},
		"no Location":                                {&shelf{location: func(string) string { return "" }}, ""},
		"a Location on another host":                 {&shelf{location: func(p string) string { return "https://books.example" + p }}, ""},
		"a relative Location":                        {&shelf{location: func(p string) string { return p[strings.LastIndex(p, "books"):] }}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := steps(t, tt.server)
			for v := range r.Verdicts() {
				if v.Outcome == conformance.Broken || v.Outcome == conformance.Warned {
					t.Errorf("%s: %s", v.Case.ID, v)
				}
			}
			if !r.Conforms() {
				t.Errorf("%d checks were made, and the server does not conform", r.Checked())
			}
			found := tt.skips == ""
			for reason, ids := range r.SkippedCases() {
				if tt.skips != "" && strings.Contains(reason, tt.skips) {
					found = true
				} else if tt.skips == "" {
					t.Errorf("%v are skipped because %s", ids, reason)
				}
			}
			if !found {
				t.Errorf("nothing is skipped because of %q: %v", tt.skips, r.SkippedCases())
			}
		})
	}
}

func TestFaultsInStepsBreakOneCheckOnly(t *testing.T) {
	tests := map[string]struct {
		server *shelf
		check  string
	}{
		"what was made is not in the list": {&shelf{unlisted: true}, "created.listed"},
		"what was made cannot be changed":  {&shelf{unchangeable: true}, "created.changeable"},
		"what was made cannot be removed":  {&shelf{unremovable: true}, "created.removable"},
		"what was removed is still there":  {&shelf{undead: true}, "removed.gone"},
		"what was made is not kept":        {&shelf{loses: true}, "created.kept"},
		"what was removed is still listed": {&shelf{ghosts: true}, "removed.unlisted"},
		"Location leads nowhere":           {&shelf{location: func(p string) string { return p + "0000" }}, "created.location"},
		"a link leads nowhere":             {&shelf{unlinked: true}, "link.resolves"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := steps(t, tt.server)
			caught := map[string]bool{}
			for v := range r.Verdicts() {
				if v.Outcome == conformance.Broken || v.Outcome == conformance.Warned {
					caught[v.Check.ID] = true
				}
			}
			if !caught[tt.check] || len(caught) != 1 {
				t.Errorf("broken are %v, want %s alone", broken(r), tt.check)
			}
		})
	}
}

func TestRunLeavesNothingBehind(t *testing.T) {
	s := &shelf{}
	r := run(t, conformance.Config{Document: mustLoad(t, "testdata/shelf.yaml"), BaseURL: serve(t, s.handler())})
	if r.Guest.Created == 0 || len(r.Guest.Left) != 0 {
		t.Errorf("%d things were made, left are %v", r.Guest.Created, r.Guest.Left)
	}
	if len(s.shelves) != 0 {
		for _, left := range s.shelves {
			t.Errorf("the shelf %+v is left", left)
		}
	}
}

func TestWhatStaysIsTold(t *testing.T) {
	s := &shelf{unremovable: true}
	r := steps(t, s)
	if len(r.Guest.Left) == 0 {
		t.Fatal("a server that removes nothing keeps nothing")
	}
	for _, left := range r.Guest.Left {
		if left.URL == "" || !strings.Contains(left.Why, "4") {
			t.Errorf("left is %+v", left)
		}
	}
}

func TestWhatIsMadeCanBeFound(t *testing.T) {
	s := &shelf{unremovable: true}
	r := steps(t, s)
	for _, at := range s.shelves {
		if !strings.HasPrefix(at.Name, r.Guest.Run+"-") {
			t.Errorf("a shelf is called %q, not after the run %s", at.Name, r.Guest.Run)
		}
		for _, b := range at.books {
			if !strings.HasPrefix(b.Description, r.Guest.Run+"-") {
				t.Errorf("a book is described as %q, not after the run %s", b.Description, r.Guest.Run)
			}
		}
	}
}
