package scenarios_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/concord-api/concord/scenarios"
)

// arrive makes the input of a request to the shop.
func arrive(t testing.TB, s *scenarios.Script, method, path, body string) *scenarios.Input {
	t.Helper()
	path, query, _ := strings.Cut(path, "?")
	m, err := s.Document.Match(method, path)
	if err != nil {
		t.Fatal(err)
	}
	return &scenarios.Input{
		Operation: m.Operation, Method: method, Path: path, Params: &m.Params, RawQuery: query,
		Header: http.Header{"X-Trace": {"t_1"}}, MediaType: "application/json", Body: []byte(body),
		ServerURL: "http://mock", Now: time.Date(2026, 3, 3, 15, 30, 0, 999, time.UTC),
	}
}

const matching = `
fixtures: {order: o_1, city: Lima}
credentials: {partner: {key: k_partner}, expired: {key: k_old, refuse: {status: 401, problem: {type: "urn:expired"}}}}
scenarios:
- {name: path-fixture, operation: getOrder, request: {path: {order_id: "${fixtures.order}"}}, response: {status: 200}}
- {name: path-escaped, operation: getOrder, request: {path: {order_id: "a/b c"}}, response: {status: 200}}
- {name: partner, operation: getOrder, request: {path: {order_id: p_1}, credentials: partner}, when: "true", response: {status: 200}}
- {name: expired, operation: getOrder, request: {credentials: expired}, when: "true", response: {status: 401}}
- {name: ends, operation: getOrder, request: {path: {order_id: x0404}}, when: 'path.order_id.endsWith("0404") && !(path.order_id in ["y0404", "z0404"])', response: {status: 404}}
- {name: cel, operation: getOrder, request: {path: {order_id: xxxx}, headers: {X-Trace: t}}, when: 'size(path.order_id) == 4 && headers["X-TRACE"].startsWith("t") || path.order_id.matches("^q+$")', response: {status: 200}}
- {name: query, operation: listOrders, request: {query: {status: "on hold", tag: [a, b]}}, response: {status: 200}}
- {name: query-when, operation: listOrders, request: {query: {status: late}}, when: query.status.contains("at"), response: {status: 200}}
- {name: body, operation: createOrder, request: {body: {sku: tea, quantity: 3, address: {city: "${fixtures.city}"}, note: "${uuid()}"}}, response: {status: 201}}
- {name: body-when, operation: createOrder, request: {body: {sku: gold, quantity: 3}}, when: 'body.sku == "gold" && body.quantity >= 3', response: {status: 409}}
`

func TestFind(t *testing.T) {
	s := load(t, matching)
	expired := s.Credential("expired")
	tests := map[string]struct {
		method, path, body string
		credential         string
		want               string
	}{
		"a fixture in the path":                    {"GET", "/orders/o_1", "", "", "path-fixture"},
		"the same, percent-encoded":                {"GET", "/orders/%6f_1", "", "", "path-fixture"},
		"a constant that must be encoded":          {"GET", "/orders/a%2Fb%20c", "", "", "path-escaped"},
		"another path":                             {"GET", "/orders/o_2", "", "", ""},
		"a named credential":                       {"GET", "/orders/o_2", "", "partner", "partner"},
		"an earlier scenario for every credential": {"GET", "/orders/o_1", "", "partner", "path-fixture"},
		"a refused credential finds only its own":  {"GET", "/orders/o_1", "", "expired", "expired"},
		"the end of an id":                         {"GET", "/orders/77770404", "", "", "ends"},
		"unless it is excluded":                    {"GET", "/orders/z0404", "", "", ""},
		"a condition that only CEL can tell":       {"GET", "/orders/abcd", "", "", "cel"},
		"a regular expression":                     {"GET", "/orders/qqqqq", "", "", "cel"},
		"constants of the query":                   {"GET", "/orders?tag=a&status=on+hold&tag=b", "", "", "query"},
		"with a list of another order":             {"GET", "/orders?tag=b&status=on+hold&tag=a", "", "", ""},
		"with one item missing":                    {"GET", "/orders?tag=a&status=on%20hold", "", "", ""},
		"a condition on the query":                 {"GET", "/orders?status=l%61te", "", "", "query-when"},
		"a condition on a query that is not there": {"GET", "/orders", "", "", ""},
		"constants of the body":                    {"POST", "/orders", `{"quantity":3.0,"sku":"tea","address":{"city":"Lima","x":1},"note":"any"}`, "", "body"},
		"a member that differs":                    {"POST", "/orders", `{"quantity":4,"sku":"tea","address":{"city":"Lima"}}`, "", ""},
		"a member that is missing":                 {"POST", "/orders", `{"quantity":3,"sku":"tea"}`, "", ""},
		"a condition on the body":                  {"POST", "/orders", `{"quantity":5,"sku":"gold"}`, "", "body-when"},
		"a body that cannot be read":               {"POST", "/orders", `{"quantity":`, "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := arrive(t, s, tt.method, tt.path, tt.body)
			if tt.credential != "" {
				in.Credential = s.Credential(tt.credential)
				in.Refused = in.Credential == expired
			}
			got := ""
			if sc := s.Find(in); sc != nil {
				got = sc.Name
			}
			if got != tt.want {
				t.Errorf("Find(%s %s %s) = %q, want %q", tt.method, tt.path, tt.body, got, tt.want)
			}
		})
	}
}

