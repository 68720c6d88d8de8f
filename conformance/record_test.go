package conformance

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2/types"

	"github.com/concord-api/concord/spec"
)

// books is a contract, and a server whose answers break it for one of its
// operations.
func books(t *testing.T) Config {
	t.Helper()
	const contract = `
openapi: 3.1.0
info: {title: Books, version: "1"}
paths:
  /books:
    get:
      operationId: listBooks
      parameters: [{name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 9}}]
      responses:
        "200": {description: Books., content: {application/json: {schema: {type: array, items: {type: string}}}}}
        "400": {description: No., content: {application/problem+json: {schema: {type: object}}}}
  /pens:
    get:
      operationId: listPens
      responses:
        "200": {description: Pens., content: {application/json: {schema: {type: array, items: {type: string}}}}}
`
	doc, err := spec.Load(t.Context(), "books", spec.Embedded("books", []byte(contract)))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch limit := r.URL.Query().Get("limit"); {
		case r.URL.Path == "/pens":
			fmt.Fprint(w, `["a"]`)
		case limit != "" && !strings.Contains("123456789", limit):
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"type":"about:blank","title":"Bad Request","status":400}`)
		default:
			fmt.Fprint(w, `[1]`)
		}
	}))
	t.Cleanup(server.Close)
	return Config{Document: doc, BaseURL: server.URL, Phases: []string{"coverage"}}
}

func TestExchangesThatHoldAreLetGo(t *testing.T) {
	r, err := Run(t.Context(), books(t))
	if err != nil {
		t.Fatal(err)
	}
	for id, p := range r.Played {
		if p.Exchanges != nil {
			t.Errorf("%s keeps %d exchanges", id, len(p.Exchanges))
		}
	}
	if r.Count(Broken) == 0 || r.Count(Held) == 0 {
		t.Fatalf("%d broken, %d held", r.Count(Broken), r.Count(Held))
	}
	for v := range r.Verdicts() {
		for _, f := range v.Failures {
			if x := f.Exchange; v.Case.Operation.ID != "listBooks" || x.Request.URL == "" || string(x.Response.Body) != "[1]" {
				t.Errorf("%s: a failure is about %s %s %q", v.Case.ID, x.Request.Method, x.Request.URL, x.Response.Body)
			}
		}
	}
}

func TestVerdictsReachOtherProcesses(t *testing.T) {
	p, err := NewPlan(books(t))
	if err != nil {
		t.Fatal(err)
	}
	p.keepFailed = true // as in a parallel run
	r, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	data, err := r.Played.encode()
	if err != nil {
		t.Fatal(err)
	}
	record, err := decodeRecord(data)
	if err != nil {
		t.Fatal(err)
	}
	failures := 0
	for _, c := range p.Cases {
		here, there := r.Played[c.ID], record[c.ID]
		p.recall(c, there)
		if (len(there.Exchanges) > 0) != (len(here.failures) > 0) {
			t.Errorf("%s has %d failures, and %d exchanges of it travel", c.ID, len(here.failures), len(there.Exchanges))
		}
		for i := range c.checks {
			want, got := here.verdict(c, i), there.verdict(c, i)
			failures += len(want.Failures)
			if got.Outcome != want.Outcome || got.Reason != want.Reason || got.String() != want.String() {
				t.Errorf("%s: %s there, %s here:\n%s\n%s", c.ID, got.Outcome, want.Outcome, got, want)
			}
		}
	}
	if failures == 0 {
		t.Error("nothing failed")
	}
}

func TestCasesShareNodesThatFiltersCannotTellApart(t *testing.T) {
	p, err := NewPlan(books(t))
	if err != nil {
		t.Fatal(err)
	}
	group := p.groups()[1]
	var alone []string
	for _, c := range group.cases {
		alone = append(alone, c.title())
	}
	if group.name != "listBooks" || !slices.Contains(alone, "coverage: query limit") {
		t.Fatalf("%s has the cases %q", group.name, alone)
	}
	tests := map[string]struct {
		filters types.SuiteConfig
		want    []string
	}{
		"no filter":                     {types.SuiteConfig{}, []string{"coverage"}},
		"a filter of labels":            {types.SuiteConfig{LabelFilter: "must"}, []string{"coverage"}},
		"a focus tells them by name":    {types.SuiteConfig{FocusStrings: []string{"limit"}}, alone},
		"so does what is to be skipped": {types.SuiteConfig{SkipStrings: []string{"limit"}}, alone},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			cases := 0
			for _, b := range group.bundles(tt.filters) {
				got = append(got, b.name)
				cases += len(b.cases)
				checks, of := b.checks()
				for _, check := range checks {
					for _, c := range of[check] {
						if !slices.Contains(c.checks, check) {
							t.Errorf("%s looks at %s, which is none of its cases", check.ID, c.ID)
						}
					}
				}
			}
			if !slices.Equal(got, tt.want) || cases != len(group.cases) {
				t.Errorf("bundles are %q with %d cases, want %q with %d", got, cases, tt.want, len(group.cases))
			}
		})
	}
}
