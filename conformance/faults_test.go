package conformance_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// fault is one thing wrong with a server, and the check that must see it.
type fault struct {
	check string
	wrap  func(mock http.Handler) http.Handler
}

// alters is a fault of answers.
func alters(check string, change func(*answer)) fault {
	return fault{check, func(mock http.Handler) http.Handler { return altered(mock, change) }}
}

// faults are single faults, each of which makes the mock a server that does not
// conform.
var faults = map[string]fault{
	// What the script says.
	"a success of another status": alters("scenario.status", func(a *answer) {
		if a.of(biometrics, 200) {
			a.status = http.StatusCreated
		}
	}),
	"an error of another status": alters("scenario.status", func(a *answer) {
		if a.of(biometrics, 404) {
			a.status = http.StatusConflict
			a.set("status", 409)
		}
	}),
	"an error where the script succeeds": alters("scenario.status", func(a *answer) {
		if a.of("GET /customers/*", 200) {
			a.replace(500, "application/problem+json", `{"type":"https://docs.dinie.com/errors/internal","title":"Internal Error","status":500,"detail":"x"}`)
		}
	}),
	"a scripted problem of another type": alters("scenario.problem", func(a *answer) {
		if a.of(biometrics, 409) {
			a.set("type", "https://docs.dinie.com/errors/not-found")
		}
	}),
	"a scripted problem of another code": alters("scenario.problem", func(a *answer) {
		if a.of(biometrics, 409) {
			a.set("code", "conflict")
		}
	}),
	"a scripted problem without its code": alters("scenario.problem", func(a *answer) {
		if a.of(biometrics, 404) {
			a.set("code", nil)
		}
	}),
	"a scripted problem that blames another member": alters("scenario.errors", func(a *answer) {
		if a.isProblem() && a.status == 422 {
			a.body = bytes.ReplaceAll(a.body, []byte(`"param":"`), []byte(`"param":"other_`))
		}
	}),
	"a scripted problem that blames nothing": alters("scenario.errors", func(a *answer) {
		if a.isProblem() && a.status == 422 {
			a.set("errors", []any{})
		}
	}),
	"a scripted media type left out for another that is documented": alters("scenario.media-type", func(a *answer) {
		if a.of(biometrics, 404) {
			a.header.Set("Content-Type", "application/json")
		}
	}),
	"a scripted header left out": alters("scenario.headers", func(a *answer) {
		if a.of(biometrics, 429) {
			a.header.Del("Retry-After")
		}
	}),
	"a scripted member left out": alters("scenario.members", func(a *answer) {
		if a.of(biometrics, 200) {
			a.set("expires_at", nil)
		}
	}),
	"a date in the past where the script wants one ahead": alters("scenario.expect", func(a *answer) {
		if a.of(biometrics, 200) {
			a.set("expires_at", "2001-01-01T00:00:00Z")
		}
	}),

	// What the contract says.
	"an undocumented status": alters("status.documented", func(a *answer) {
		if a.of(biometrics, 404) {
			a.status = http.StatusGone
			a.set("status", 410)
		}
	}),
	"a refusal of an undocumented status": alters("status.refusal-documented", func(a *answer) {
		if a.of("POST /customers", 400) {
			a.status = http.StatusTeapot
			a.set("status", 418)
		}
	}),
	"an undocumented media type": alters("media-type.documented", func(a *answer) {
		if a.of(biometrics, 200) {
			a.header.Set("Content-Type", "text/plain; charset=utf-8")
		}
	}),
	"no media type": alters("media-type.documented", func(a *answer) {
		if a.of(biometrics, 200) {
			a.header["Content-Type"] = nil
		}
	}),
	"a page of HTML for an error": alters("media-type.documented", func(a *answer) {
		if a.of(biometrics, 500) {
			a.replace(500, "text/html", "<html><body><h1>Internal Server Error</h1></body></html>")
		}
	}),
	"no body": alters("body.present", func(a *answer) {
		if a.of(biometrics, 200) {
			a.body = nil
			a.header["Content-Type"] = nil
		}
	}),
	"a body that is cut but framed as if it were whole": alters("body.readable", func(a *answer) {
		if a.of(biometrics, 200) {
			a.body = a.body[:len(a.body)/2]
		}
	}),
	"something after the body's value": alters("body.readable", func(a *answer) {
		if a.of(biometrics, 200) {
			a.body = append(a.body, "\n{}"...)
		}
	}),
	"a body that is no JSON": alters("body.readable", func(a *answer) {
		if a.of("GET /customers", 200) {
			a.body = []byte("<list/>")
		}
	}),
	"a required member left out": alters("body.schema", func(a *answer) {
		if a.of(biometrics, 200) {
			a.set("session_url", nil)
		}
	}),
	"a member of another type": alters("body.schema", func(a *answer) {
		if a.of(biometrics, 200) {
			a.set("expires_at", 1772553600)
		}
	}),
	"a list that is an object": alters("body.schema", func(a *answer) {
		if a.of("GET /customers/*", 200) {
			a.set("kyc", map[string]any{})
		}
	}),
	"a date that is none": alters("body.schema", func(a *answer) {
		if a.of(biometrics, 200) {
			a.set("expires_at", "tomorrow")
		}
	}),
	"a value that its enumeration does not have": alters("body.schema", func(a *answer) {
		if a.of("GET /customers/*", 200) {
			a.set("status", "sleeping")
		}
	}),
	"an id of another form": alters("body.schema", func(a *answer) {
		if a.of("POST /customers", 201) {
			a.set("id", "550e8400")
		}
	}),
	"an item of errors without its param": alters("body.schema", func(a *answer) {
		if a.isProblem() && a.status == 422 {
			a.set("errors", []any{map[string]any{"detail": "is wrong"}})
		}
	}),
	"a required header left out": alters("headers.present", func(a *answer) {
		a.header.Del("X-RateLimit-Remaining")
		delete(a.header, "X-RateLimit-Remaining")
	}),
	"one request id for all": alters("request-id.fresh", func(a *answer) { a.header.Set("X-Request-Id", "req_0123456789abcdef0123456789abcdef") }),
	"request ids of another form": alters("request-id.prefix", func(a *answer) {
		a.header.Set("X-Request-Id", strings.TrimPrefix(a.header.Get("X-Request-Id"), "req_"))
	}),
	"no request id on errors": alters("headers.present", func(a *answer) {
		if a.status >= 400 {
			a.header.Del("X-Request-Id")
		}
	}),
	"a header of another type": alters("headers.schema", func(a *answer) {
		delete(a.header, "X-RateLimit-Limit")
		a.header.Set("X-Ratelimit-Limit", "many")
	}),

	// What RFC 9457 says.
	"a problem that does not say that it is one": alters("problem.media-type", func(a *answer) {
		if a.isProblem() {
			a.header.Set("Content-Type", "application/json")
		}
	}),
	"a problem that is a list": alters("problem.body", func(a *answer) {
		if a.isProblem() {
			a.body = append(append([]byte("["), a.body...), ']')
		}
	}),
	"a problem whose status is another": alters("problem.status-equal", func(a *answer) {
		if a.isProblem() && a.status == 404 {
			a.set("status", 400)
		}
	}),
	"a problem whose status is a string": alters("problem.status", func(a *answer) {
		if a.isProblem() {
			a.set("status", fmt.Sprint(a.status))
		}
	}),
	"a problem whose type is no URI": alters("problem.type", func(a *answer) {
		if a.isProblem() {
			a.set("type", "not found")
		}
	}),
	"a problem whose type is relative": alters("problem.type-absolute", func(a *answer) {
		if a.isProblem() {
			a.set("type", "/errors/not-found")
		}
	}),
	"a problem whose title is a number": alters("problem.title", func(a *answer) {
		if a.isProblem() {
			a.set("title", 404)
		}
	}),
	"a problem whose title says nothing": alters("problem.title-empty", func(a *answer) {
		if a.isProblem() {
			a.set("title", " ")
		}
	}),
	"a problem whose detail is an object": alters("problem.detail", func(a *answer) {
		if a.isProblem() {
			a.set("detail", map[string]any{"text": "no"})
		}
	}),
	"a problem whose instance is no URI": alters("problem.instance", func(a *answer) {
		if a.isProblem() {
			a.set("instance", "request <7>")
		}
	}),
	"a problem whose errors are an object": alters("problem.errors", func(a *answer) {
		if a.isProblem() {
			a.set("errors", map[string]any{"cpf": "is wrong"})
		}
	}),
	"a problem whose errors say nothing": alters("problem.errors-detail", func(a *answer) {
		if a.isProblem() && a.status == 422 {
			a.set("errors", []any{map[string]any{"param": "cpf"}})
		}
	}),
	"a problem whose errors name no place": alters("problem.errors-place", func(a *answer) {
		if a.isProblem() && a.status == 422 {
			a.set("errors", []any{map[string]any{"detail": "is wrong"}})
		}
	}),

	// Who may come in.
	"a 401 without WWW-Authenticate": alters("authentication.challenge", func(a *answer) {
		if a.status == 401 {
			a.header.Del("WWW-Authenticate")
		}
	}),
	"a 401 that asks for another scheme": alters("authentication.scheme", func(a *answer) {
		if a.status == 401 {
			a.header.Set("WWW-Authenticate", `Negotiate`)
		}
	}),
	"a 403 for missing credentials": alters("authentication.refused", func(a *answer) {
		if a.status == 401 {
			a.status = http.StatusForbidden
			a.set("status", 403)
		}
	}),
	"missing credentials ignored": authorizes(func(v string) bool { return v == "" }),
	"invalid credentials ignored": authorizes(func(v string) bool { return strings.Contains(v, "invalid") }),
	"expired credentials ignored": authorizes(func(v string) bool { return strings.Contains(v, "expired") }),
	"revoked credentials ignored": authorizes(func(v string) bool { return strings.Contains(v, "revoked") }),

	// What is not there.
	"a success for an unknown path": alters("path.unknown", func(a *answer) {
		if a.status == 404 && strings.HasPrefix(a.request.URL.Path, "/concord") {
			a.replace(200, "application/json", "{}")
		}
	}),
	"a crash for an unknown path": alters("path.unknown", func(a *answer) {
		if a.status == 404 && strings.HasPrefix(a.request.URL.Path, "/concord") {
			a.replace(500, "text/plain", "panic: no route")
		}
	}),
	"a 404 for a method that is not there": alters("method.refused", func(a *answer) {
		if a.status == 405 {
			a.status = 404
		}
	}),
	"a 405 without Allow": alters("method.allow", func(a *answer) {
		a.header.Del("Allow")
	}),
	"an Allow that offers what was refused": alters("method.allow-truthful", func(a *answer) {
		if a.status == 405 {
			a.header.Set("Allow", a.header.Get("Allow")+", "+a.request.Method)
		}
	}),
	"an Allow that leaves methods out": alters("method.allow-complete", func(a *answer) {
		if a.status == 405 {
			a.header.Set("Allow", "OPTIONS")
		}
	}),

	// What cannot be read.
	"a crash over a malformed body": alters("body.malformed-refused", func(a *answer) {
		if strings.HasPrefix(string(a.sent), `{"cut"`) {
			a.replace(500, "application/problem+json", `{"type":"https://docs.dinie.com/errors/internal","title":"Internal Error","status":500,"detail":"unexpected EOF"}`)
		}
	}),
	"a malformed body accepted": alters("body.malformed-refused", func(a *answer) {
		if strings.HasPrefix(string(a.sent), `{"cut"`) {
			a.replace(200, "application/json", "{}")
		}
	}),

	// The same request again.
	"a key that is ignored": before("idempotency.body", func(r *http.Request) {
		r.Header.Del("Idempotency-Key")
	}),
	"a replay of another status": again("idempotency.status", func(a *answer) { a.status++ }),
	"a replay that is refused": again("idempotency.status", func(a *answer) {
		a.replace(409, "application/problem+json", `{"type":"https://docs.dinie.com/errors/conflict","title":"Conflict","status":409,"detail":"done already"}`)
	}),
	"a replay of another media type": again("idempotency.headers", func(a *answer) {
		a.header.Set("Content-Type", "application/json; charset=utf-8")
	}),
	"a replay whose bytes are others": again("idempotency.bytes", func(a *answer) {
		if len(a.body) > 0 {
			a.body = append(a.body, ' ')
		}
	}),
	"a key that does for another request": {"idempotency.reuse-refused", func(mock http.Handler) http.Handler {
		return altered(mock, func(a *answer) {
			if a.status == 422 && bytes.Contains(a.body, []byte("idempotency_key_reused")) {
				r := a.request.Clone(a.request.Context())
				r.Header.Del("Idempotency-Key")
				r.Body = io.NopCloser(bytes.NewReader(a.sent))
				*a = *play(mock, r)
			}
		})
	}},

	// Only the header.
	"HEAD not served": alters("head.served", func(a *answer) {
		if a.request.Method == http.MethodHead {
			a.status = http.StatusMethodNotAllowed
			a.header.Set("Allow", "GET")
		}
	}),
	"a HEAD of another status": alters("head.status", func(a *answer) {
		if a.request.Method == http.MethodHead {
			a.status = http.StatusNoContent
		}
	}),
	"a HEAD of another media type": alters("head.headers", func(a *answer) {
		if a.request.Method == http.MethodHead {
			a.header.Set("Content-Type", "text/html")
		}
	}),

	"a HEAD with content": {"head.body", func(mock http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodHead {
				mock.ServeHTTP(w, r)
				return
			}
			get := r.Clone(r.Context())
			get.Method = http.MethodGet
			a := play(mock, get)
			conn, out, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			defer conn.Close()
			fmt.Fprintf(out, "HTTP/1.1 %d %s\r\nConnection: close\r\n", a.status, http.StatusText(a.status))
			_ = a.header.Write(out)
			fmt.Fprintf(out, "\r\n%s", a.body)
			_ = out.Flush()
		})
	}},

	// How it travels.
	"a connection that ends in the body": alters("transport.whole", func(a *answer) {
		if a.of(biometrics, 200) {
			a.length = len(a.body) + 10
		}
	}),
	"a connection that ends before the answer": alters("transport.answered", func(a *answer) {
		if a.of("GET /webhooks/endpoints", 0) {
			panic(http.ErrAbortHandler)
		}
	}),
	"an answer that does not come": alters("transport.answered", func(a *answer) {
		if a.of("GET /webhooks/endpoints/*", 200) {
			time.Sleep(faultTimeout + 500*time.Millisecond)
		}
	}),
	"a Retry-After that is no time": alters("retry-after.readable", func(a *answer) {
		if a.of(biometrics, 429) {
			a.header.Set("Retry-After", "soon")
		}
	}),
}