func TestPlay(t *testing.T) {
	s := load(t, `
fixtures: {order: o_1, many: 1000}
behaviour: {problems: {base: "https://shop.example/", types: {not-found: {status: 404, title: Not Found}}}}
scenarios:
- name: expressions
  operation: createOrder
  request: {body: {sku: 'a"b', quantity: 2, note: null}}
  when: '!(body.sku in ["static", "big"])'
  response:
    status: 201
    headers: {Location: "/orders/${body.sku}", X-Of: "${fixtures.order}"}
    body: {id: "o_${body.sku}", quantity: "${body.quantity * 2}", note: "${body.note}", created_at: "${now() + duration('30m')}"}
- {name: static, operation: createOrder, request: {body: {sku: static, quantity: 1}}, response: {status: 201, body: {id: "${fixtures.order}", quantity: "${fixtures.many}", note: "$${x}"}}}
- {name: problem, operation: getOrder, request: {path: {order_id: o_0}}, response: {status: 404, problem: {type: not-found, code: gone, detail: "No ${path.order_id}."}}}
- {name: csv, operation: getOrder, request: {path: {order_id: o_csv}}, response: {status: 200, media_type: text/csv, body: "id\n${path.order_id}\n"}}
- {name: odd, operation: getOrder, request: {path: {order_id: o_418}}, response: {status: 418, offspec: true, media_type: text/html, body: <p>, delay: {min: 1ms, max: 2ms}, fault: truncate}}
- {name: sample, operation: createOrder, request: {body: {sku: big, quantity: 9}}, when: 'false || method == "PUT" || true', response: {status: 201, example: large}}
`)
	tests := map[string]struct {
		scenario, path, body string
		status               int
		contentType, want    string
		header, value        string
	}{
		"expressions keep their types": {"expressions", "/orders", `{"sku":"a\"b","quantity":21,"note":null}`, 201, "application/json",
			`{"id":"o_a\"b","quantity":42,"note":null,"created_at":"2026-03-03T16:00:00Z"}`, "Location", `/orders/a"b`},
		"a fixture in a header":              {"expressions", "/orders", `{"sku":"a\r\nb","quantity":1,"note":"n"}`, 201, "application/json", `{"id":"o_a\r\nb","quantity":2,"note":"n","created_at":"2026-03-03T16:00:00Z"}`, "X-Of", "o_1"},
		"a line break never leaves a header": {"expressions", "/orders", `{"sku":"a\r\nb","quantity":1,"note":"n"}`, 201, "application/json", `{"id":"o_a\r\nb","quantity":2,"note":"n","created_at":"2026-03-03T16:00:00Z"}`, "Location", "/orders/a  b"},
		"fixtures are folded, escapes kept":  {"static", "/orders", `{}`, 201, "application/json", `{"id":"o_1","quantity":1000,"note":"${x}"}`, "Location", "/orders/1"},
		"a problem is filled in": {"problem", "/orders/o_0", "", 404, "application/problem+json",
			`{"type":"https://shop.example/not-found","title":"Not Found","status":404,"detail":"No o_0.","instance":"/orders/o_0","code":"gone"}`, "", ""},
		"a text":                       {"csv", "/orders/o_7", "", 200, "text/csv", "id\no_7\n", "", ""},
		"an answer off the contract":   {"odd", "/orders/o_418", "", 418, "text/html", "<p>", "", ""},
		"an example of the contract's": {"sample", "/orders", `{}`, 201, "application/json", `{"id":"o_2","quantity":1000}`, "Location", "/orders/1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			method := "GET"
			if tt.body != "" {
				method = "POST"
			}
			a, ok, err := s.Scenario(tt.scenario).Play(arrive(t, s, method, tt.path, tt.body), 0)
			if err != nil || !ok {
				t.Fatalf("Play = %v, %v", ok, err)
			}
			if a.Status != tt.status || a.ContentType != tt.contentType || string(a.Body) != tt.want {
				t.Errorf("Play = %d %s\n%s\nwant %d %s\n%s", a.Status, a.ContentType, a.Body, tt.status, tt.contentType, tt.want)
			}
			if got := a.Header.Get(tt.header); tt.header != "" && got != tt.value {
				t.Errorf("header %s = %q, want %q", tt.header, got, tt.value)
			}
		})
	}
	a, _, _ := s.Scenario("odd").Play(arrive(t, s, "GET", "/orders/o_418", ""), 0)
	if !a.Offspec || a.Fault != scenarios.Truncate || a.Delay < time.Millisecond || a.Delay > 2*time.Millisecond {
		t.Errorf("offspec, fault, delay = %v, %v, %v", a.Offspec, a.Fault, a.Delay)
	}
	if _, _, err := s.Scenario("expressions").Play(arrive(t, s, "POST", "/orders", `{"quantity":1}`), 0); err == nil {
		t.Error("an expression over a member that is missing gives no error")
	}
}

