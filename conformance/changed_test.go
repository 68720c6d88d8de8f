package conformance_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concord-api/concord/conformance"
)

// cup is a thing of testdata/cups.yaml.
type cup struct {
	ID     int    `json:"id"`
	Name   string `json:"name"`
	Size   int    `json:"size"`
	Status string `json:"status"`
}

// cups is a server of testdata/cups.yaml that remembers.
type cups struct {
	mu  sync.Mutex
	all map[int]*cup

	// store changes what is kept of a cup as a change asks, answer is what the
	// change is answered with. nil stands for the right thing.
	store  func(kept *cup, asked cup)
	answer func(kept, asked cup) cup
	status int // of the answer to a change, 0 for 200
	later  time.Duration
	header map[string]string
	moves  bool // what is changed is elsewhere after it
	empty  bool // plays samples: has whatever it is asked for
}

func (s *cups) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := func(status int, v any) {
		for name, value := range s.header {
			w.Header().Set(name, value)
		}
		if v != nil {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(status)
		if v != nil {
			_ = json.NewEncoder(w).Encode(v)
		}
	}
	id, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/cups/"))
	kept := s.all[id]
	if s.empty && kept == nil {
		kept = &cup{ID: id, Name: "sample", Size: 1, Status: "clean"}
	}
	var asked cup
	if r.Method != http.MethodGet {
		if kept != nil {
			asked = *kept
		}
		if json.NewDecoder(r.Body).Decode(&asked) != nil {
			answer(http.StatusUnprocessableEntity, nil)
			return
		}
	}
	switch {
	case r.URL.Path == "/cups" && r.Method == http.MethodPost:
		asked.ID, asked.Status = len(s.all)+1, "clean"
		s.all[asked.ID] = &asked
		answer(http.StatusCreated, asked)
	case kept == nil:
		answer(http.StatusNotFound, nil)
	case r.Method == http.MethodGet:
		answer(http.StatusOK, *kept)
	default:
		s.change(kept, asked, answer)
	}
}

func (s *cups) change(kept *cup, asked cup, answer func(int, any)) {
	store := func() {
		if s.moves {
			delete(s.all, kept.ID)
		}
		if s.store != nil {
			s.store(kept, asked)
		} else {
			*kept = asked
		}
	}
	if s.later > 0 {
		time.AfterFunc(s.later, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			store()
		})
	} else {
		store()
	}
	switch {
	case s.status == http.StatusAccepted, s.status == http.StatusNoContent:
		answer(s.status, nil)
	case s.answer != nil:
		answer(http.StatusOK, s.answer(*kept, asked))
	default:
		answer(http.StatusOK, asked)
	}
}

// changing runs the phase on cups.
func changing(t *testing.T, s *cups) *conformance.Results {
	s.all = map[int]*cup{}
	return run(t, conformance.Config{Document: mustLoad(t, "testdata/cups.yaml"), BaseURL: serve(t, s), Phases: []string{"steps"}})
}

func ignores(*cup, cup)             {}
func asKept(kept, _ cup) cup        { return kept }
func nameOnly(kept *cup, asked cup) { kept.Name, kept.Status = asked.Name, asked.Status }

func inItsOwnWay(kept *cup, asked cup) {
	*kept = asked
	kept.Name, kept.Size = strings.ToUpper(strings.TrimSpace(asked.Name)), (asked.Size/10+1)*10
}

func TestWhatWasChangedIsRead(t *testing.T) {
	tests := map[string]struct {
		server *cups
		want   []string
		skips  string
	}{
		"a right server": {&cups{}, nil, ""},
		"a change that is answered without a body": {&cups{status: http.StatusNoContent}, nil, ""},
		"a change that is seen a little later":     {&cups{later: 300 * time.Millisecond}, nil, ""},
		"values written in the server's own way":   {&cups{store: inItsOwnWay, answer: asKept}, nil, ""},
		"a state that is not for clients to set": {&cups{store: func(kept *cup, asked cup) {
			kept.Name, kept.Size = asked.Name, asked.Size
		}, answer: asKept}, nil, ""},
		"a change that is only accepted": {&cups{status: http.StatusAccepted, store: ignores}, nil, "which may come about later"},
		"a change that moves the thing":  {&cups{moves: true}, nil, "the change may have moved it"},
		"a read from a cache":            {&cups{store: ignores, header: map[string]string{"Age": "12"}}, nil, "comes from a cache"},
		"a sandbox that plays samples":   {&cups{store: ignores, empty: true}, nil, "does not remember"},

		"a change that is echoed and not stored":         {&cups{store: ignores}, []string{"changed.applied in steps/createCup/patch-applied", "changed.applied in steps/createCup/put-applied"}, ""},
		"a change that is answered with what was before": {&cups{store: ignores, answer: asKept}, []string{"changed.applied in steps/createCup/patch-applied", "changed.applied in steps/createCup/put-applied"}, ""},
		"a change without a body that is not stored":     {&cups{store: ignores, status: http.StatusNoContent}, []string{"changed.applied in steps/createCup/patch-applied", "changed.applied in steps/createCup/put-applied"}, ""},
		"a member that is said to be changed":            {&cups{store: nameOnly}, []string{"changed.applied in steps/createCup/patch-applied", "changed.applied in steps/createCup/put-applied"}, ""},
		"a member that is ignored":                       {&cups{store: nameOnly, answer: asKept}, []string{"changed.whole in steps/createCup/patch-applied", "changed.whole in steps/createCup/put-applied"}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := changing(t, tt.server)
			got := broken(r)
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("broken are %q, want %q", got, tt.want)
			}
			_, skipped := skippedFor(r, tt.skips)
			if tt.skips != "" && !skipped || tt.skips == "" && len(r.SkippedCases()) > 0 {
				t.Errorf("skipped are %v, want some because of %q", r.SkippedCases(), tt.skips)
			}
		})
	}
}
