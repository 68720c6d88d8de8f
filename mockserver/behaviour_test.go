package mockserver_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concord-api/concord/mockserver"
	"github.com/concord-api/concord/mockserver/state"
)

const ordersBehaviour = `
behaviour:
  idempotency: {header: Idempotency-Key, aliases: [X-Idempotency-Key], methods: [POST], ttl: 1h, forget: [401, 408, 429, 5XX]}
  request_id: {header: X-Request-Id, prefix: req_}
  problems:
    base: https://orders.example/errors/
    types:
      conflict: {status: 409, title: Conflict}
      refused: {status: 422, title: Refused}
    codes: {idempotency_in_progress: in_progress, idempotency_reused: reused, missing_member: missing, invalid_member: invalid}
`

const created = `
  - name: created
    operation: createOrder
    response:
      status: 201
      body: {id: "ord_${uuid().replace('-', '')}", status: new}
`

func post(t testing.TB, h http.Handler, target, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	return send(t, h, "POST "+target, body, append([]string{"Content-Type", asJSON, "Authorization", "Bearer a"}, header...)...)
}

const key, alias = "Idempotency-Key", "X-Idempotency-Key"

func TestAnIdempotencyKeyGivesTheFirstAnswerAgain(t *testing.T) {
	type h = []string
	other := strings.Replace(twelveMembers, "12900", "12901", 1)
	tests := map[string]struct {
		first, second h
		body          string // of the second request
		target        string // of the second request
		status        int    // of the second answer
		same          bool   // as the first
		code          string
	}{
		"the same key":                         {h{key, "k"}, h{key, "k"}, twelveMembers, "/orders", 201, true, ""},
		"an alias":                             {h{alias, "k"}, h{alias, "k"}, twelveMembers, "/orders", 201, true, ""},
		"the header and its alias":             {h{key, "k"}, h{alias, "k"}, twelveMembers, "/orders", 201, true, ""},
		"the header wins over its alias":       {h{key, "k", alias, "x"}, h{key, "k", alias, "y"}, twelveMembers, "/orders", 201, true, ""},
		"another key":                          {h{key, "k"}, h{key, "l"}, twelveMembers, "/orders", 201, false, ""},
		"no key":                               {h{}, h{}, twelveMembers, "/orders", 201, false, ""},
		"another body":                         {h{key, "k"}, h{key, "k"}, other, "/orders", 422, false, "reused"},
		"another query":                        {h{key, "k"}, h{key, "k"}, twelveMembers, "/orders?dry_run=true", 422, false, "reused"},
		"another credential":                   {h{key, "k"}, h{key, "k", "Authorization", "Bearer b"}, twelveMembers, "/orders", 201, false, ""},
		"a choice of answer is not part of it": {h{key, "k"}, h{key, "k", "Prefer", "code=422"}, twelveMembers, "/orders", 201, true, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := scripted(t, "testdata/orders.yaml", ordersBehaviour+"scenarios:"+created)
			a := post(t, s, "/orders", twelveMembers, tt.first...)
			if i := slices.Index(tt.second, "Authorization"); i >= 0 {
				r := httptest.NewRequest("POST", tt.target, strings.NewReader(tt.body))
				r.Header.Set("Content-Type", asJSON)
				for i := 0; i < len(tt.second); i += 2 {
					r.Header.Set(tt.second[i], tt.second[i+1])
				}
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				if w.Code != tt.status || w.Body.String() == a.Body.String() {
					t.Errorf("another client is answered %d %s", w.Code, w.Body)
				}
				return
			}
			b := post(t, s, tt.target, tt.body, tt.second...)
			if b.Code != tt.status {
				t.Fatalf("the second is answered %d, want %d: %s", b.Code, tt.status, b.Body)
			}
			if same := a.Body.String() == b.Body.String(); same != tt.same {
				t.Errorf("the same body: %t, want %t\n%s\n%s", same, tt.same, a.Body, b.Body)
			}
			if tt.same {
				for name := range a.Header() {
					if name != "X-Request-Id" && a.Header().Get(name) != b.Header().Get(name) {
						t.Errorf("%s is %q first, and then %q", name, a.Header().Get(name), b.Header().Get(name))
					}
				}
				if a.Header().Get("X-Request-Id") == b.Header().Get("X-Request-Id") {
					t.Error("both have one request id")
				}
			}
			if tt.code != "" && !strings.Contains(b.Body.String(), `"code":"`+tt.code+`"`) {
				t.Errorf("the code is not %s: %s", tt.code, b.Body)
			}
		})
	}
}