func TestSequences(t *testing.T) {
	s := load(t, `
scenarios:
- {name: stay, operation: getOrder, request: {path: {order_id: s}}, responses: [{status: 503, repeat: 2}, {status: 200}]}
- {name: cycle, operation: getOrder, request: {path: {order_id: c}}, responses: [{status: 503}, {status: 200}], then: cycle}
- {name: through, operation: getOrder, request: {path: {order_id: t}}, response: {status: 503}, then: fallthrough}
- {name: after, operation: getOrder, request: {path: {order_id: t}}, response: {status: 404}}
- {name: single, operation: getOrder, request: {path: {order_id: o}}, response: {status: 200}}
`)
	tests := map[string]struct {
		scenario   string
		want       []int // 0: fell through
		sequential bool
		steps      int
	}{
		"the last stays":             {"stay", []int{503, 503, 200, 200, 200}, true, 3},
		"the first comes again":      {"cycle", []int{503, 200, 503, 200}, true, 2},
		"the end falls through":      {"through", []int{503, 0, 0}, true, 1},
		"one answer has no position": {"single", []int{200, 200}, false, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			sc := s.Scenario(tt.scenario)
			for i, want := range tt.want {
				a, ok, err := sc.Play(arrive(t, s, "GET", "/orders/t", ""), int64(i))
				if err != nil || ok != (want != 0) || a.Status != want {
					t.Errorf("Play at %d = %d, %v, %v; want %d", i, a.Status, ok, err, want)
				}
			}
			if sc.Sequential() != tt.sequential || len(sc.Steps()) != tt.steps {
				t.Errorf("Sequential, Steps = %v, %d", sc.Sequential(), len(sc.Steps()))
			}
		})
	}
	if next := s.FindAfter(arrive(t, s, "GET", "/orders/t", ""), s.Scenario("through")); next == nil || next.Name != "after" {
		t.Errorf("FindAfter = %v, want after", next)
	}
}

func TestFindAllocatesNothing(t *testing.T) {
	s := load(t, matching)
	in := arrive(t, s, "GET", "/orders/77770404", "")
	if n := testing.AllocsPerRun(100, func() { s.Find(in) }); n != 0 {
		t.Errorf("Find allocates %v times", n)
	}
	static := load(t, `scenarios: [{name: a, operation: getOrder, request: {path: {order_id: a}}, response: {status: 200, body: {id: a, quantity: 1}}}]`)
	sc, in := static.Scenario("a"), arrive(t, static, "GET", "/orders/a", "")
	if n := testing.AllocsPerRun(100, func() { _, _, _ = sc.Play(in, 0) }); n != 0 {
		t.Errorf("Play of a static answer allocates %v times", n)
	}
}
