package scenarios_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/scenarios/dinie"
	"github.com/concord-api/concord/spec"
	contract "github.com/concord-api/concord/spec/dinie"
)

func embedded(ctx context.Context) (*spec.Document, error) {
	return spec.Load(ctx, "dinie", spec.Embedded("dinie", contract.Document))
}

// TestAnOpenedScriptIsThatWhichIsLoaded compares the two ways to the built-in
// script: scenario by scenario, read by many at once in no order.
func TestAnOpenedScriptIsThatWhichIsLoaded(t *testing.T) {
	ctx := context.Background()
	doc, err := embedded(ctx)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := scenarios.Load(ctx, doc, scenarios.FS("script", dinie.Files))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := scenarios.Open(ctx, embedded, scenarios.FS("script", dinie.Files))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		for _, op := range opened.Document.Operations() {
			all.Go(func() { opened.Of(op) })
		}
	}
	all.Wait()
	if loaded.Size() != opened.Size() || loaded.Size() == 0 {
		t.Errorf("%d scenarios are loaded, %d opened", loaded.Size(), opened.Size())
	}
	if diff := cmp.Diff(told(loaded), told(opened)); diff != "" {
		t.Errorf("loaded (-) and opened (+) differ:\n%s", diff)
	}
	for sc := range loaded.Scenarios() {
		if other := opened.Scenario(sc.Name); other == nil || other.Name != sc.Name {
			t.Errorf("scenario %q is not found by its name", sc.Name)
		}
	}
	first := func(s *scenarios.Script) string {
		for sc := range s.Successes() {
			return sc.Name
		}
		return "none"
	}
	if a, b := first(loaded), first(opened); a != b || a == "none" {
		t.Errorf("the first success is %s loaded, %s opened", a, b)
	}
	for i, op := range doc.Operations() {
		if a, b := len(loaded.Of(op)), len(opened.Of(opened.Document.Operations()[i])); a != b {
			t.Errorf("%s has %d scenarios loaded, %d opened", op.ID, a, b)
		}
	}
}

// told is what a script says, a line for each scenario and answer.
func told(s *scenarios.Script) []string {
	var lines []string
	for sc := range s.Scenarios() {
		request, err := sc.Request(&scenarios.Env{BaseURL: "http://mock", Defaults: true})
		path := "not sent"
		if err == nil {
			path = request.Method + " " + request.Path
		}
		var given []string
		for _, g := range sc.Given() {
			given = append(given, g.Name)
		}
		lines = append(lines, fmt.Sprintf("%s: %s, %s, %q, given %q, at %s", sc.Name, sc.Operation.ID, path, sc.When, given, sc.Position))
		for _, r := range sc.Responses {
			lines = append(lines, fmt.Sprintf("  %d %s %d times, offspec %t", r.Status, r.MediaType, r.Repeat, r.Offspec))
		}
	}
	return lines
}

// TestAnOpenedScriptIsNotHeld opens scripts at fault: what cannot be read is
// told, what cannot be played is not played, and the rest is.
func TestAnOpenedScriptIsNotHeld(t *testing.T) {
	doc := shop(t)
	open := func(script string) (*scenarios.Script, error) {
		return scenarios.Open(context.Background(), func(context.Context) (*spec.Document, error) { return doc, nil },
			scenarios.FS("", fstest.MapFS{"script.yaml": {Data: []byte(script)}}))
	}
	s, err := open(`
scenarios:
- {name: lost, operation: getOrders, response: {status: 200}}
- {name: faulty, operation: getOrder, request: {path: {order_id: a}}, when: "nothing.of_the_kind", response: {status: 200}}
- {name: mute, operation: getOrder, request: {path: {order_id: a}}}
- {operation: getOrder, response: {status: 200}}
- {name: right, operation: "GET /orders/{order_id}", request: {path: {order_id: a}}, response: {status: 200}}
`)
	if err != nil {
		t.Fatal(err)
	}
	if sc := s.Find(arrive(t, s, "GET", "/orders/a", "")); sc == nil || sc.Name != "right" {
		t.Errorf("the request is answered by %v, want the scenario that is right", sc)
	}
	var names []string
	for sc := range s.Scenarios() {
		names = append(names, sc.Name)
	}
	if want := []string{"faulty", "right"}; !slices.Equal(names, want) {
		t.Errorf("the script has %q, want %q", names, want)
	}
	if s.Scenario("lost") != nil || s.Scenario("nobody") != nil {
		t.Error("scenarios are found that nobody can play")
	}
	var faults *scenarios.Error
	if _, err := open("fixtures: {a: 1, a: 2}"); !errors.As(err, &faults) {
		t.Errorf("a file at fault is opened with error %v, want an *Error", err)
	}
	broken := errors.New("no contract")
	_, err = scenarios.Open(context.Background(), func(context.Context) (*spec.Document, error) { return nil, broken })
	if !errors.Is(err, broken) {
		t.Errorf("without a contract the error is %v", err)
	}
}
