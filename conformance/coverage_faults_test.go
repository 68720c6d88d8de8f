package conformance_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"

	"github.com/concord-api/concord/conformance"
)

func init() { maps.Copy(faults, coverageFaults) }

// phasesFor are the phases that can show a check broken: the others would only
// take time.
func phasesFor(check string) []string {
	for _, prefix := range []string{"coverage.", "negative.", "positive."} {
		if strings.HasPrefix(check, prefix) {
			return []string{"coverage"}
		}
	}
	return []string{"scenarios", "protocol"}
}

// runFor runs what can show a check broken.
func runFor(tb testing.TB, check string, c conformance.Config) *conformance.Results {
	tb.Helper()
	c.Phases = phasesFor(check)
	p, err := conformance.NewPlan(c)
	if err != nil {
		tb.Fatal(err)
	}
	if slices.Contains(c.Phases, "coverage") {
		p.Cases = slices.DeleteFunc(p.Cases, func(c *conformance.Case) bool { return !slices.Contains(faulty, c.Operation.ID) })
	}
	r, err := p.Run(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// repeatsFor is how often requests are sent for a check.
func repeatsFor(check string) int {
	if check == "answer.steady" {
		return 4
	}
	return 1
}

// coverageFaults are servers that are too lax, too strict, or fall over.
var coverageFaults = map[string]fault{
	"a required member that may be missing": forgives("negative.refused", "POST /customers", func(r *http.Request, body map[string]any) {
		if _, ok := body["cpf"]; !ok {
			body["cpf"] = "123.456.789-00"
		}
	}),
	"a required member that may be null": forgives("negative.refused", "POST /customers", func(_ *http.Request, body map[string]any) {
		if v, ok := body["cpf"]; ok && v == nil {
			body["cpf"] = "123.456.789-00"
		}
	}),
	"a string that may be a number": forgives("negative.refused", "PATCH /customers/*", func(_ *http.Request, body map[string]any) {
		if _, ok := body["phone"].(float64); ok {
			body["phone"] = "+5511999990000"
		}
	}),
	"a pattern that is not anchored": forgives("negative.refused", "POST /customers", func(_ *http.Request, body map[string]any) {
		if s, ok := body["cpf"].(string); ok {
			body["cpf"] = strings.Trim(s, "!\n")
		}
	}),
	"an enum with an unknown value": forgives("negative.refused", "PATCH /webhooks/endpoints/*", func(_ *http.Request, body map[string]any) {
		if body["status"] == "concord-unknown" {
			body["status"] = "active"
		}
	}),
	"a maximum that is ignored": forgives("negative.refused", "GET /customers", func(r *http.Request, _ map[string]any) {
		r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, "limit=101", "limit=100")
	}),
	"a query that is not read as a number": forgives("negative.refused", "GET /customers", func(r *http.Request, _ map[string]any) {
		if q, _ := url.ParseQuery(r.URL.RawQuery); strings.Trim(q.Get("limit"), "0123456789") != "" {
			r.URL.RawQuery = ""
		}
	}),
	"a greatest length that is ignored": forgives("negative.refused", "POST /customers", func(r *http.Request, _ map[string]any) {
		if key := r.Header.Get("Idempotency-Key"); len(key) > 255 {
			r.Header.Set("Idempotency-Key", key[:255])
		}
	}),
	"any media type for a body": forgives("negative.refused", "POST /customers", func(r *http.Request, _ map[string]any) {
		r.Header.Set("Content-Type", "application/json")
	}),
	"a body that may be missing": forgives("negative.refused", "POST /customers", func(r *http.Request, body map[string]any) {
		if r.ContentLength == 0 {
			r.Header.Set("Content-Type", "application/json")
			body["cpf"] = "123.456.789-00"
		}
	}),
	"a format that is not checked": forgives("negative.refused-strictly", "PATCH /customers/*", func(_ *http.Request, body map[string]any) {
		if body["email"] == "concord" {
			body["email"] = "concord@example.com"
		}
	}),
	"a body that goes on after its value": {"negative.refused-strictly", func(mock http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			body = bytes.TrimSuffix(body, []byte(" concord"))
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			mock.ServeHTTP(w, r)
		})
	}},

	"errors that blame another member": alters("negative.place-named", func(a *answer) {
		if a.of("POST /customers", 422) {
			a.body = regexp.MustCompile(`"param":"[^"]*"`).ReplaceAll(a.body, []byte(`"param":"phone"`))
		}
	}),
	"errors that blame another parameter": alters("negative.place-named", func(a *answer) {
		if a.of("GET /customers", 422) {
			a.body = bytes.ReplaceAll(a.body, []byte(`"param":"limit"`), []byte(`"param":"query.status"`))
		}
	}),

	"an optional member that is demanded": refuses("positive.accepted", func(a *answer) bool {
		return a.of("POST /webhooks/endpoints", 201) && !bytes.Contains(a.sent, []byte(`"events"`))
	}),
	"null that is refused where it may be": refuses("positive.accepted", func(a *answer) bool {
		return a.of("POST /customers", 0) && a.status < 300 && bytes.Contains(a.sent, []byte(`"name":null`))
	}),
	"a maximum that is refused": refuses("positive.accepted", func(a *answer) bool {
		return a.of("GET /customers", 200) && strings.Contains(a.request.URL.RawQuery, "limit=100")
	}),
	"a value of an enum that is refused": refuses("positive.accepted", func(a *answer) bool {
		return a.of("GET /customers", 200) && strings.Contains(a.request.URL.RawQuery, "status=under_review")
	}),
	"emoji that are refused": refuses("positive.accepted-widely", func(a *answer) bool {
		return a.of("POST /customers", 0) && a.status < 300 && emoji(a.sent)
	}),

	"emoji that upset the server": alters("coverage.no-server-error", func(a *answer) {
		if a.of("POST /customers", 0) && emoji(a.sent) {
			a.fails()
		}
	}),
	"a truncated body that upsets the server": alters("coverage.no-server-error", func(a *answer) {
		if a.of("POST /customers", 400) && bytes.HasPrefix(a.sent, []byte("{")) {
			a.fails()
		}
	}),
	"deep nesting that upsets the server": alters("coverage.no-server-error", func(a *answer) {
		if bytes.HasPrefix(a.sent, []byte("[[[[[[")) {
			a.fails()
		}
	}),
	"a large body that ends the server": {"coverage.survives", func(mock http.Handler) http.Handler {
		var dead atomic.Bool
		return altered(mock, func(a *answer) {
			if !a.of("POST /customers", 0) {
				return
			}
			if dead.Load() {
				a.fails()
			}
			if len(a.sent) > 400_000 {
				dead.Store(true)
			}
		})
	}},
}

