package conformance_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

func init() {
	maps.Copy(faults, answerFaults)
	maps.Copy(faults, entryFaults)
	maps.Copy(faults, keyFaults)
}

// answerFaults are in what answers say beyond their schemas.
var answerFaults = map[string]fault{
	// Bodies.
	"JSON that is declared as Latin-1": alters("body.charset", func(a *answer) {
		if a.of(biometrics, 200) {
			a.header.Set("Content-Type", "application/json; charset=ISO-8859-1")
		}
	}),
	"JSON in Latin-1": alters("body.utf-8", func(a *answer) {
		if a.isProblem() {
			a.set("detail", "não")
			a.body = bytes.ReplaceAll(a.body, []byte("ã"), []byte{0xe3})
		}
	}),
	"a member that comes twice": alters("body.duplicate-members", func(a *answer) {
		if a.of(biometrics, 200) {
			a.body = bytes.Replace(a.body, []byte(`{"expires_at"`), []byte(`{"expires_at":"2035-01-01T00:00:00Z","expires_at"`), 1)
			a.body = bytes.Replace(a.body, []byte(`{"session_url"`), []byte(`{"session_url":"https://a.example/","session_url"`), 1)
		}
	}),
	"a member that the contract does not have": alters("body.undeclared-members", func(a *answer) {
		if a.of(biometrics, 200) {
			a.set("debug", true)
		}
	}),
	"an undeclared member in an item of a list": alters("body.undeclared-members", func(a *answer) {
		if a.of("GET /customers/*", 200) {
			a.body = bytes.Replace(a.body, []byte(`"kyc":[{`), []byte(`"kyc":[{"score":1,`), 1)
		}
	}),
	"a URL whose host was not filled in": alters("body.urls", func(a *answer) {
		if a.of(biometrics, 200) {
			a.set("session_url", "https://undefined/sessions/9")
		}
	}),
	"a URL without a host": alters("body.urls", func(a *answer) {
		if a.of(biometrics, 200) {
			a.set("session_url", "https:///sessions/9")
		}
	}),
	"an end in the past": alters("body.dates-ahead", func(a *answer) {
		if a.of(biometrics, 200) {
			a.set("expires_at", "1970-01-01T00:00:00Z")
		}
	}),
	"a beginning in the future": alters("body.dates-past", func(a *answer) {
		a.header.Del("Server")
		if a.of("GET /customers/*", 200) {
			a.set("created_at", 32472144000)
		}
	}),

	// Headers.
	"two media types": alters("headers.single", func(a *answer) {
		if a.of(biometrics, 200) {
			a.header["Content-Type"] = []string{"application/json", "application/json"}
		}
	}),
	"a documented number that comes twice": alters("headers.single", func(a *answer) {
		a.header["X-Ratelimit-Limit"] = append(a.header["X-Ratelimit-Limit"], "600")
	}),
	"no Date": alters("date.present", func(a *answer) { a.header["Date"] = nil }),
	"a byte order mark": alters("body.byte-order-mark", func(a *answer) {
		if a.of("GET /customers/*", 200) {
			a.body = append([]byte("\ufeff"), a.body...)
		}
	}),
	"gzip that is none": alters("body.encoding", func(a *answer) {
		if a.of(biometrics, 200) {
			a.header.Set("Content-Encoding", "gzip")
		}
	}),
	"a Date that is none":    alters("date.sane", func(a *answer) { a.header.Set("Date", "today") }),
	"a Date of a dead clock": alters("date.sane", func(a *answer) { a.header.Set("Date", "Thu, 01 Jan 1970 00:00:00 GMT") }),
	"a Location that is no URI": alters("location.readable", func(a *answer) {
		if a.of("POST /customers", 201) {
			a.header.Set("Location", "http:// not a place")
		}
	}),
	"a Retry-After that has gone by": alters("retry-after.ahead", func(a *answer) {
		if a.of(biometrics, 429) {
			a.header.Set("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")
		}
	}),

	// Limits.
	"more left than there was": alters("rate-limit.remaining", func(a *answer) {
		a.header["X-Ratelimit-Remaining"] = []string{"601"}
	}),
	"a window that ended long ago": alters("rate-limit.reset", func(a *answer) {
		a.header["X-Ratelimit-Reset"] = []string{"1500000000"}
	}),
	"a window's end in milliseconds": alters("rate-limit.reset", func(a *answer) {
		a.header["X-Ratelimit-Reset"] = []string{strconv.FormatInt(time.Now().Add(time.Minute).UnixMilli(), 10)}
	}),
	"requests that are not counted": alters("rate-limit.falls", func(a *answer) {
		a.header["X-Ratelimit-Remaining"] = []string{"599"}
	}),

	// What should have stayed inside.
	"a crash that nobody asked for": alters("server-error", func(a *answer) {
		if a.of("GET /customers/*", 200) {
			a.replace(500, "application/problem+json", `{"type":"https://docs.dinie.com/errors/internal","title":"Internal Error","status":500,"detail":"x"}`)
		}
	}),
	"a stack of Python": tells("leaks.stack-trace", "Traceback (most recent call last):\n  File \"main.py\", line 3, in <module>"),
	"a stack of Go":     tells("leaks.stack-trace", "goroutine 12 [running]:\nmain.main()"),
	"a stack of Java":   tells("leaks.stack-trace", "java.lang.NullPointerException\n\tat com.dinie.Customers.get(Customers.java:42)"),
	"a stack of Node":   tells("leaks.stack-trace", "TypeError: x is undefined\n    at Customers.get (/srv/dist/customers.js:12:7)"),
	"a database's word": tells("leaks.stack-trace", "SQLSTATE[23505]: Unique violation"),
	"a path of a file":  tells("leaks.path", "cannot open /app/internal/store/customers.go: gone"),
	"a token in an error": alters("leaks.credential", func(a *answer) {
		if a.status == 401 && a.request.Header.Get("Authorization") != "" {
			a.set("detail", "The token in "+a.request.Header.Get("Authorization")+" is not valid.")
		}
	}),
	"a token in a header": alters("leaks.credential", func(a *answer) {
		a.header.Set("X-Debug-Auth", a.request.Header.Get("Authorization"))
	}),
	"a token in a success": alters("leaks.credential-in-success", func(a *answer) {
		if a.of("GET /customers/*", 200) {
			a.set("requested_with", a.request.Header.Get("Authorization"))
		}
	}),
	"a password that comes back": alters("leaks.password", func(a *answer) {
		var sent map[string]any
		if a.of("POST /auth/token", 0) && json.Unmarshal(a.sent, &sent) == nil && sent["client_secret"] != nil {
			a.set("detail", fmt.Sprintf("tried %v", sent["client_secret"]))
		}
	}),

	// What changes from answer to answer.
	"a type that changes":  changes("problem.type-stable", "type", "https://docs.dinie.com/errors/other"),
	"a title that changes": changes("problem.title-stable", "title", "Something Else"),

	// Paths and media types.
	"a slash too many is ignored": {"path.exact", func(mock http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.URL.Path = strings.TrimSuffix(r.URL.Path, "/")
			mock.ServeHTTP(w, r)
		})
	}},
	"letters of another case are ignored": {"path.exact", func(mock http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.URL.Path = strings.ToLower(r.URL.Path)
			mock.ServeHTTP(w, r)
		})
	}},
	"an Accept that is taken for a wrong request": alters("negotiation.accept", func(a *answer) {
		if strings.Contains(a.request.Header.Get("Accept"), "nobody") {
			a.replace(400, "application/problem+json", `{"type":"https://docs.dinie.com/errors/invalid-request","title":"Invalid Request","status":400}`)
		}
	}),
	"another media type for an Accept that nothing suits": alters("negotiation.accept", func(a *answer) {
		if strings.Contains(a.request.Header.Get("Accept"), "nobody") {
			a.replace(200, "text/html", "<html></html>")
		}
	}),
	"any media type read as JSON": before("negotiation.unknown-type", func(r *http.Request) {
		if r.Header.Get("Content-Type") != "" {
			r.Header.Set("Content-Type", "application/json")
		}
	}),
}

