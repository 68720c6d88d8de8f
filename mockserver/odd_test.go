package mockserver_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"github.com/concord-api/concord/mockserver"
	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/dinie"
	"github.com/concord-api/concord/spec/problem"
)

// odd makes requests that are nearly right, in ways that clients get wrong.
type odd struct {
	*rand.Rand
	doc *spec.Document
}

func pickOne[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// request makes one request: valid, and then changed a few times.
func (o *odd) request(t *testing.T) *http.Request {
	t.Helper()
	op := pickOne(o.Rand, o.doc.Operations()...)
	sample, err := op.SampleRequest(spec.RequestOptions{Seed: o.Uint64(), Dynamic: o.IntN(2) == 0, Optional: o.IntN(2) == 0})
	if err != nil {
		t.Fatalf("sample of %s: %v", op.ID, err)
	}
	method, path, query, body := op.Method, sample.Parts.Path, sample.Parts.Query, sample.Parts.Body
	h := sample.Parts.Header
	if body != nil {
		h.Set("Content-Type", sample.Parts.ContentType)
	}
	h.Set("Authorization", pickOne(o.Rand, "Bearer dinie_at_2f6c81d04e", "Bearer dinie_at_2f6c81d04e", "Bearer dinie_at_2f6c81d04e", "Basic YTpi"))
	h.Set("X-Key", "k")
	for range o.IntN(4) {
		switch o.IntN(16) {
		case 0:
			method = pickOne(o.Rand, "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "BREW")
		case 1:
			path = pickOne(o.Rand, "/v3", "/api/v3", "/v1", "/v9") + path
		case 2:
			path += pickOne(o.Rand, "/", "/x", "%2F", "%00", "%zz"[:1]+"20", "//")
		case 3:
			query = o.spoil(query + "&limit=0")
		case 4:
			query = pickOne(o.Rand, "__code=404", "__code=999", "__example=x", "__dynamic=true", "__dynamic=maybe", "limit=a&limit=2", "%%%")
		case 5:
			body = []byte(o.spoil(string(body)))
		case 6:
			body = []byte(pickOne(o.Rand, "{}", "[]", "null", `"x"`, "", `{"a":1e999}`, "{\"cpf\":\"\xff\"}", strings.Repeat("[", 2000), `{"cpf":1,"cpf":2}`))
		case 7:
			h.Set("Content-Type", pickOne(o.Rand, "text/plain", "application/json; charset=utf-16", "application/xml", "", "multipart/form-data", ";", "application/x-www-form-urlencoded"))
		case 8:
			h.Set("Authorization", pickOne(o.Rand, "Bearer dinie_at_expired", "Bearer dinie_at_revoked", "Bearer", "Basic !", "", "Digest x", "Bearer \x7f"))
		case 9:
			h.Del("Authorization")
		case 10:
			h.Set("Accept", pickOne(o.Rand, "text/html", "*/*;q=0", "application/*", "application/json;q=0.5, application/problem+json", ",", "x"))
		case 11:
			h.Set("Prefer", pickOne(o.Rand, "code=200", "code=404", "code=500", "code=418", "example=x", "dynamic=true", "dynamic=true, seed=7", "scenario=none", "code=429, handling=lenient", `example="`))
		case 12:
			h.Set("Idempotency-Key", pickOne(o.Rand, "a", "b", "c", strings.Repeat("k", 300), " ", "\t"))
		case 13:
			h.Set("X-Idempotency-Key", pickOne(o.Rand, "a", "b"))
		case 14:
			h.Set("Origin", "https://app.example")
		case 15:
			h.Set("Content-Encoding", pickOne(o.Rand, "gzip", "br", "identity"))
		}
	}
	var from io.Reader
	if body != nil {
		from = bytes.NewReader(body)
	}
	r := httptest.NewRequest("GET", "/", from)
	r.Method, r.Header = method, h
	u, err := url.Parse(path)
	if err != nil {
		u = &url.URL{Path: path}
	}
	u.RawQuery = printable(query)
	r.URL, r.RequestURI = u, u.RequestURI()
	return r
}

// spoil changes one byte, or cuts the text short.
func (o *odd) spoil(s string) string {
	if s == "" {
		return "x"
	}
	i := o.IntN(len(s))
	switch o.IntN(3) {
	case 0:
		return s[:i]
	case 1:
		return s[:i] + string(rune(o.IntN(128))) + s[i+1:]
	}
	return s[:i] + s[i/2:]
}

// judge tells what is wrong with an answer: by our own reading of the contract,
// and by an independent one.
func judge(doc *spec.Document, independent validator.Validator, r *http.Request, w *httptest.ResponseRecorder) error {
	match, err := doc.Match(r.Method, r.URL.EscapedPath())
	if err != nil || match.Operation.Response(w.Code) == nil {
		// HTTP's own statuses, which a contract need not document.
		switch w.Code {
		case http.StatusNoContent:
			if r.Method != http.MethodOptions {
				return fmt.Errorf("%d is not documented", w.Code)
			}
			return nil
		case 400, 401, 404, 405, 406, 409, 413, 415, 422, 429:
			if r.Method == http.MethodHead || err != nil && likeNeighbours(doc, r, err, w) {
				return nil
			}
			if faults := problem.Check(w.Code, w.Header().Get("Content-Type"), w.Body.Bytes()); len(faults) > 0 {
				return fmt.Errorf("a %d that is not documented, and no problem: %v", w.Code, faults)
			}
			return nil
		}
		return fmt.Errorf("%d is not documented: %s", w.Code, w.Body)
	}
	answer := &spec.Answer{Status: w.Code, Header: w.Header(), Body: w.Body.Bytes(), Head: r.Method == http.MethodHead}
	if violations := match.Operation.CheckResponse(answer); len(violations) > 0 {
		return fmt.Errorf("%d breaks the contract: %v\n%s", w.Code, violations, w.Body)
	}
	if independent == nil || r.Method == http.MethodHead || match.BasePath != "" {
		return nil
	}
	asked := httptest.NewRequest(match.Operation.Method, r.URL.EscapedPath(), nil)
	if ok, faults := independent.ValidateHttpResponse(asked, w.Result()); !ok {
		return fmt.Errorf("%d is refused by the independent validator: %v\n%v\n%s", w.Code, faults[0], w.Header(), w.Body)
	}
	return nil
}

// likeNeighbours tells whether the answer to a request that reaches no operation
// is as one beside it documents it.
func likeNeighbours(doc *spec.Document, r *http.Request, missed error, w *httptest.ResponseRecorder) bool {
	near := doc.Nearest(r.URL.EscapedPath())
	if wrong := (*spec.MethodError)(nil); errors.As(missed, &wrong) {
		near = wrong.Operations()
	}
	return slices.ContainsFunc(near, func(op *spec.Operation) bool {
		answer := &spec.Answer{Status: w.Code, Header: w.Header(), Body: w.Body.Bytes()}
		return op.Response(w.Code) != nil && len(op.CheckResponse(answer)) == 0
	})
}

func independent(t *testing.T, text []byte) validator.Validator {
	t.Helper()
	doc, err := libopenapi.NewDocument(text)
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return v
}

func TestEveryAnswerToOddRequestsKeepsTheContract(t *testing.T) {
	read := func(location string) []byte {
		text, err := os.ReadFile(location)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	contracts := map[string]struct {
		location string
		text     []byte
		script   bool
		options  []mockserver.Option
	}{
		"the default contract":           {"dinie", dinie.Document, true, nil},
		"the default contract, dynamic":  {"dinie", dinie.Document, true, []mockserver.Option{mockserver.WithDynamic(true)}},
		"errors of many shapes":          {"testdata/pets.yaml", read("testdata/pets.yaml"), false, nil},
		"errors of many shapes, dynamic": {"testdata/pets.yaml", read("testdata/pets.yaml"), false, []mockserver.Option{mockserver.WithDynamic(true)}},
		"twelve members":                 {"testdata/orders.yaml", read("testdata/orders.yaml"), false, nil},
	}
	for name, c := range contracts {
		t.Run(name, func(t *testing.T) {
			doc, err := load(c.location)
			if err != nil {
				t.Fatal(err)
			}
			script := scenarios.Empty(doc)
			if c.script {
				script = defaultScript(t, doc)
			}
			s, err := mockserver.New(doc, script, c.options...)
			if err != nil {
				t.Fatal(err)
			}
			v := independent(t, c.text)
			statuses := map[int]int{}
			for seed := range uint64(1500) {
				o := &odd{rand.New(rand.NewPCG(seed, 1)), doc}
				r := o.request(t)
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				statuses[w.Code]++
				if err := judge(doc, v, r, w); err != nil {
					t.Fatalf("seed %d: %s %s %v: %v", seed, r.Method, r.URL, r.Header, err)
				}
			}
			if len(statuses) < 6 {
				t.Errorf("the requests are not odd enough: %v", statuses)
			}
		})
	}
}

// printable drops what net/http does not let into a request's target.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' || r == '#' {
			return -1
		}
		return r
	}, s)
}