// faulty are the operations that the faults are of: the others would only take
// time.
var faulty = []string{
	"createBiometricsSession", "createCustomer", "getCustomer", "listCustomers",
	"listWebhookEndpoints", "getWebhookEndpoint", "updateCustomer", "createWebhookEndpoint", "updateWebhookEndpoint",
	"createAccessToken",
}

// faultTimeout is how long the runs of the fault matrix wait for an answer.
const faultTimeout = 2 * time.Second

// before is a fault that changes what the mock is asked.
func before(check string, change func(*http.Request)) fault {
	return fault{check, func(mock http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			change(r)
			mock.ServeHTTP(w, r)
		})
	}}
}

// authorizes is a fault that takes some credentials for good ones.
func authorizes(which func(authorization string) bool) fault {
	return before("authentication.refused", func(r *http.Request) {
		if which(r.Header.Get("Authorization")) {
			r.Header.Set("Authorization", "Bearer dinie_at_partner")
		}
	})
}

// again is a fault of answers to requests whose key came before.
func again(check string, change func(*answer)) fault {
	return fault{check, func(mock http.Handler) http.Handler {
		var seen sync.Map
		return altered(mock, func(a *answer) {
			key := a.request.Header.Get("Idempotency-Key")
			if key == "" || a.status >= 300 {
				return
			}
			if _, before := seen.LoadOrStore(key, true); before {
				change(a)
			}
		})
	}}
}