// tells is a fault of problems that say too much.
func tells(check, detail string) fault {
	return alters(check, func(a *answer) {
		if a.isProblem() {
			a.set("detail", detail)
		}
	})
}

// changes is a fault of problems of which every other has a member of its own.
func changes(check, member, value string) fault {
	var n atomic.Int64
	return alters(check, func(a *answer) {
		if a.isProblem() && a.status == 401 && n.Add(1)%2 == 0 {
			a.set(member, value)
		}
	})
}

// entryFaults are in how credentials are read.
var entryFaults = map[string]fault{
	"a challenge of an unheard-of scheme": alters("authentication.scheme-known", func(a *answer) {
		if a.status == 401 {
			a.header.Set("WWW-Authenticate", `realm="dinie"`)
		}
	}),
	"a scheme without credentials let in": authorizes(func(v string) bool { return v == "Bearer" }),
	"credentials that are none let in":    authorizes(func(v string) bool { return strings.Contains(v, `"concord, verify"`) }),
	"any scheme let in":                   authorizes(func(v string) bool { return strings.HasPrefix(v, "Basic ") }),
	"a scheme read letter by letter": {"authentication.scheme-case", func(mock http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if v := r.Header.Get("Authorization"); v != "" && !strings.HasPrefix(v, "Bearer ") && !strings.HasPrefix(v, "Basic ") {
				r.Header.Del("Authorization")
			}
			mock.ServeHTTP(w, r)
		})
	}},
	"404 before 401": alters("authentication.first", func(a *answer) {
		if a.status == 401 && strings.Contains(a.request.URL.Path, "0404") {
			a.replace(404, "application/problem+json", `{"type":"https://docs.dinie.com/errors/not-found","title":"Not Found","status":404,"detail":"x"}`)
		}
	}),
	"422 before 401": alters("authentication.first", func(a *answer) {
		if a.status == 401 && a.request.Method == http.MethodPost && a.request.URL.Path == "/customers" && len(a.sent) == 0 {
			a.replace(422, "application/problem+json", `{"type":"https://docs.dinie.com/errors/validation-failed","title":"Validation Failed","status":422,"detail":"x"}`)
		}
	}),
}

