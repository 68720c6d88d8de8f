package scenarios_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing/fstest"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

var script = fstest.MapFS{"orders.yaml": {Data: []byte(`
fixtures: {unknown_order: o_404}
scenarios:
  - name: order-not-found
    operation: getOrder
    request: {path: {order_id: "${fixtures.unknown_order}"}}
    response:
      status: 404
      problem: {type: "https://shop.example/not-found", title: Not Found, detail: "No order is called ${path.order_id}."}
`)}}

func ExampleLoad() {
	ctx := context.Background()
	doc, err := spec.Load(ctx, "testdata/shop.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	faulty := fstest.MapFS{"orders.yaml": {Data: []byte("scenarios:\n- {name: gone, operation: getOrder, response: {status: 410}}\n")}}
	_, err = scenarios.Load(ctx, doc, scenarios.FS("shop", faulty))
	var faults *scenarios.Error
	if errors.As(err, &faults) {
		fmt.Println(faults)
	}
	// Output:
	// shop/orders.yaml:2:56: scenario "gone": status 410 is not documented for getOrder (documented: 200, 401, 404, 503)
}

func ExampleScript_Find() {
	ctx := context.Background()
	doc, err := spec.Load(ctx, "testdata/shop.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := scenarios.Load(ctx, doc, scenarios.FS("shop", script))
	if err != nil {
		fmt.Println(err)
		return
	}
	match, err := doc.Match(http.MethodGet, "/orders/o_404")
	if err != nil {
		fmt.Println(err)
		return
	}
	in := &scenarios.Input{Operation: match.Operation, Method: http.MethodGet, Path: "/orders/o_404", Params: &match.Params}
	if sc := s.Find(in); sc != nil {
		answer, _, err := sc.Play(in, 0)
		fmt.Println(answer.Status, answer.ContentType, err)
		fmt.Println(string(answer.Body))
	}
	// Output:
	// 404 application/problem+json <nil>
	// {"type":"https://shop.example/not-found","title":"Not Found","status":404,"detail":"No order is called o_404.","instance":"/orders/o_404"}
}

func ExampleScenario_Request() {
	ctx := context.Background()
	doc, err := spec.Load(ctx, "testdata/shop.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := scenarios.Load(ctx, doc, scenarios.FS("shop", script))
	if err != nil {
		fmt.Println(err)
		return
	}
	sc := s.Scenario("order-not-found")
	_, err = sc.Request(&scenarios.Env{BaseURL: "https://shop.example"})
	fmt.Println(err)

	env := &scenarios.Env{
		BaseURL:     "https://shop.example",
		Fixtures:    map[string]string{"unknown_order": "77"},
		Credentials: map[string]string{scenarios.Own: "secret"},
	}
	request, err := sc.Request(env)
	fmt.Println(request.Method, request.Path, err)
	for _, d := range sc.Responses[0].Check(&scenarios.Observed{Request: request, Status: http.StatusOK}, env) {
		fmt.Println(d)
	}
	// Output:
	// fixture "unknown_order" has no value for this target: give one with --fixture unknown_order=…
	// GET /orders/77 <nil>
	// status: wanted 404 Not Found, got 200 OK
}
