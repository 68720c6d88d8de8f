package scenarios_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

func loadGiving(t *testing.T, gives string) (*scenarios.Script, error) {
	t.Helper()
	doc, err := spec.Load(t.Context(), "testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return scenarios.Load(t.Context(), doc, scenarios.FS("", fstest.MapFS{"script.yaml": {Data: []byte(`
fixtures: {order: o_1, amount: 1}
scenarios:
  - name: placed
    operation: createOrder
    request: {body: {sku: tea, quantity: 2}}
    response: {status: 201, body: {id: o_1, quantity: 2}}
    verify: {gives: ` + gives + `}
`)}}))
}

func TestScenariosGiveFixtures(t *testing.T) {
	s, err := loadGiving(t, "{order: response.body.id, amount: response.body.quantity * 2}")
	if err != nil {
		t.Fatal(err)
	}
	sc := s.Giver("order")
	if sc == nil || sc != s.Giver("amount") || s.Giver("nothing") != nil {
		t.Fatalf("the giver of order is %v", sc)
	}
	if got := strings.Join(sc.Gives(), " "); got != "order amount" {
		t.Errorf("placed gives %q", got)
	}
	answer := &scenarios.Observed{Status: 201, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"id":"o_7","quantity":3}`)}
	values, err := sc.Gifts(answer, &scenarios.Env{})
	if err != nil || values["order"] != "o_7" || values["amount"] != "6" {
		t.Errorf("given are %v, %v", values, err)
	}
	answer.Body = []byte(`{}`)
	if _, err := sc.Gifts(answer, &scenarios.Env{}); err == nil || !strings.Contains(err.Error(), "fixture order from the answer to scenario \"placed\"") {
		t.Errorf("an answer without an id gives %v", err)
	}
}

func TestGiftsAreHeldToTheContract(t *testing.T) {
	for gives, want := range map[string]string{
		"{ordr: response.body.id}":      `gives "ordr", which is no fixture; did you mean "order"?`,
		"{order: response.body.idd}":    "there is no member",
		"{order: response.body.id +}":   "expression",
		"{order: '[response.body][1]'}": "take fixture order from the answer",
	} {
		_, err := loadGiving(t, gives)
		var faults *scenarios.Error
		if !errors.As(err, &faults) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", gives, err, want)
		}
	}
}

func TestConditionsNeedTheirFixtures(t *testing.T) {
	doc, err := spec.Load(t.Context(), "testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Load(t.Context(), doc, scenarios.FS("", fstest.MapFS{"script.yaml": {Data: []byte(`
fixtures: {order: o_1}
scenarios:
  - name: placed
    operation: createOrder
    request: {body: {sku: tea, quantity: 2}}
    response: {status: 201, body: {id: o_2, quantity: 2}}
    expect: [response.body.id != fixtures.order]
`)}}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Scenario("placed").Request(&scenarios.Env{Credentials: map[string]string{"own": "secret"}})
	var unset *scenarios.UnsetError
	if !errors.As(err, &unset) || unset.Name != "order" {
		t.Errorf("a target that has no order is told %v", err)
	}
}
