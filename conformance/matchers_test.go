package conformance_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/concord-api/concord/conformance"
	"github.com/concord-api/concord/spec"
)

// get asks the small server of the tests for a path, with its key or without.
func get(path, key string) *http.Response {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if key != "" {
		r.Header.Set("X-Key", key)
	}
	things().ServeHTTP(w, r)
	return conformance.WithRequest(w.Result(), r.Method, path)
}

func TestMatchers(t *testing.T) {
	doc := mustLoad(t, "testdata/things.yaml")
	changed := func(r *http.Response, change func(*http.Response)) *http.Response {
		change(r)
		return r
	}
	body := func(text string) func(*http.Response) {
		return func(r *http.Response) { r.Body = io.NopCloser(strings.NewReader(text)) }
	}
	tests := map[string]struct {
		response *http.Response
		matcher  types.GomegaMatcher
		want     string // of the failure message; "" where it matches
	}{
		"a right answer conforms":           {get("/things", "secret-key"), conformance.ConformTo(doc), ""},
		"a right refusal conforms":          {get("/things", ""), conformance.ConformTo(doc), ""},
		"a missing header does not":         {changed(get("/things", "secret-key"), func(r *http.Response) { r.Header.Del("X-Total") }), conformance.ConformTo(doc), "header X-Total"},
		"a body that breaks its schema":     {changed(get("/things/1", "secret-key"), body(`{"id":"1","name":""}`)), conformance.ConformTo(doc), "body /id"},
		"an undocumented status":            {changed(get("/things/1", "secret-key"), func(r *http.Response) { r.StatusCode = 418 }), conformance.ConformTo(doc), "418 is not documented"},
		"a problem":                         {get("/things/77", "secret-key"), conformance.HaveProblem(404, ""), ""},
		"a problem of another status":       {get("/things/77", "secret-key"), conformance.HaveProblem(409, ""), "the status is 404 Not Found"},
		"a problem without the wanted code": {get("/things/77", "secret-key"), conformance.HaveProblem(404, "gone"), `code is ""`},
		"no problem at all":                 {get("/things/1", "secret-key"), conformance.HaveProblem(200, ""), "problem.media-type"},
		"a header":                          {get("/things", "secret-key"), conformance.HaveHeader("X-Total"), ""},
		"a header of a value":               {get("/things", "secret-key"), conformance.HaveHeader("x-total", "1"), ""},
		"a header of another value":         {get("/things", "secret-key"), conformance.HaveHeader("X-Total", "2"), "to equal"},
		"a header that matches":             {get("/things", "secret-key"), conformance.HaveHeader("X-Total", gomega.MatchRegexp("^[0-9]+$")), ""},
		"a header that is missing":          {get("/things", "secret-key"), conformance.HaveHeader("Retry-After"), "it is missing"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			ok, err := tt.matcher.Match(tt.response)
			if err != nil {
				t.Fatal(err)
			}
			if ok != (tt.want == "") {
				t.Fatalf("Match() = %t: %s", ok, tt.matcher.FailureMessage(tt.response))
			}
			if message := tt.matcher.FailureMessage(tt.response); !ok && !strings.Contains(message, tt.want) {
				t.Errorf("the message does not say %q:\n%s", tt.want, message)
			}
			if rest, _ := io.ReadAll(tt.response.Body); len(rest) == 0 {
				t.Error("the body cannot be read again")
			}
		})
	}
}

func TestMatchersRefuseWhatTheyCannotJudge(t *testing.T) {
	doc := mustLoad(t, "testdata/things.yaml")
	if _, err := conformance.ConformTo(doc).Match("text"); err == nil {
		t.Error("a string is taken for a response")
	}
	r := get("/things", "secret-key")
	r.Request = nil
	if _, err := conformance.ConformTo(doc).Match(r); err == nil {
		t.Error("a response without its request is judged")
	}
	if _, err := conformance.ConformTo(doc).Match(conformance.WithRequest(r, "GET", "/nothing")); err == nil {
		t.Error("a path that the contract does not have is judged")
	}
}

func ExampleConformTo() {
	doc, err := spec.Load(context.Background(), "testdata/things.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(things())
	defer server.Close()

	g := gomega.NewGomega(func(message string, _ ...int) { fmt.Println(message) })
	resp, err := http.Get(server.URL + "/things")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(g.Expect(resp).To(conformance.ConformTo(doc)))
	// Output: true
}

func ExampleHaveProblem() {
	resp := get("/things/77", "secret-key")

	g := gomega.NewGomega(func(message string, _ ...int) { fmt.Println(message) })
	fmt.Println(g.Expect(resp).To(conformance.HaveProblem(http.StatusNotFound, "")))
	// Output: true
}

func ExampleHaveHeader() {
	resp := get("/things", "secret-key")

	g := gomega.NewGomega(func(message string, _ ...int) { fmt.Println(message) })
	fmt.Println(g.Expect(resp).To(conformance.HaveHeader("X-Total", gomega.Not(gomega.BeEmpty()))))
	// Output: true
}
