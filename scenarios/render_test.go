package scenarios_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concord-api/concord/scenarios"
)

func TestSplicesAreWhereAnswersDiffer(t *testing.T) {
	s := load(t, `
fixtures: {none: "", order: o_1}
scenarios:
- name: order
  operation: createOrder
  request: {body: {sku: tea, quantity: 2}}
  when: "true"
  response:
    status: 201
    body: {id: "${body.sku}-${fixtures.order}${fixtures.none}-${body.quantity}", quantity: "${body.quantity}", note: "${has(body.note) ? body.note : null}"}
- {name: list, operation: listOrders, request: {}, response: {status: 200, body: [{id: "${fixtures.none}${uuid()}", quantity: 1}, {id: "${fixtures.order}", quantity: 1}]}}
- {name: missing, operation: getOrder, request: {path: {order_id: o_0}}, when: "true", response: {status: 404, problem: {type: "urn:gone", detail: "No ${path.order_id}.", code: gone}}}
`)
	tests := map[string]struct {
		scenario, method, path, body string
		want                         []string // what the splices are
	}{
		"a text around expressions is one value": {"order", "POST", "/orders", `{"sku":"a\"bé","quantity":21}`, []string{`"a\"bé-o_1-21"`, `21`, `null`}},
		"a value of another kind":                {"order", "POST", "/orders", `{"sku":"","quantity":1,"note":"x"}`, []string{`"-o_1-1"`, `1`, `"x"`}},
		"the path of a problem":                  {"missing", "GET", "/orders/o%22", "", []string{`"No o\"."`, `"/orders/o%22"`}},
	}
	scratch := new(scenarios.Scratch)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := arrive(t, s, tt.method, tt.path, tt.body)
			in.Scratch = scratch
			a, _, err := s.Scenario(tt.scenario).Play(in, 0)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, at := range a.Splices {
				got = append(got, string(a.Body[at.Start:at.End]))
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("the splices of %s are %v, want %v", a.Body, got, tt.want)
			}
		})
	}
	t.Run("what a constant says is no splice", func(t *testing.T) {
		in := arrive(t, s, "GET", "/orders", "")
		a, _, err := s.Scenario("list").Play(in, 0)
		if err != nil || len(a.Splices) != 1 || a.Splices[0].End-a.Splices[0].Start != len(`""`)+36 {
			t.Errorf("Play = %s, %v, %v", a.Body, a.Splices, err)
		}
	})
	t.Run("a time is that of its own exchange", func(t *testing.T) {
		timed := load(t, `scenarios: [{name: timed, operation: createOrder, request: {body: {sku: tea, quantity: 2}}, response: {status: 201, body: {id: a, quantity: 1, created_at: "${now() + duration('90s')}"}}}]`)
		in := arrive(t, timed, "POST", "/orders", "{}")
		for _, at := range []time.Time{in.Now, in.Now.Add(time.Hour), in.Now} {
			in := arrive(t, timed, "POST", "/orders", "{}")
			in.Now = at
			want := `"created_at":"` + at.Add(90*time.Second).Format(time.RFC3339) + `"`
			if a, _, err := timed.Scenario("timed").Play(in, 0); err != nil || !strings.Contains(string(a.Body), want) {
				t.Errorf("Play at %v = %s, %v", at, a.Body, err)
			}
		}
	})
	t.Run("memory that is used again is not taken anew", func(t *testing.T) {
		sc, in := s.Scenario("order"), arrive(t, s, "POST", "/orders", `{"sku":"tea","quantity":2}`)
		in.Scratch = scratch
		if n := testing.AllocsPerRun(100, func() { _, _, _ = sc.Play(in, 0) }); n != 0 {
			t.Errorf("Play allocates %v times", n)
		}
	})
}
