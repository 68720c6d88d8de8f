package conformance_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

func init() { maps.Copy(rights, nearRights) }

// nearRights are right servers that come near to a fault of the matrix.
var nearRights = map[string]func(mock http.Handler) http.Handler{
	"a charset in another spelling": answers(func(a *answer) {
		if a.header.Get("Content-Type") == "application/json" {
			a.header.Set("Content-Type", `application/json;charset="utf-8"`)
		}
	}),
	"gzip that nobody asked for": answers(func(a *answer) {
		if len(a.body) > 0 && a.request.Method != http.MethodHead {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			_, _ = z.Write(a.body)
			_ = z.Close()
			a.body = b.Bytes()
			a.header.Set("Content-Encoding", "gzip")
		}
	}),
	"characters beyond the first plane": answers(func(a *answer) {
		if a.isProblem() {
			a.set("detail", "𝄞 �  \u0000")
		}
	}),
	"URLs with ports, addresses and escapes": answers(func(a *answer) {
		if a.of(biometrics, 200) {
			a.set("session_url", "https://[2001:db8::1]:8443/undefined-behaviour/s?next=%7Bid%7D&null#none")
		}
	}),
	"an end that is near": func(mock http.Handler) http.Handler {
		end := time.Now().Add(2 * time.Minute).UTC().Format(time.RFC3339) // of all sessions, so that replays have it too
		return altered(mock, func(a *answer) {
			if a.of(biometrics, 200) {
				a.set("expires_at", end)
			}
		})
	},
	"a clock that is ahead": answers(func(a *answer) {
		if o := a.object(); o["created_at"] != nil && a.request.Method == http.MethodGet {
			a.set("created_at", time.Now().Add(time.Hour).Unix())
		}
	}),
	"lists on several lines": answers(func(a *answer) {
		for _, name := range []string{"Vary", "Link", "Set-Cookie", "Cache-Control"} {
			a.header[name] = []string{"a=1", "b=2"}
		}
	}),
	"an answer from a cache": answers(func(a *answer) {
		if a.of("GET /customers/*", 200) {
			a.header.Set("Age", "200000")
			a.header.Set("Date", time.Now().Add(-200000*time.Second).UTC().Format(http.TimeFormat))
		}
	}),
	"a Date in an old form": answers(func(a *answer) {
		a.header.Set("Date", time.Now().UTC().Format("Monday, 02-Jan-06 15:04:05 GMT"))
	}),
	"a Location that is relative": answers(func(a *answer) {
		if a.of("POST /customers", 201) {
			a.header.Set("Location", "../customers/cust_1?view=full#top")
		}
	}),
	"a Retry-After that is a date": answers(func(a *answer) {
		if a.header.Get("Retry-After") != "" {
			a.header.Set("Retry-After", time.Now().Add(20*time.Second).UTC().Format(http.TimeFormat))
		}
	}),
	"a limit that other clients use too": func(mock http.Handler) http.Handler {
		var left atomic.Int64
		left.Store(600)
		return altered(mock, func(a *answer) {
			if a.header.Get("X-RateLimit-Remaining") != "" {
				a.header.Set("X-RateLimit-Remaining", strconv.FormatInt(max(0, left.Add(-3)), 10))
			}
		})
	},
	"a window that ends now": answers(func(a *answer) {
		for _, name := range []string{"X-Ratelimit-Reset", "X-RateLimit-Reset"} {
			if a.header[name] != nil {
				a.header[name] = []string{strconv.FormatInt(time.Now().Unix(), 10)}
			}
		}
	}),
	"words that sound like the inside of a program": answers(func(a *answer) {
		if a.isProblem() {
			a.set("detail", "Look at /customers/kyc.json (line 3), and at https://docs.dinie.com/app/v3/errors.js:12; goroutine, traceback: the file is at home. Use /usr/share for none.")
		}
	}),
	"the end of a token in an error": answers(func(a *answer) {
		if v := a.request.Header.Get("Authorization"); a.isProblem() && len(v) > 12 {
			a.set("detail", "The Bearer token that ends with "+v[len(v)-4:]+" is not valid.")
		}
	}),
	"a challenge in small letters": answers(func(a *answer) {
		if v := a.header.Get("WWW-Authenticate"); v != "" {
			word, rest, _ := strings.Cut(v, " ")
			a.header.Set("WWW-Authenticate", strings.ToLower(word)+" "+rest)
		}
	}),
	"a 406 for what nothing suits": answers(func(a *answer) {
		if strings.Contains(a.request.Header.Get("Accept"), "nobody") && a.status/100 == 2 {
			a.replace(406, "application/problem+json", `{"type":"about:blank","title":"Not Acceptable","status":406}`)
		}
	}),
	"an Accept that is disregarded": func(mock http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Del("Accept")
			mock.ServeHTTP(w, r)
		})
	},
	"a scheme in any letters": before("", func(r *http.Request) {
		if scheme, rest, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "bearer") {
			r.Header.Set("Authorization", "Bearer "+rest)
		}
	}).wrap,
	"a page of HTML for what is not there": answers(func(a *answer) {
		if a.status == 404 && strings.HasPrefix(a.request.URL.Path, "/concord") {
			a.replace(404, "text/html; charset=utf-8", "<!doctype html><title>Not Found</title>")
		}
	}),
	"a malformed body called invalid": answers(func(a *answer) {
		if strings.HasPrefix(string(a.sent), `{"cut"`) {
			a.refuse(422, "https://docs.dinie.com/errors/validation-failed", "Validation Failed", "invalid_format")
		}
	}),
	"a key too long called unreadable": answers(func(a *answer) {
		if a.of("POST /customers", 0) && len(a.request.Header.Get("Idempotency-Key")) > 255 {
			a.refuse(400, "https://docs.dinie.com/errors/invalid-request", "Invalid Request", "invalid_key")
		}
	}),
	"a user's name that comes back": answers(func(a *answer) {
		var sent map[string]any
		if a.of("POST /auth/token", 401) && json.Unmarshal(a.sent, &sent) == nil && sent["client_id"] != nil {
			a.set("detail", fmt.Sprintf("There is no client %v with this secret.", sent["client_id"]))
		}
	}),
	"a 415 that the contract does not have": answers(func(a *answer) {
		if strings.Contains(a.request.Header.Get("Content-Type"), "nobody") {
			a.replace(415, "text/plain", "send JSON")
		}
	}),
	"a redirect from a slash too many": func(mock http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if path := strings.TrimSuffix(r.URL.Path, "/"); path != r.URL.Path {
				http.Redirect(w, r, path, http.StatusPermanentRedirect)
				return
			}
			mock.ServeHTTP(w, r)
		})
	},
	"a replay that waits for the first": func(mock http.Handler) http.Handler {
		var locks sync.Map
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if key := r.Header.Get("Idempotency-Key"); key != "" {
				lock, _ := locks.LoadOrStore(key, &sync.Mutex{})
				lock.(*sync.Mutex).Lock()
				defer lock.(*sync.Mutex).Unlock()
			}
			mock.ServeHTTP(w, r)
		})
	},
	"a 409 while the first runs": func(mock http.Handler) http.Handler {
		var running sync.Map
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			key := r.Header.Get("Idempotency-Key")
			if key != "" {
				if _, busy := running.LoadOrStore(key, true); busy {
					rec := httptest.NewRecorder()
					mock.ServeHTTP(rec, httptest.NewRequestWithContext(r.Context(), http.MethodGet, "/concord", nil))
					for name, values := range rec.Header() {
						w.Header()[name] = values
					}
					for _, name := range []string{"Limit", "Remaining", "Reset"} {
						w.Header()["X-Ratelimit-"+name] = []string{map[string]string{"Limit": "600", "Remaining": "1", "Reset": strconv.FormatInt(time.Now().Unix()+9, 10)}[name]}
					}
					w.Header().Set("X-Request-Id", "req_0123456789abcdef0123456789abcdef")
					w.Header().Set("Content-Type", "application/problem+json")
					w.Header().Del("Content-Length")
					w.WriteHeader(http.StatusConflict)
					_, _ = w.Write([]byte(`{"type":"https://docs.dinie.com/errors/conflict","title":"Conflict","status":409,"detail":"still running","code":"idempotency_in_progress"}`))
					return
				}
				time.Sleep(5 * time.Millisecond)
				defer running.Delete(key)
			}
			mock.ServeHTTP(w, r)
		})
	},
}