// keyFaults are in what becomes of idempotency keys.
var keyFaults = map[string]fault{
	"two results of one key at the same time": {"idempotency.at-once", func(mock http.Handler) http.Handler {
		var running sync.Map
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			key := r.Header.Get("Idempotency-Key")
			if key != "" {
				if _, busy := running.LoadOrStore(key, true); busy {
					r.Header.Del("Idempotency-Key")
				} else {
					time.Sleep(50 * time.Millisecond)
					defer running.Delete(key)
				}
			}
			mock.ServeHTTP(w, r)
		})
	}},
	"a crash of one of two at the same time": {"idempotency.at-once", func(mock http.Handler) http.Handler {
		var running sync.Map
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if key := r.Header.Get("Idempotency-Key"); key != "" {
				if _, busy := running.LoadOrStore(key, true); busy {
					w.WriteHeader(http.StatusInternalServerError)
					return
				}
				time.Sleep(50 * time.Millisecond)
				defer running.Delete(key)
			}
			mock.ServeHTTP(w, r)
		})
	}},
	"a refusal that uses a key up": {"idempotency.forgotten", func(mock http.Handler) http.Handler {
		var refused sync.Map
		return altered(mock, func(a *answer) {
			key := a.request.Header.Get("Idempotency-Key")
			if key == "" {
				return
			}
			if before, ok := refused.Load(key); ok {
				*a = answer{request: a.request, status: 401, header: before.(*answer).header.Clone(), body: before.(*answer).body, length: -1}
			} else if a.status == 401 {
				refused.Store(key, &answer{header: a.header.Clone(), body: a.body})
			}
		})
	}},
	"an error that is another when it is replayed": {"idempotency.error-status", func(mock http.Handler) http.Handler {
		var seen sync.Map
		return altered(mock, func(a *answer) {
			key := a.request.Header.Get("Idempotency-Key")
			if key == "" || a.status < 404 {
				return
			}
			if _, before := seen.LoadOrStore(key, true); before {
				a.replace(409, "application/problem+json", `{"type":"https://docs.dinie.com/errors/conflict","title":"Conflict","status":409,"detail":"again"}`)
			}
		})
	}},
	"an error that is made anew": {"idempotency.error-body", func(mock http.Handler) http.Handler {
		return altered(mock, func(a *answer) {
			if a.status == 404 || a.status == 422 {
				r := a.request.Clone(a.request.Context())
				r.Header.Del("Idempotency-Key")
				r.Body = io.NopCloser(bytes.NewReader(a.sent))
				*a = *play(mock, r)
				a.set("instance", fmt.Sprintf("urn:request:%d", time.Now().UnixNano()))
			}
		})
	}},
	"a long key refused": alters("idempotency.key-longest", func(a *answer) {
		if len(a.request.Header.Get("Idempotency-Key")) > 64 {
			a.replace(422, "application/problem+json", `{"type":"https://docs.dinie.com/errors/validation-failed","title":"Validation Failed","status":422,"detail":"x"}`)
		}
	}),
	"a key that is cut to size": before("idempotency.key-too-long", func(r *http.Request) {
		if key := r.Header.Get("Idempotency-Key"); len(key) > 255 {
			r.Header.Set("Idempotency-Key", key[:255])
		}
	}),
}
