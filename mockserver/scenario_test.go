package mockserver_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concord-api/concord/mockserver"
)

const sequence = `
  - name: throttled-then-served
    operation: getOrder
    request: {path: {order_id: ord_00000000000000000000000000000429}}
    responses:
      - {status: 429, repeat: 2, offspec: true}
      - {status: 200, body: {id: a, status: last}}
    then: THEN
  - name: any
    operation: getOrder
    response: {status: 200, body: {id: b, status: "any ${path.order_id}"}}
`

func order(t testing.TB, h http.Handler, id, token string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	return send(t, h, "GET /orders/ord_"+strings.Repeat("0", 32-len(id))+id, "", append([]string{"Authorization", "Bearer " + token}, header...)...)
}

func TestASequenceIsEachClientsOwn(t *testing.T) {
	tests := map[string]struct {
		then string
		want []int // statuses; 1 stands for the scenario that comes after
	}{
		"stay":        {"stay", []int{429, 429, 200, 200, 200}},
		"cycle":       {"cycle", []int{429, 429, 200, 429, 429, 200}},
		"fallthrough": {"fallthrough", []int{429, 429, 200, 1, 1}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := scripted(t, "testdata/orders.yaml", "scenarios:"+strings.Replace(sequence, "THEN", tt.then, 1))
			for _, token := range []string{"a", "b"} {
				var got []int
				for range tt.want {
					w := order(t, s, "429", token)
					if w.Header().Get("Concord-Scenario") == "any" {
						w.Code = 1
					}
					got = append(got, w.Code)
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("client %s is answered %v, want %v", token, got, tt.want)
				}
			}
		})
	}
}

func TestASequenceGivesEachAnswerOnce(t *testing.T) {
	s := scripted(t, "testdata/orders.yaml", "scenarios:"+strings.NewReplacer("THEN", "fallthrough", "repeat: 2", "repeat: 40").Replace(sequence))
	var lock sync.Mutex
	got := map[int]int{}
	var wait sync.WaitGroup
	for range 60 {
		wait.Go(func() {
			w := order(t, s, "429", "a")
			lock.Lock()
			defer lock.Unlock()
			got[w.Code]++
		})
	}
	wait.Wait()
	if got[429] != 40 || got[200] != 20 {
		t.Errorf("answered %v, want 40 times 429 and 20 times 200", got)
	}
}

func TestPreferScenario(t *testing.T) {
	script := "scenarios:" + strings.Replace(sequence, "THEN", "fallthrough", 1) + created
	tests := map[string]struct {
		prefer string
		status int
		played string
		says   string
	}{
		"by name":                        {"scenario=throttled-then-served", 429, "throttled-then-served", ""},
		"one of another operation":       {"scenario=created", 400, "", "belongs to createOrder"},
		"one that is not there":          {"scenario=nope", 400, "", "the scenarios throttled-then-served, any"},
		"one that is not there, lenient": {"scenario=nope, handling=lenient", 200, "any", "any ord_"},
		"a status passes over scenarios": {"code=200", 200, "", "new"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := order(t, scripted(t, "testdata/orders.yaml", script), "1", "a", "Prefer", tt.prefer)
			if w.Code != tt.status || w.Header().Get("Concord-Scenario") != tt.played || !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("answered %d by %q: %s", w.Code, w.Header().Get("Concord-Scenario"), w.Body)
			}
		})
	}
}

