package scenarios_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/jsonschema/v6"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/source"
)

func TestRequest(t *testing.T) {
	s := load(t, `
fixtures: {order: o 1, count: 3, secret_order: null}
credentials: {expired: {key: k_old, refuse: {status: 401}}}
scenarios:
- {name: path, operation: getOrder, request: {path: {order_id: "${fixtures.order}"}}, response: {status: 200}}
- {name: sampled, operation: getOrder, response: {status: 404}, when: 'path.order_id == "o_1"'}
- {name: unset, operation: getOrder, request: {path: {order_id: "${fixtures.secret_order}"}}, response: {status: 200}}
- {name: refused, operation: getOrder, request: {credentials: expired}, response: {status: 401}}
- {name: query, operation: listOrders, request: {query: {status: a&b, tag: [x, y]}}, response: {status: 200}}
- {name: body, operation: createOrder, request: {headers: {x-trace: "${server.url}"}, body: {sku: tea, quantity: "${fixtures.count}"}}, response: {status: 201}}
- {name: sampled-body, operation: createOrder, response: {status: 201}, when: "true"}
- {name: raw, operation: createOrder, request: {raw: "{"}, response: {status: 422}}
- {name: none, operation: createOrder, request: {raw: ""}, response: {status: 422}}
`)
	if len(s.Findings) != 1 || !strings.Contains(s.Findings[0].Message, `"secret_order" has no value`) {
		t.Errorf("findings are %v, want one for the fixture without a value", s.Findings)
	}
	mock := &scenarios.Env{Defaults: true, BaseURL: "http://mock"}
	target := &scenarios.Env{Fixtures: map[string]string{"order": "77", "count": "5"}, Credentials: map[string]string{"own": "k_1"}}
	tests := map[string]struct {
		scenario string
		env      *scenarios.Env
		want     string // method, path?query, content type, body
		unset    string // the name that has no value
	}{
		"the mock's fixtures, escaped":         {"path", mock, "GET /orders/o%201", ""},
		"the target's fixtures":                {"path", target, "GET /orders/77", ""},
		"a fixture that the target has not":    {"path", &scenarios.Env{}, "", "order"},
		"a fixture that nobody has":            {"unset", mock, "", "secret_order"},
		"a parameter from the contract":        {"sampled", target, "GET /orders/o_1", ""},
		"a credential that the target has not": {"refused", target, "", "expired"},
		"the mock's credential":                {"refused", mock, "GET /orders/o_1 key=k_old", ""},
		"a query in the contract's style":      {"query", mock, "GET /orders?status=a%26b&tag=x&tag=y", ""},
		"a fixture that is a number":           {"body", target, `POST /orders application/json {"sku":"tea","quantity":5}`, ""},
		"a body from the contract":             {"sampled-body", target, `POST /orders application/json {"sku":"tea","quantity":2`, ""},
		"a malformed body":                     {"raw", target, `POST /orders application/json {`, ""},
		"no body":                              {"none", target, `POST /orders`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := s.Scenario(tt.scenario).Request(tt.env)
			var unset *scenarios.UnsetError
			if tt.unset != "" {
				if !errors.As(err, &unset) || unset.Name != tt.unset {
					t.Fatalf("Request = %v, want an UnsetError of %s", err, tt.unset)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := r.Method + " " + r.Path
			if r.RawQuery != "" {
				got += "?" + r.RawQuery
			}
			if strings.Contains(tt.want, "key=") {
				got += " key=" + r.Secret
			}
			if r.HasBody {
				got += " " + r.ContentType + " " + string(r.Body)
			}
			if got != tt.want && !(strings.HasPrefix(tt.scenario, "sampled-") && strings.HasPrefix(got, tt.want)) {
				t.Errorf("Request = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestClaims(t *testing.T) {
	s := load(t, `
behaviour: {problems: {base: "https://shop.example/", types: {invalid: {status: 422, title: Invalid}}}}
scenarios:
- name: created
  operation: createOrder
  request: {body: {sku: tea, quantity: 2}}
  response: {status: 201, headers: {Location: /orders/9}, body: {id: o_9, quantity: 2}}
  expect: [response.body.quantity == request.body.quantity]
- name: refused
  operation: createOrder
  request: {body: {sku: tea, quantity: 0}}
  response: {status: 422, problem: {type: invalid, code: bad, detail: Words., errors: [{param: quantity, code: too_small}]}}
`)
	const problem = "application/problem+json"
	tests := map[string]struct {
		scenario    string
		status      int
		contentType string
		header      string
		body        string
		want        []string // claims that are not met
	}{
		"the same answer":              {"created", 201, "application/json", "Location", `{"id":"o_9","quantity":2}`, nil},
		"other ids, order and members": {"created", 201, "application/json; charset=utf-8", "Location", `{"quantity":2,"more":1,"id":"x"}`, nil},
		"another status":               {"created", 200, "application/json", "Location", `{}`, []string{"status"}},
		"a header missing":             {"created", 201, "application/json", "", `{"id":"o_9","quantity":2}`, []string{"header"}},
		"another media type":           {"created", 201, "text/html", "Location", `<p>`, []string{"media-type"}},
		"a member missing":             {"created", 201, "application/json", "Location", `{"quantity":2}`, []string{"member"}},
		"an expectation that fails":    {"created", 201, "application/json", "Location", `{"id":"o_9","quantity":3}`, []string{"expect"}},
		"no JSON":                      {"created", 201, "application/json", "Location", `{`, []string{"member", "expect"}},
		"a problem in other words":     {"refused", 422, problem, "", `{"type":"/invalid","title":"No","status":422,"detail":"Other.","code":"bad","errors":[{"param":"x","code":"y"},{"param":"quantity","code":"too_small","detail":"d"}]}`, nil},
		"a problem of another type":    {"refused", 422, problem, "", `{"type":"about:blank","detail":"","code":"bad","errors":[{"param":"quantity","code":"too_small"}]}`, []string{"problem-type"}},
		"a problem of another code":    {"refused", 422, problem, "", `{"type":"https://shop.example/invalid","detail":"","code":"worse","errors":[{"param":"quantity","code":"too_small"}]}`, []string{"problem-code"}},
		"a problem with another item":  {"refused", 422, problem, "", `{"type":"https://shop.example/invalid","detail":"","code":"bad","errors":[{"param":"sku","code":"too_small"}]}`, []string{"problem-item"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			env := &scenarios.Env{Defaults: true}
			sc := s.Scenario(tt.scenario)
			req, err := sc.Request(env)
			if err != nil {
				t.Fatal(err)
			}
			h := http.Header{"Content-Type": {tt.contentType}}
			if tt.header != "" {
				h.Set(tt.header, "x")
			}
			o := &scenarios.Observed{URL: "https://shop.example/orders", Request: req, Status: tt.status, Header: h, Body: []byte(tt.body)}
			var got []string
			for _, d := range sc.Responses[0].Check(o, env) {
				got = append(got, string(d.Claim))
				if d.Wanted == "" || d.Got == "" || d.Position.Line == 0 {
					t.Errorf("the difference %+v does not explain itself", d)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("Check = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestIdentify(t *testing.T) {
	s := load(t, `credentials: {own: {key: {value: k_1, pattern: "k_[0-9]+"}}, old: {key: k_7, refuse: {status: 401}}}`)
	scheme := s.Document.SecuritySchemes[0]
	for presented, want := range map[string]string{"": "none", "k_1": "own", "k_22": "own", "k_7": "old", "k_x": "invalid", "xk_1": "invalid"} {
		if got := s.Identify(scheme, presented).Name; got != want {
			t.Errorf("Identify(%q) = %s, want %s", presented, got, want)
		}
	}
	if got := scenarios.Empty(s.Document).Identify(scheme, "anything").Name; got != scenarios.Own {
		t.Errorf("without a table a credential is %s, want own", got)
	}
}

func TestInitPassesLoad(t *testing.T) {
	for _, location := range []string{"testdata/shop.yaml", "../spec/dinie/openapi.yaml"} {
		t.Run(filepath.Base(location), func(t *testing.T) {
			doc, err := spec.Load(context.Background(), location)
			if err != nil {
				t.Fatal(err)
			}
			script, err := scenarios.Init(doc)
			if err != nil {
				t.Fatal(err)
			}
			s, err := scenarios.Load(context.Background(), doc, scenarios.FS("", fstest.MapFS{"a.yaml": {Data: script}}))
			if err != nil {
				t.Fatalf("%v\n%s", err, script)
			}
			for _, op := range doc.Operations() {
				for _, r := range op.Responses {
					if !slices.ContainsFunc(s.Of(op), func(sc *scenarios.Scenario) bool { return sc.Responses[0].Status == r.Code() }) {
						t.Errorf("%s has no scenario for %s", op.ID, r.Status)
					}
				}
			}
		})
	}
}

// compiled is the JSON Schema of the format.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := jsonschema.UnmarshalJSON(bytes.NewReader(scenarios.Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("scenario.schema.json", text); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("scenario.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSchemaAcceptsTheDefaultScript(t *testing.T) {
	s := compiled(t)
	files, _ := filepath.Glob("dinie/*.yaml")
	if len(files) == 0 {
		t.Fatal("no files")
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(asJSON(t, data)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	faulty, err := os.ReadFile("testdata/errors/names.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if s.Validate(asJSON(t, faulty)) == nil {
		t.Error("a script with unknown keys is accepted")
	}
}

func asJSON(t *testing.T, data []byte) any {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal(data, &n); err != nil {
		t.Fatal(err)
	}
	text, err := source.AppendJSON(nil, source.Resolve(&n))
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestSchemaHasTheKeysOfTheFormat asks the loader for the keys of each object
// of the format, by way of its message for an unknown one.
func TestSchemaHasTheKeysOfTheFormat(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(scenarios.Schema, &root); err != nil {
		t.Fatal(err)
	}
	const scenario = "scenarios: [{name: a, operation: getOrder, response: {status: 200}, "
	tests := map[string]struct{ script, pointer string }{
		"a script":              {"zzzzzzzzzzzz: 1", ""},
		"behaviour":             {"behaviour: {zzzzzzzzzzzz: 1}", "/$defs/behaviour"},
		"idempotency":           {"behaviour: {idempotency: {zzzzzzzzzzzz: 1}}", "/$defs/behaviour/properties/idempotency"},
		"rate_limit":            {"behaviour: {rate_limit: {zzzzzzzzzzzz: 1}}", "/$defs/behaviour/properties/rate_limit"},
		"headers of rate_limit": {"behaviour: {rate_limit: {headers: {zzzzzzzzzzzz: 1}}}", "/$defs/behaviour/properties/rate_limit/properties/headers"},
		"request_id":            {"behaviour: {request_id: {zzzzzzzzzzzz: 1}}", "/$defs/behaviour/properties/request_id"},
		"problems":              {"behaviour: {problems: {zzzzzzzzzzzz: 1}}", "/$defs/behaviour/properties/problems"},
		"codes of problems":     {"behaviour: {problems: {codes: {zzzzzzzzzzzz: 1}}}", "/$defs/behaviour/properties/problems/properties/codes"},
		"a problem type":        {"behaviour: {problems: {types: {x: {zzzzzzzzzzzz: 1}}}}", "/$defs/problemType"},
		"a credential":          {"credentials: {own: {key: {zzzzzzzzzzzz: 1}}}", "/$defs/secret/anyOf/1"},
		"a scenario":            {scenario + "zzzzzzzzzzzz: 1}]", "/$defs/scenario"},
		"a request":             {scenario + "request: {zzzzzzzzzzzz: 1}}]", "/$defs/request"},
		"verify":                {scenario + "verify: {zzzzzzzzzzzz: 1}}]", "/$defs/scenario/properties/verify"},
		"a response":            {"scenarios: [{name: a, operation: getOrder, response: {status: 200, zzzzzzzzzzzz: 1}}]", "/$defs/response"},
		"a delay":               {"scenarios: [{name: a, operation: getOrder, response: {status: 200, delay: {zzzzzzzzzzzz: 1}}}]", "/$defs/response/properties/delay/anyOf/1"},
	}
	doc := shop(t)
	for what, tt := range tests {
		t.Run(what, func(t *testing.T) {
			_, err := scenarios.Load(context.Background(), doc, scenarios.FS("", fstest.MapFS{"a.yaml": {Data: []byte(tt.script)}}))
			if err == nil {
				t.Fatal("an unknown key is accepted")
			}
			_, rest, ok := strings.Cut(err.Error(), `"zzzzzzzzzzzz" is no key of `+what+" (it has: ")
			keys, _, _ := strings.Cut(rest, ")")
			if !ok {
				t.Fatalf("no message for %s in %v", what, err)
			}
			got := strings.Split(keys, ", ")
			var want []string
			for name := range at(t, root, tt.pointer)["properties"].(map[string]any) {
				want = append(want, name)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("the loader has %v, the schema %v", got, want)
			}
		})
	}
}

func at(t *testing.T, v any, pointer string) map[string]any {
	t.Helper()
	for _, token := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		switch c := v.(type) {
		case map[string]any:
			if token != "" {
				v = c[token]
			}
		case []any:
			v = c[token[0]-'0']
		}
	}
	return v.(map[string]any)
}
