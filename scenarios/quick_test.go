package scenarios

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/concord-api/concord/spec"
)

// TestQuickAnswersAsCEL holds the tests and values that do without CEL to what
// CEL makes of the same expression and request.
func TestQuickAnswersAsCEL(t *testing.T) {
	doc, err := spec.Load(context.Background(), "testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	bodies := []string{
		`{"sku":"tea","quantity":2}`, `{"sku":"tea","quantity":2,"note":"a\"b\u00e9"}`, ` { "note" : null , "sku":"te\u0061","quantity":7 } `,
		`{"address":{"sku":"no","x":["}",1]},"sku":"gold","note":"end 0404","quantity":1}`, `{"quantity":1}`, `[]`, ``, `{"\u0073ku":"tea"}`,
	}
	conditions := []string{
		`body.sku == "tea"`, `body.sku != "tea"`, `body.note.endsWith("0404")`, `!body.note.endsWith("0404")`, `body.note == "x" || body.sku == "tea"`,
		`body.sku.startsWith("te") && body.sku.contains("a")`, `body.sku in ["tea", "gold"]`, `method == "POST"`, `body.note.endsWith("x") || body.sku == "tea"`,
		`has(body.note)`, `!has(body.address) && has(body.sku)`, `has(body.quantity) || body.sku == "tea"`,
		`body.note.endsWith("x") && body.sku == "none"`, `true`, `!(body.note.contains("b") && method == "GET")`,
	}
	values := []string{`body.sku`, `body.note`, `body.quantity`, `has(body.note) ? body.note : "none"`, `has(body.note) ? body.note : null`,
		`server.url`, `int(now())`, `now() + duration("90s")`, `now()`, `"text"`}
	s, err := Load(context.Background(), doc, FS("", fstest.MapFS{"a.yaml": {Data: []byte(
		"scenarios: [{name: a, operation: createOrder, when: 'true', response: {status: 201}}]")}}))
	if err != nil {
		t.Fatal(err)
	}
	d := s.Scenario("a").lang
	input := func(body string) *Input {
		return &Input{Operation: d.op, Method: "POST", Body: []byte(body), MediaType: "application/json", ServerURL: "http://mock/\""}
	}
	quick := 0
	for _, text := range conditions {
		p, err := compile(d.env, text, s.Scenario("a").Position)
		if err != nil {
			t.Fatal(err)
		}
		test := quickTest(p.ast, d)
		if test == nil {
			continue
		}
		quick++
		for _, body := range bodies {
			in := input(body)
			want := failed
			if held, err := p.holds(in.bind(d, s.fixtures)); err == nil {
				want = no
				if held {
					want = yes
				}
			}
			if got := test(in); got != want {
				t.Errorf("%s of %s is %d, CEL says %d", text, body, got, want)
			}
		}
	}
	for _, text := range values {
		p, err := compile(d.env, text, s.Scenario("a").Position)
		if err != nil {
			t.Fatal(err)
		}
		value := d.quick(p.ast)
		if value == nil {
			continue
		}
		quick++
		for _, body := range bodies {
			vars := input(body).bind(d, s.fixtures)
			got, ok := value(nil, vars)
			v, err := p.eval(vars)
			if !ok || err != nil {
				if ok && err != nil {
					t.Errorf("%s of %s is %s, CEL fails: %v", text, body, got, err)
				}
				continue
			}
			want, err := appendValue(nil, v)
			if err != nil {
				t.Fatal(err)
			}
			g, _ := decodeJSON(got, anything)
			w, _ := decodeJSON(want, anything)
			if !equal(g, w) {
				t.Errorf("%s of %s is %s, CEL says %s", text, body, got, want)
			}
		}
	}
	if want := len(conditions) + len(values) - 1; quick < want {
		t.Errorf("%d expressions do without CEL, want %d", quick, want)
	}
}