func TestCredentialsOfAScript(t *testing.T) {
	s := scripted(t, "testdata/orders.yaml", `
credentials:
  own: {bearer: {value: tok_good, pattern: "^tok_[a-z]+$"}}
  expired: {bearer: tok_expired, refuse: {status: 401, offspec: true}}
scenarios:`+strings.Replace(sequence, "THEN", "stay", 1)+`
  - name: expired-order
    operation: getOrder
    request: {path: {order_id: ord_00000000000000000000000000000401}, credentials: expired}
    response: {status: 403, offspec: true}
`)
	tests := map[string]struct {
		id, token string
		status    int
		challenge string
	}{
		"a good token":                             {"1", "tok_good", 200, ""},
		"a token of the shape":                     {"1", "tok_other", 200, ""},
		"a token that the table refuses":           {"1", "tok_expired", 401, `Bearer realm="Orders", error="invalid_token"`},
		"a scenario for that credential":           {"401", "tok_expired", 403, ""},
		"that scenario's path with a good token":   {"401", "tok_good", 200, ""},
		"a token that nobody knows":                {"1", "nope", 401, `Bearer realm="Orders", error="invalid_token"`},
		"no token, and the challenge says no more": {"1", "", 401, `Bearer realm="Orders"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := order(t, s, tt.id, tt.token)
			if w.Code != tt.status || w.Header().Get("Www-Authenticate") != tt.challenge {
				t.Errorf("answered %d with the challenge %q: %s", w.Code, w.Header().Get("Www-Authenticate"), w.Body)
			}
		})
	}
}

func TestAScriptCannotBreakTheContractByAccident(t *testing.T) {
	var log bytes.Buffer
	s := scripted(t, "testdata/orders.yaml", `
scenarios:
  - name: echo
    operation: createOrder
    response:
      status: 201
      body: {id: "${body.amount > 90000 ? 'nonsense' : 'ord_0123456789abcdef0123456789abcdef'}", status: new}
`, mockserver.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	bad := strings.Replace(twelveMembers, "12900", "99000", 1)
	for range 2 { // the second time what is common to its answers is known
		if w := post(t, s, "/orders", twelveMembers); w.Code != 201 {
			t.Errorf("answered %d %s", w.Code, w.Body)
		}
		w := post(t, s, "/orders", bad)
		if w.Code != 500 || !strings.Contains(w.Body.String(), "scenario echo cannot be played: its answer breaks the contract: body /id") {
			t.Errorf("answered %d %s", w.Code, w.Body)
		}
	}
	if !strings.Contains(log.String(), "a script cannot be played") {
		t.Errorf("the log says nothing of it: %s", &log)
	}
}

func TestADelayIsWaited(t *testing.T) {
	s := scripted(t, "testdata/orders.yaml", "scenarios:"+created+"      delay: 30ms\n")
	for range 2 { // the second is the one that was kept
		begin := time.Now()
		if w := post(t, s, "/orders", twelveMembers); w.Code != 201 || time.Since(begin) < 30*time.Millisecond {
			t.Errorf("answered %d after %v", w.Code, time.Since(begin))
		}
	}
}

func TestFaultsOfTransport(t *testing.T) {
	fault := func(name string) string {
		return `
scenarios:
  - name: faulty
    operation: getOrder
    response: {status: 200, body: {id: "aaaaaaaaaaaaaaaaaaaa", status: "bbbbbbbbbbbbbbbb"}, fault: ` + name + `}
`
	}
	get := func(t *testing.T, name string) ([]byte, error) {
		t.Helper()
		server := httptest.NewServer(scripted(t, "testdata/orders.yaml", fault(name)))
		defer server.Close()
		r, err := http.NewRequest("GET", server.URL+"/orders/ord_0123456789abcdef0123456789abcdef", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer a")
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		return io.ReadAll(resp.Body)
	}
	t.Run("reset", func(t *testing.T) {
		_, err := get(t, "reset")
		var op *net.OpError
		if !errors.As(err, &op) && !errors.Is(err, io.EOF) {
			t.Errorf("the error is %v, want one of the connection", err)
		}
	})
	t.Run("truncate", func(t *testing.T) {
		text, err := get(t, "truncate")
		if !errors.Is(err, io.ErrUnexpectedEOF) || len(text) == 0 {
			t.Errorf("%d bytes and %v, want some and an unexpected end", len(text), err)
		}
	})
	t.Run("slow", func(t *testing.T) {
		begin := time.Now()
		text, err := get(t, "slow")
		if err != nil || time.Since(begin) < 200*time.Millisecond || !bytes.HasSuffix(text, []byte("}")) {
			t.Errorf("%s and %v after %v", text, err, time.Since(begin))
		}
	})
}

// The body of a contract without a script may be chosen by a seed.
func TestASeedGivesOneBody(t *testing.T) {
	s := petsServer(t)
	get := func(prefer string) string { return send(t, s, "GET /pets", "", "Prefer", prefer).Body.String() }
	if a, b := get("dynamic=true, seed=7"), get("dynamic=true, seed=7"); a != b {
		t.Errorf("one seed gives %s and %s", a, b)
	}
	different := map[string]bool{}
	for range 20 {
		different[get("dynamic=true")] = true
	}
	if len(different) < 5 {
		t.Errorf("20 fresh bodies are only %d different ones", len(different))
	}
}