// forgives is a fault of a server that takes requests of an operation as if they
// had been repaired.
func forgives(check, operation string, repair func(r *http.Request, body map[string]any)) fault {
	return fault{check, func(mock http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a := play(mock, r)
			if (&answer{request: r}).of(operation, 0) && a.status/100 == 4 {
				again := r.Clone(r.Context())
				body := map[string]any{}
				if json.Unmarshal(a.sent, &body) != nil || body == nil {
					body = map[string]any{}
				}
				again.Header.Del("Idempotency-Key") // which the refusal has by now
				repair(again, body)
				sent := a.sent
				if len(body) > 0 {
					sent, _ = json.Marshal(body)
				}
				again.Body, again.ContentLength = io.NopCloser(bytes.NewReader(sent)), int64(len(sent))
				a = play(mock, again)
			}
			a.write(w)
		})
	}}
}

// refuses is a fault of a server that refuses what it should not.
func refuses(check string, is func(*answer) bool) fault {
	return alters(check, func(a *answer) {
		if is(a) {
			a.refuse(422, "https://docs.dinie.com/errors/validation-failed", "Validation Failed", "no_reason")
		}
	})
}

func (a *answer) fails() {
	a.refuse(500, "https://docs.dinie.com/errors/internal", "Internal Error", "internal")
}

// refuse makes a problem of the answer.
func (a *answer) refuse(status int, uri, title, code string) {
	body, _ := json.Marshal(map[string]any{"type": uri, "title": title, "status": status, "detail": "No.", "code": code})
	a.replace(status, "application/problem+json", string(body))
}

func emoji(body []byte) bool {
	return bytes.ContainsFunc(body, func(r rune) bool { return unicode.Is(unicode.So, r) })
}

