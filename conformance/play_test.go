package conformance_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concord-api/concord/conformance"
)

func TestParseRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 3, 16, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		value string
		want  time.Duration
		fails bool
	}{
		"a number of seconds":  {"30", 30 * time.Second, false},
		"no wait":              {"0", 0, false},
		"a date":               {"Tue, 03 Mar 2026 16:00:10 GMT", 10 * time.Second, false},
		"a date in the past":   {"Tue, 03 Mar 2026 15:00:00 GMT", 0, false},
		"nothing":              {"", 0, true},
		"a negative number":    {"-1", 0, true},
		"a fraction":           {"1.5", 0, true},
		"a word":               {"soon", 0, true},
		"a number beyond time": {"99999999999999999999", 0, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := conformance.ParseRetryAfter(tt.value, now)
			if got != tt.want || (err != nil) != tt.fails {
				t.Errorf("ParseRetryAfter(%q) = %s, %v", tt.value, got, err)
			}
		})
	}
}

// throttling answers n requests with a status and Retry-After, after the one
// that asks whether the target is there.
func throttling(n int64, status int, after string, next http.Handler) http.Handler {
	var seen atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if k := seen.Add(1); k == 1 || k > n+1 {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Retry-After", after)
		w.WriteHeader(status)
	})
}

func TestThrottlingIsNoVerdict(t *testing.T) {
	doc := mustLoad(t, "testdata/things.yaml")
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			r := run(t, conformance.Config{
				Document: doc, Token: "secret-key", Concurrency: 1,
				BaseURL: serve(t, throttling(3, status, "0", things())),
			})
			if !r.Conforms() || len(r.Waits) != 3 {
				t.Errorf("conforms = %t after %d waits, want true after 3: %v", r.Conforms(), len(r.Waits), broken(r))
			}
		})
	}
}

func TestThrottlingForLongerThanAllowedSkips(t *testing.T) {
	r := run(t, conformance.Config{
		Document: mustLoad(t, "testdata/things.yaml"), Token: "secret-key", MaxWait: time.Second,
		BaseURL: serve(t, throttling(1<<30, http.StatusTooManyRequests, "3600", things())),
	})
	if r.Conforms() || r.Checked() != 0 {
		t.Errorf("a run that was only throttled conforms = %t with %d checks", r.Conforms(), r.Checked())
	}
	for reason := range r.SkippedCases() {
		if !strings.Contains(reason, "asks to come back in 1h0m0s") {
			t.Errorf("skipped because %s", reason)
		}
	}
}

func TestThrottlingWithoutEndIsBroken(t *testing.T) {
	r := run(t, conformance.Config{
		Document: mustLoad(t, "testdata/things.yaml"), Token: "secret-key",
		BaseURL: serve(t, throttling(1<<30, http.StatusTooManyRequests, "0", things())),
	})
	if r.Count(conformance.Broken) == 0 {
		t.Error("a server that throttles for ever passes")
	}
}

func TestTargetThatStopsAnsweringEndsTheRun(t *testing.T) {
	var mu sync.Mutex
	n := 0
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n++
		dead := n > 3
		mu.Unlock()
		if dead {
			panic(http.ErrAbortHandler)
		}
		things().ServeHTTP(w, r)
	})
	r := run(t, conformance.Config{Document: mustLoad(t, "testdata/things.yaml"), Token: "secret-key", BaseURL: serve(t, h), Concurrency: 1})
	if r.Conforms() {
		t.Error("a server that went away conforms")
	}
	if !slices.ContainsFunc(broken(r), func(s string) bool { return strings.HasPrefix(s, "transport.answered") }) {
		t.Errorf("broken are %v, none of them transport.answered", broken(r))
	}
}

func TestBodiesThatDoNotEnd(t *testing.T) {
	doc := mustLoad(t, "testdata/things.yaml")
	tests := map[string]struct {
		body func(w http.ResponseWriter)
		want string
	}{
		"an endless body": {func(w http.ResponseWriter) {
			for range 1 << 14 {
				if _, err := w.Write(bytes.Repeat([]byte("x"), 1024)); err != nil {
					return
				}
			}
		}, "larger than 65536 bytes"},
		"a body that hangs": {func(w http.ResponseWriter) {
			_, _ = w.Write([]byte("["))
			w.(http.Flusher).Flush()
			time.Sleep(500 * time.Millisecond)
		}, "did not end within 250ms"},
		"a body that is cut": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("[]"))
		}, "ended after 2 bytes"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/things" && r.Method == http.MethodPost {
					tt.body(w)
					return
				}
				things().ServeHTTP(w, r)
			})
			r := run(t, conformance.Config{
				Document: doc, Token: "secret-key", BaseURL: serve(t, h),
				MaxBody: 1 << 16, Timeout: 250 * time.Millisecond,
			})
			for v := range r.Verdicts() {
				if v.Check.ID == "transport.whole" && v.Outcome == conformance.Broken {
					if !strings.Contains(v.String(), tt.want) {
						t.Errorf("the failure does not say %q:\n%s", tt.want, v)
					}
					return
				}
			}
			t.Errorf("transport.whole held; broken are %v", broken(r))
		})
	}
}

func TestRedirectIsAnAnswer(t *testing.T) {
	var hits atomic.Int64
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		http.Redirect(w, r, r.URL.Path, http.StatusFound)
	})
	r := run(t, conformance.Config{Document: mustLoad(t, "testdata/things.yaml"), Token: "secret-key", BaseURL: serve(t, h)})
	if got, want := hits.Load(), int64(r.Sent)+1; got != want {
		t.Errorf("%d requests came for the %d that were meant", got, want)
	}
	if r.Conforms() {
		t.Error("a server that only redirects conforms")
	}
}

func TestRateIsKept(t *testing.T) {
	start := time.Now()
	r := run(t, conformance.Config{Document: mustLoad(t, "testdata/things.yaml"), Token: "secret-key", BaseURL: serve(t, things()), Rate: 100})
	if least := time.Duration(r.Sent-1) * 10 * time.Millisecond; time.Since(start) < least {
		t.Errorf("%d requests took %s, at 100 a second they take %s", r.Sent, time.Since(start), least)
	}
}