func TestARefusedRequestIsRememberedToo(t *testing.T) {
	s := scripted(t, "testdata/orders.yaml", ordersBehaviour+"scenarios:"+created)
	a := post(t, s, "/orders", `{}`, key, "k")
	b := post(t, s, "/orders", `{}`, key, "k")
	if a.Code != 422 || b.Code != 422 || a.Body.String() != b.Body.String() {
		t.Errorf("answered %d %s, then %d %s", a.Code, a.Body, b.Code, b.Body)
	}
	if c := post(t, s, "/orders", twelveMembers, key, "k"); c.Code != 422 || !strings.Contains(c.Body.String(), "reused") {
		t.Errorf("the mended request with the old key is answered %d %s", c.Code, c.Body)
	}
}

func TestWhatIsForgottenIsAnsweredAnew(t *testing.T) {
	s := scripted(t, "testdata/orders.yaml", ordersBehaviour+`
scenarios:
  - name: down-then-up
    operation: createOrder
    responses:
      - {status: 503, offspec: true}
      - {status: 201}
`)
	var got []int
	for range 3 {
		got = append(got, post(t, s, "/orders", twelveMembers, key, "k").Code)
	}
	if want := []int{503, 201, 201}; !slices.Equal(got, want) {
		t.Errorf("answered %v, want %v", got, want)
	}
}

func TestAKeyIsForgottenWhenItsTimeIsOver(t *testing.T) {
	now := time.Unix(1772539200, 0)
	s := scripted(t, "testdata/orders.yaml", ordersBehaviour+"scenarios:"+created, mockserver.WithClock(func() time.Time { return now }))
	a := post(t, s, "/orders", twelveMembers, key, "k").Body.String()
	now = now.Add(59 * time.Minute)
	if b := post(t, s, "/orders", twelveMembers, key, "k").Body.String(); a != b {
		t.Errorf("within the hour: %s, then %s", a, b)
	}
	now = now.Add(2 * time.Minute)
	if b := post(t, s, "/orders", twelveMembers, key, "k").Body.String(); a == b {
		t.Errorf("after the hour the answer is still %s", a)
	}
}

// Of many requests with one key that come at once, one is played; the others get
// its answer, or are told that it is still running.
func TestOneKeyIsPlayedOnce(t *testing.T) {
	s := scripted(t, "testdata/orders.yaml", ordersBehaviour+"scenarios:"+created+"      delay: 20ms\n")
	const n = 50
	answers := make([]*httptest.ResponseRecorder, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { answers[i] = post(t, s, "/orders", twelveMembers, key, "k") })
	}
	wait.Wait()
	var bodies []string
	conflicts := 0
	for _, w := range answers {
		switch w.Code {
		case 201:
			if !slices.Contains(bodies, w.Body.String()) {
				bodies = append(bodies, w.Body.String())
			}
		case 409:
			conflicts++
			if !strings.Contains(w.Body.String(), `"code":"in_progress"`) {
				t.Errorf("a 409 that says %s", w.Body)
			}
		default:
			t.Errorf("answered %d %s", w.Code, w.Body)
		}
	}
	if len(bodies) != 1 || conflicts == 0 {
		t.Errorf("%d answers and %d conflicts, want 1 and some", len(bodies), conflicts)
	}
}

// failing is a store that is out of reach.
type failing struct{ state.Store }

var errAway = errors.New("the store is away")

func (failing) Reserve(context.Context, string, [32]byte, time.Duration) (state.Reservation, error) {
	return state.Reservation{}, errAway
}

func (failing) Count(context.Context, string, time.Duration) (int64, time.Time, error) {
	return 0, time.Time{}, errAway
}