// coverageRights are servers that differ from the mock in what they may decide.
var coverageRights = map[string]func(mock http.Handler) http.Handler{
	"the mock of all that the contract allows": func(mock http.Handler) http.Handler { return mock },
	"customers that exist by now": func(mock http.Handler) http.Handler {
		var made atomic.Int64
		return altered(mock, func(a *answer) {
			if a.of("POST /customers", 0) && a.status < 300 && made.Add(1) > 1 {
				a.refuse(409, "https://docs.dinie.com/errors/conflict", "Conflict", "customer_already_exists")
			}
		})
	},
	"customers that exist by now, said as a fault of the request": func(mock http.Handler) http.Handler {
		var made atomic.Int64
		return altered(mock, func(a *answer) {
			if a.of("POST /customers", 0) && a.status < 300 && made.Add(1) > 1 {
				a.refuse(422, "https://docs.dinie.com/errors/validation-failed", "Validation Failed", "already_exists")
			}
		})
	},
	"customers that exist by now, unless it is the same again": func(mock http.Handler) http.Handler {
		return altered(mock, func(a *answer) {
			if a.of("POST /customers", 0) && a.status < 300 && !bytes.Contains(a.sent, []byte(`"partner-0200"`)) {
				a.refuse(422, "https://docs.dinie.com/errors/validation-failed", "Validation Failed", "already_exists")
			}
		})
	},
	"nothing that anybody knows the id of": answers(func(a *answer) {
		if strings.Contains(a.request.URL.Path, "_") {
			a.refuse(404, "https://docs.dinie.com/errors/not-found", "Not Found", "not_found")
		}
	}),
	"a token that opens nothing": answers(func(a *answer) {
		a.refuse(401, "https://docs.dinie.com/errors/authentication-failed", "Authentication Failed", "invalid_token")
		a.header.Set("WWW-Authenticate", `Bearer realm="dinie"`)
	}),
	"a guard in front that lets no emoji through": answers(func(a *answer) {
		if emoji(a.sent) {
			a.refuse(403, "https://docs.dinie.com/errors/forbidden", "Forbidden", "forbidden")
		}
	}),
	"a guard in front that takes no large bodies": answers(func(a *answer) {
		if len(a.sent) > 100_000 {
			a.replace(413, "text/plain", "too large")
		}
	}),
	"a server that names the media type where the contract does not": answers(func(a *answer) {
		if ct := a.request.Header.Get("Content-Type"); strings.HasPrefix(ct, "text/") || strings.HasSuffix(ct, "/xml") {
			a.replace(415, "text/plain", "send JSON")
		}
	}),
	"errors that name places in other forms": func(mock http.Handler) http.Handler {
		forms := []string{"/$1", "#/$1", "body.$1", "$$.$1", "request.body['$1']", "query.$1", "$1 "}
		var n atomic.Int64
		return altered(mock, func(a *answer) {
			form := forms[int(n.Add(1))%len(forms)]
			a.body = regexp.MustCompile(`"param":"([^"]*)","detail"`).ReplaceAll(a.body, []byte(`"param":"`+form+`","detail"`))
		})
	},
	"errors that name more places than one": answers(func(a *answer) {
		a.body = bytes.Replace(a.body, []byte(`"errors":[`), []byte(`"errors":[{"param":"somewhere","detail":"look there too"},`), 1)
	}),
	"values that mean nothing": answers(func(a *answer) {
		if a.of("GET /customers", 200) && (strings.Contains(a.request.URL.RawQuery, "external_id=") || strings.Contains(a.request.URL.RawQuery, "starting_after=")) {
			a.refuse(422, "https://docs.dinie.com/errors/validation-failed", "Validation Failed", "unknown")
		}
	}),
}

func TestSafeRunChangesNothing(t *testing.T) {
	doc, script := defaults(t)
	var unsafe atomic.Int64
	var sent atomic.Int64
	count := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent.Add(1)
		if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions {
			unsafe.Add(1)
		}
		mock(t, doc, script).ServeHTTP(w, r)
	})
	server := httptest.NewServer(count)
	t.Cleanup(server.Close)
	r := run(t, conformance.Config{Document: doc, Script: script, Defaults: conformance.DefaultsAlways, Safe: true, BaseURL: server.URL})
	if unsafe.Load() > 0 || sent.Load() < 50 {
		t.Errorf("%d of %d requests could change something", unsafe.Load(), sent.Load())
	}
	if !r.Conforms() {
		t.Errorf("broken are %v", broken(r))
	}
}
