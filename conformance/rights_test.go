package conformance_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concord-api/concord/conformance"
)

// rights are servers that differ from the mock in what neither contract nor
// script claims. Each conforms.
var rights = map[string]func(mock http.Handler) http.Handler{
	"the mock itself": func(mock http.Handler) http.Handler { return mock },
	"other words for people": answers(func(a *answer) {
		if a.isProblem() {
			a.set("detail", "Não foi possível: "+strings.Repeat("é ", 40)+"🙁")
			a.set("title", "Deu errado")
		}
	}),
	"other words in each item of errors": answers(func(a *answer) {
		o := a.object()
		items, _ := o["errors"].([]any)
		for _, item := range items {
			item.(map[string]any)["detail"] = "não serve"
		}
		if items != nil {
			a.set("errors", items)
		}
	}),
	"further items in errors": answers(func(a *answer) {
		o := a.object()
		if items, _ := o["errors"].([]any); items != nil {
			a.set("errors", append([]any{map[string]any{"param": "a", "detail": "b"}}, items...))
		}
	}),
	"other ids and URLs": answers(func(a *answer) {
		if a.of(biometrics, 200) {
			a.body = regexp.MustCompile(`"session_url":"[^"]*"`).ReplaceAll(a.body, []byte(`"session_url":"https://capture.example.com.br/s/9?c=1"`))
		}
		if a.of("POST /customers", 201) {
			a.set("id", "cust_0123456789abcdef0123456789abcdef")
		}
	}),
	"other dates, with an offset": answers(func(a *answer) {
		if a.of(biometrics, 200) {
			at := time.Now().Add(24 * time.Hour).Truncate(time.Hour).In(time.FixedZone("", -3*3600))
			a.body = regexp.MustCompile(`"expires_at":"[^"]*"`).ReplaceAll(a.body, []byte(`"expires_at":"`+at.Format("2006-01-02T15:04:05.000-07:00")+`"`))
		}
	}),
	"members in another order": answers(func(a *answer) {
		if o := a.object(); o != nil {
			a.body, _ = json.Marshal(o)
		}
	}),
	"indented bodies": answers(func(a *answer) {
		var b bytes.Buffer
		if json.Indent(&b, a.body, "", "    ") == nil {
			a.body = append(b.Bytes(), '\n')
		}
	}),
	"characters escaped": answers(func(a *answer) {
		if json.Valid(a.body) {
			a.body = bytes.ReplaceAll(a.body, []byte("/"), []byte(`\/`))
		}
	}),
	"further members in problems": answers(func(a *answer) {
		if a.isProblem() {
			a.set("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736")
			a.set("meta", map[string]any{"region": "sa-east-1"})
		}
	}),
	"no optional members in problems": answers(func(a *answer) {
		if a.isProblem() {
			a.set("instance", nil)
		}
	}),
	"further headers": answers(func(a *answer) {
		for name, value := range map[string]string{
			"Strict-Transport-Security": "max-age=31536000", "X-Content-Type-Options": "nosniff", "Server": "nginx",
			"Via": "1.1 edge", "Cache-Control": "no-store", "Vary": "Accept", "Set-Cookie": "lb=1; Path=/", "Traceparent": "00-0-0-01",
		} {
			a.header.Set(name, value)
		}
	}),
	"another Retry-After": answers(func(a *answer) {
		if a.header.Get("Retry-After") != "" {
			a.header.Set("Retry-After", "30")
		}
	}),
	"a charset in the media type": answers(func(a *answer) {
		if ct := a.header.Get("Content-Type"); ct == "application/json" || ct == "application/problem+json" {
			a.header.Set("Content-Type", strings.ToUpper(ct[:1])+ct[1:]+"; charset=UTF-8")
		}
	}),
	"bodies in chunks": answers(func(a *answer) { a.length = -2 }),
	"a HEAD without headers of content": answers(func(a *answer) {
		if a.request.Method == http.MethodHead {
			a.header.Del("Content-Type")
		}
	}),
	"a longer Allow in another order": answers(func(a *answer) {
		if v := a.header.Get("Allow"); v != "" {
			a.header["Allow"] = []string{"TRACE", "OPTIONS,  " + v}
		}
	}),
	"several challenges": answers(func(a *answer) {
		if v := a.header.Get("WWW-Authenticate"); v != "" {
			a.header["Www-Authenticate"] = []string{`Negotiate, Digest realm="x, y", nonce="1"`, v}
		}
	}),
	"a replay with the first request's id": firstID,
	"a word on replays":                    answers(func(a *answer) { a.header.Set("Idempotent-Replayed", "true") }),
	"another base path":                    func(mock http.Handler) http.Handler { return http.StripPrefix("/partner/2026", mock) },
	"a server that takes its time": func(mock http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(rand.N(20 * time.Millisecond))
			mock.ServeHTTP(w, r)
		})
	},
	"a server that throttles now and then": func(mock http.Handler) http.Handler {
		var mu sync.Mutex
		n := 0
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			sent, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(sent))
			mu.Lock()
			n++
			throttled := n%17 == 0 && !strings.Contains(r.URL.String()+string(sent), "429") && r.URL.Path != "/auth/token"
			mu.Unlock()
			if throttled {
				w.Header().Set("Retry-After", "0")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			mock.ServeHTTP(w, r)
		})
	},
}

// firstID is a server that keeps the request id with the answers that it replays.
func firstID(mock http.Handler) http.Handler {
	var kept sync.Map // ids by key and body of the answer
	return altered(mock, func(a *answer) {
		if key := a.request.Header.Get("Idempotency-Key"); key != "" {
			id, _ := kept.LoadOrStore(key+" "+string(a.body), a.header.Get("X-Request-Id"))
			a.header.Set("X-Request-Id", id.(string))
		}
	})
}

// answers is a server whose answers differ from the mock's.
func answers(change func(*answer)) func(http.Handler) http.Handler {
	return func(mock http.Handler) http.Handler { return altered(mock, change) }
}

func TestServerOfHTTP2PassesClean(t *testing.T) {
	doc, script := defaults(t)
	server := httptest.NewUnstartedServer(mock(t, doc, script))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	tls := server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	r := run(t, conformance.Config{Document: doc, Script: script, Defaults: conformance.DefaultsAlways, BaseURL: server.URL, TLS: tls, KeepExchanges: true})
	clean(t, r)
	if len(r.Played) == 0 || r.Played[r.Plan.Cases[0].ID].Exchanges == nil {
		t.Fatal("no exchanges are kept")
	}
	for _, p := range r.Played {
		for _, x := range p.Exchanges {
			if x.Response.Proto != "HTTP/2.0" {
				t.Fatalf("an exchange was made by %s", x.Response.Proto)
			}
		}
	}
}

// clean demands that nothing is broken and nothing warned of.
func clean(t *testing.T, r *conformance.Results) {
	t.Helper()
	for v := range r.Verdicts() {
		if v.Outcome == conformance.Broken || v.Outcome == conformance.Warned {
			t.Errorf("%s: %s", v.Case.ID, v)
		}
	}
	if !r.Conforms() || r.Checked() < 1000 {
		t.Errorf("%d checks were made, conforms = %t", r.Checked(), r.Conforms())
	}
}
