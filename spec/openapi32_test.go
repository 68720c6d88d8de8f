package spec_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concord-api/concord/spec"
)

// TestSelf resolves references where a document says that it is (OpenAPI 3.2
// §4.8.1.1), and to files beside it.
func TestSelf(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("other.yaml", "$self: https://api.invalid/v2/other.yaml\nX: {const: other}\nY: {$ref: 'main.yaml#/components/schemas/A'}\n")
	write("beside.yaml", "Z: {const: beside}\n")
	path := write("main.yaml", `openapi: 3.2.0
$self: https://api.invalid/v2/main.yaml
paths:
  /a: {get: {operationId: absolute, responses: {"200": {content: {application/json: {schema: {$ref: "https://api.invalid/v2/main.yaml#/components/schemas/A"}}}}}}}
  /b: {get: {operationId: relative, responses: {"200": {content: {application/json: {schema: {$ref: "main.yaml#/components/schemas/A"}}}}}}}
  /c: {get: {operationId: beside, responses: {"200": {content: {application/json: {schema: {$ref: "beside.yaml#/Z"}}}}}}}
  /d: {get: {operationId: other, responses: {"200": {content: {application/json: {schema: {$ref: "other.yaml#/X"}}}}}}}
  /e: {get: {operationId: back, responses: {"200": {content: {application/json: {schema: {$ref: "other.yaml#/Y"}}}}}}}
components: {schemas: {A: {const: a}}}
`)
	doc, err := spec.Load(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range doc.Findings() {
		t.Error(f)
	}
	for id, want := range map[string]string{"absolute": `"a"`, "relative": `"a"`, "beside": `"beside"`, "other": `"other"`, "back": `"a"`} {
		response, status := doc.Operation(id).Success()
		mt := response.Content[0]
		s, err := response.Sample(status, mt, mt.Range, spec.SampleOptions{})
		if err != nil || string(s.Body) != want {
			t.Errorf("the sample of %s = %s, %v, want %s", id, s.Body, err, want)
		}
	}
}

const document32 = `openapi: 3.2.0
paths:
  /things:
    get: {operationId: list, responses: {"204": {}}}
    query:
      operationId: query
      requestBody: {required: true, content: {application/json: {$ref: '#/components/mediaTypes/Thing'}}}
      responses: {"200": {summary: fine, content: {application/json: {$ref: '#/components/mediaTypes/Thing'}}}}
    additionalOperations:
      COPY: {operationId: copy, responses: {"204": {}}}
  /form: {get: {operationId: form, parameters: [{name: q, in: querystring, required: true, content: {application/x-www-form-urlencoded: {schema: {type: object, additionalProperties: false, properties: {n: {type: integer}}}}}}], responses: {"204": {}}}}
  /path: {get: {operationId: path, parameters: [{name: q, in: querystring, required: true, content: {application/jsonpath: {schema: {type: string, pattern: '^\$'}}}}], responses: {"204": {}}}}
  /both: {get: {operationId: both, parameters: [{name: q, in: querystring, content: {application/json: {schema: {type: object}}}}, {name: n, in: query, schema: {type: integer}}], responses: {"204": {}}}}
  /uri: {get: {operationId: uri, security: [{'#/components/securitySchemes/key': []}], responses: {"204": {}}}}
components:
  mediaTypes: {Thing: {schema: {type: object, required: [n], properties: {n: {type: integer}}}}}
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key, deprecated: true}}
`

func TestOpenAPI32Requests(t *testing.T) {
	doc := load(t, document32)
	tests := map[string]struct {
		method, path, query, body string
		want                      string // the first violation, "" for none
	}{
		"QUERY with a body":                           {"QUERY", "/things", "", `{"n":1}`, ""},
		"QUERY with a body that breaks its schema":    {"QUERY", "/things", "", `{"n":"x"}`, "body /n must be integer, not string"},
		"an additional method":                        {"COPY", "/things", "", "", ""},
		"a query that is a form":                      {"GET", "/form", "n=1", "", ""},
		"a query that is a form of wrong values":      {"GET", "/form", "n=x", "", "query q/n must be integer, not string"},
		"a query that is missing":                     {"GET", "/form", "", "", "query q is required"},
		"a query that is a text":                      {"GET", "/path", "%24.a", "", ""},
		"a query that is a wrong text":                {"GET", "/path", "a", "", `query q does not match the pattern ^\$`},
		"a whole query that others are part of, too":  {"GET", "/both", "n=1", "", ""},
		"the others are held to their schemas, still": {"GET", "/both", "n=x", "", "query n must be integer, not string"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := doc.Match(tt.method, tt.path)
			if err != nil {
				t.Fatal(err)
			}
			r := &spec.Request{Path: m.Params, Query: tt.query, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(tt.body)}
			got := ""
			if vs := m.Operation.CheckRequest(r); len(vs) > 0 {
				got = vs[0].String()
			}
			if got != tt.want {
				t.Errorf("CheckRequest() = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestOpenAPI32Document(t *testing.T) {
	doc := load(t, document32)
	if got := strings.Join(doc.Allowed("/things"), " "); got != "GET HEAD QUERY COPY OPTIONS" {
		t.Errorf("Allowed(/things) = %s", got)
	}
	use := doc.Operation("uri").Security[0][0]
	if use.Scheme == nil || use.ID != "key" || use.Scheme.Name != "X-Key" {
		t.Errorf("the scheme that is named by its URI = %+v", use)
	}
	findings := doc.Findings()
	if len(findings) != 1 || !strings.Contains(findings[0].Message, `both: parameter "q" is the whole query`) {
		t.Errorf("Findings() = %v, want one about the query of both", findings)
	}
}
