package mockserver_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concord-api/concord/mockserver"
)

// mockOf is a mock of a contract's text, without a script.
func mockOf(t testing.TB, contract string) *mockserver.Server {
	t.Helper()
	file := filepath.Join(t.TempDir(), "contract.yaml")
	if err := os.WriteFile(file, []byte(contract), 0o600); err != nil {
		t.Fatal(err)
	}
	doc, err := load(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := mockserver.New(doc, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const neighbours = `openapi: 3.1.0
info: {title: t, version: "1"}
servers: [{url: /v1}]
paths:
  /exact:
    get: {responses: {"200": {description: ok}, default: {$ref: "#/components/responses/Message"}}}
    post: {responses: {"200": {description: ok}, "405": {$ref: "#/components/responses/Code"}}}
  /class:
    get: {responses: {"200": {description: ok}, default: {$ref: "#/components/responses/Message"}}}
    post: {responses: {"200": {description: ok}, 4XX: {$ref: "#/components/responses/Code"}}}
  /default:
    get: {responses: {"200": {description: ok}, default: {$ref: "#/components/responses/Message"}}}
    post: {responses: {"200": {description: ok}, 4XX: {description: and no more}}}
  /plain:
    get: {responses: {"200": {description: ok}}}
  /items/{id}:
    get: {responses: {"200": {description: ok}, "404": {$ref: "#/components/responses/Message"}}}
  /items/{id}/parts/{part}:
    get: {responses: {"200": {description: ok}, "404": {$ref: "#/components/responses/Sentence"}}}
  /coded/{id}:
    get: {responses: {"200": {description: ok}, "404": {$ref: "#/components/responses/Code"}}}
components:
  responses:
    Message: {description: e, content: {application/json: {schema: {type: object, required: [message], properties: {message: {type: string}}, additionalProperties: false}}}}
    Sentence: {description: e, content: {application/vnd.e+json: {schema: {type: object, required: [detail], properties: {detail: {type: string}}, additionalProperties: false}}}}
    Code: {description: e, content: {application/json: {schema: {type: object, required: [error], properties: {error: {enum: [no]}}, additionalProperties: false}}}}
`

func TestWhatReachesNoOperationIsRefusedAsItsNeighboursWould(t *testing.T) {
	tests := map[string]struct {
		request string
		status  int
		as      string
		body    string
	}{
		"the method that documents the 405 gives its form":     {"PUT /exact", 405, asJSON, `{"error":"no"}`},
		"a class of statuses goes before default":              {"PUT /class", 405, asJSON, `{"error":"no"}`},
		"a class without content does not":                     {"PUT /default", 405, asJSON, `{"message":"PUT is not documented for /default, which has GET, POST"}`},
		"behind the path of a server, too":                     {"PUT /v1/default", 405, asJSON, `{"message":"PUT is`},
		"a path that documents no error is RFC 9457":           {"PUT /plain", 405, asError, `"status":405`},
		"below a path, its 404 gives the form":                 {"GET /items/7/more", 404, asJSON, `{"message":"no path of the contract matches /items/7/more"}`},
		"below a longer path, that one's":                      {"GET /items/7/parts/8/more", 404, "application/vnd.e+json", `{"detail":"no path`},
		"behind the path of a server":                          {"GET /v1/items/7/more", 404, asJSON, `{"message":"no path`},
		"a form without a place for what is wrong is left out": {"GET /coded/7/more", 404, asError, `"detail":"no path`},
		"where only longer paths begin so, it is RFC 9457":     {"GET /items", 404, asError, `"detail":"no path`},
		"where none begins so, too":                            {"GET /nowhere", 404, asError, `"detail":"no path`},
	}
	s := mockOf(t, neighbours)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := send(t, s, tt.request, "")
			if w.Code != tt.status || w.Header().Get("Content-Type") != tt.as || !strings.Contains(w.Body.String(), tt.body) {
				t.Errorf("%d %s %s, want %d %s %s", w.Code, w.Header().Get("Content-Type"), w.Body, tt.status, tt.as, tt.body)
			}
			if tt.status == 405 && w.Header().Get("Allow") == "" {
				t.Error("the 405 has no Allow")
			}
			if w.Header().Get("Server") != "Concord" {
				t.Error("the mock does not say who it is")
			}
		})
	}
}

func TestAnAnswerThatCannotBeMadeIsTheLastThingWrong(t *testing.T) {
	s := mockOf(t, `openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  /a:
    post:
      operationId: impossible
      security: [{key: []}]
      parameters: [{name: n, in: query, schema: {type: integer}}]
      requestBody: {content: {application/json: {schema: {type: object, required: [x]}}}}
      responses:
        "200": {description: ok, content: {application/json: {schema: {type: object, required: [a], properties: {a: false}}}}}
  /b: {get: {parameters: [{name: n, in: query, schema: {type: integer}}]}}
components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}}
`)
	key := []string{"X-Key", "k", "Content-Type", asJSON}
	tests := map[string]struct {
		request, body string
		header        []string
		status        int
		says          string
	}{
		"without credentials":                  {"POST /a", `{"x":1}`, key[2:], 401, "X-Key"},
		"with a media type that is not there":  {"POST /a", `x`, []string{"X-Key", "k", "Content-Type", "text/plain"}, 415, "text/plain"},
		"with Accept that nothing fits":        {"POST /a", `{"x":1}`, append([]string{"Accept", "image/png"}, key...), 406, "image/png"},
		"with a body that is no JSON":          {"POST /a", `{`, key, 400, "body"},
		"with a body that breaks its schema":   {"POST /a", `{}`, key, 422, "required"},
		"with a parameter that breaks its own": {"POST /a?n=x", `{"x":1}`, key, 422, "integer"},
		"with nothing wrong":                   {"POST /a", `{"x":1}`, key, 500, "the contract's 200 of impossible cannot be made"},
		"with nothing documented, but wrong":   {"GET /b?n=x", "", nil, 422, "integer"},
		"with nothing documented":              {"GET /b", "", nil, 501, "documents no response"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := send(t, s, tt.request, tt.body, tt.header...)
			if w.Code != tt.status || !strings.Contains(w.Body.String()+w.Header().Get("Www-Authenticate"), tt.says) {
				t.Errorf("%d %s, want %d that says %s", w.Code, w.Body, tt.status, tt.says)
			}
		})
	}
}
