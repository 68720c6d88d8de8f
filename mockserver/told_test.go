package mockserver_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"testing"

	"github.com/concord-api/concord/mockserver"
)

// biometrics is a request for a session of some customer.
func biometrics(customer int, header ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, fmt.Sprintf("/customers/cust_%032x/biometrics", customer), nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func TestRecurringErrorsTellOfTheirOwnRequest(t *testing.T) {
	tests := map[string]struct {
		status int
		header []string
		says   string // the header that the status asks for
	}{
		"a client over its limit":         {http.StatusTooManyRequests, []string{"Authorization", bearer[1]}, "Retry-After"},
		"a client without a credential":   {http.StatusUnauthorized, nil, "Www-Authenticate"},
		"a credential that is malformed":  {http.StatusUnauthorized, []string{"Authorization", "Bearer a b"}, "Www-Authenticate"},
		"a client that reads other media": {http.StatusTooManyRequests, []string{"Authorization", bearer[1], "Accept", "text/html"}, "Retry-After"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := dinieServer(mockserver.WithRateLimit(1))
			if err != nil {
				t.Fatal(err)
			}
			s.ServeHTTP(httptest.NewRecorder(), biometrics(0, tt.header...))
			for customer := range 20 {
				r, w := biometrics(customer, tt.header...), httptest.NewRecorder()
				s.ServeHTTP(w, r)
				if w.Code != tt.status || w.Header().Get(tt.says) == "" {
					t.Fatalf("answered %d, %s %q: %s", w.Code, tt.says, w.Header().Get(tt.says), w.Body)
				}
				if got := w.Header().Get("Content-Length"); got != strconv.Itoa(w.Body.Len()) {
					t.Errorf("Content-Length %s of %d bytes", got, w.Body.Len())
				}
				var body struct{ Instance string }
				if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body.Instance != r.URL.Path {
					t.Errorf("instance %q, want %q (%v)", body.Instance, r.URL.Path, err)
				}
			}
		})
	}
}

func TestMemoryDoesNotGrowWithRequests(t *testing.T) {
	s, err := dinieServer(mockserver.WithRateLimit(2000))
	if err != nil {
		t.Fatal(err)
	}
	heap := func(n int) int64 {
		for i := range n {
			// Every request is of another customer, asks for another media type,
			// and most of them are over the limit.
			s.ServeHTTP(&nowhere{header: http.Header{}}, biometrics(i, "Authorization", bearer[1], "Accept", fmt.Sprintf("application/json;v=%d, */*", i)))
		}
		runtime.GC()
		runtime.GC() // pools keep what they have for one cycle
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap(5000)
	if grown := heap(20_000) - before; grown > 1<<20 {
		t.Errorf("20,000 requests left %d bytes behind", grown)
	}
}

// BenchmarkThrottled reports what a request over the limit costs.
func BenchmarkThrottled(b *testing.B) {
	s, err := dinieServer(mockserver.WithRateLimit(1))
	if err != nil {
		b.Fatal(err)
	}
	r := biometrics(1, "Authorization", bearer[1])
	w := &nowhere{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		s.ServeHTTP(w, r)
	}
}