func TestAStoreThatIsAwayDoesNotStopTheMock(t *testing.T) {
	var log bytes.Buffer
	s := scripted(t, "testdata/orders.yaml", ordersBehaviour+"  rate_limit: {requests: 3, per: 1m, by: credential}\nscenarios:"+created,
		mockserver.WithStore(failing{}), mockserver.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if w := post(t, s, "/orders", twelveMembers, key, "k"); w.Code != 201 {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if strings.Count(log.String(), errAway.Error()) != 2 {
		t.Errorf("the log does not tell of both: %s", &log)
	}
}

const limited = `
behaviour:
  rate_limit: {requests: 3, per: 1m, by: BY, headers: {limit: X-RateLimit-Limit, remaining: X-RateLimit-Remaining, reset: X-RateLimit-Reset}}
`

func TestRateLimit(t *testing.T) {
	get := func(t *testing.T, s http.Handler, token, address string) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequest("GET", "/orders/ord_0123456789abcdef0123456789abcdef", nil)
		r.RemoteAddr = address + ":1234"
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	type asked struct{ token, address string }
	a1, b1, a2, none := asked{"a", "1.1.1.1"}, asked{"b", "1.1.1.1"}, asked{"a", "2.2.2.2"}, asked{"", "1.1.1.1"}
	tests := map[string]struct {
		by   string
		asks []asked
		want []int
	}{
		"each credential on its own":        {"credential", []asked{a1, a1, a1, b1, a2, b1}, []int{200, 200, 200, 200, 429, 200}},
		"each address on its own":           {"address", []asked{a1, b1, a1, a2, a1, a2}, []int{200, 200, 200, 200, 429, 200}},
		"all together":                      {"all", []asked{a1, b1, a2, a1}, []int{200, 200, 200, 429}},
		"what is not let in does not count": {"credential", []asked{none, none, none, none, a1}, []int{401, 401, 401, 401, 200}},
	}
	for name, tt := range tests {
		for _, shared := range []bool{false, true} {
			where := " in the mock"
			if shared {
				where = " in a store"
			}
			t.Run(name+where, func(t *testing.T) {
				now := time.Unix(1772539200, 0)
				clock := func() time.Time { return now }
				options := []mockserver.Option{mockserver.WithClock(clock)}
				if shared {
					options = append(options, mockserver.WithStore(state.NewMemory(state.WithClock(clock))))
				}
				s := scripted(t, "testdata/orders.yaml", strings.Replace(limited, "BY", tt.by, 1), options...)
				var got []int
				for _, q := range tt.asks {
					w := get(t, s, q.token, q.address)
					got = append(got, w.Code)
					if w.Header().Get("X-RateLimit-Limit") != "3" || w.Header().Get("X-RateLimit-Reset") != "1772539260" {
						t.Errorf("limit %q, reset %q", w.Header().Get("X-RateLimit-Limit"), w.Header().Get("X-RateLimit-Reset"))
					}
					if retry := w.Header().Get("Retry-After"); (w.Code == 429) != (retry == "60") {
						t.Errorf("a %d has Retry-After %q", w.Code, retry)
					}
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("answered %v, want %v", got, tt.want)
				}
				now = now.Add(time.Minute)
				if w := get(t, s, "a", "1.1.1.1"); w.Code != 200 || w.Header().Get("X-RateLimit-Remaining") != "2" {
					t.Errorf("in the next window: %d with %q remaining", w.Code, w.Header().Get("X-RateLimit-Remaining"))
				}
			})
		}
	}
}

func TestRemainingFallsByOneEach(t *testing.T) {
	s := scripted(t, "testdata/orders.yaml", strings.Replace(strings.Replace(limited, "BY", "all", 1), "requests: 3", "requests: 100000", 1))
	seen := make([]int, 200)
	var wait sync.WaitGroup
	for i := range seen {
		wait.Go(func() {
			w := post(t, s, "/orders", twelveMembers)
			seen[i], _ = strconv.Atoi(w.Header().Get("X-RateLimit-Remaining"))
		})
	}
	wait.Wait()
	slices.Sort(seen)
	for i, n := range seen {
		if i > 0 && n != seen[i-1]+1 {
			t.Fatalf("remaining goes from %d to %d: a request was lost or counted twice", n, seen[i-1])
		}
	}
}
