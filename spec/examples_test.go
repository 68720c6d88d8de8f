package spec_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concord-api/concord/spec"
)

const external = `openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  /a/{ids}:
    get:
      operationId: a
      parameters:
        - {name: ids, in: path, required: true, schema: {type: array, items: {type: integer}}, examples: {e: {externalValue: samples/ids.txt}}}
        - {name: tags, in: query, required: true, schema: {type: array, items: {type: string}}, examples: {e: {externalValue: samples/tags.txt}}}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}, examples: {e: {externalValue: samples/pet.json}}}}
      responses:
        "200":
          description: ok
          content:
            application/json: {schema: {$ref: "#/components/schemas/Pet"}, examples: {rex: {externalValue: samples/pet.json}}}
            application/xml: {schema: {$ref: "#/components/schemas/Pet"}, examples: {rex: {externalValue: samples/pet.xml}}}
            image/png: {examples: {dot: {externalValue: samples/dot.png}}}
            text/plain: {schema: {type: string}, examples: {far: {externalValue: "FAR/hello.txt"}}}
        "201": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}, examples: {bad: {externalValue: samples/bad.json}}}}}
        "202": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}, examples: {gone: {externalValue: samples/gone.json}}}}}
        "203": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}, examples: {cut: {externalValue: samples/cut.json}}}}}
components:
  schemas:
    Pet: {type: object, required: [id], properties: {id: {type: integer, format: int64}, name: {type: string}}, xml: {name: pet}}
`

// externalDocument is the document above, beside its samples.
func externalDocument(t *testing.T) *spec.Document {
	t.Helper()
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) }))
	t.Cleanup(far.Close)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"main.yaml":        strings.ReplaceAll(external, "FAR", far.URL),
		"samples/ids.txt":  "3,4\n",
		"samples/tags.txt": "tags=a&tags=b\n",
		"samples/pet.json": "{\"id\": 9007199254740993,\n \"name\": \"Rex\"}\n",
		"samples/pet.xml":  "<pet><id>7</id><name>Rex</name></pet>",
		"samples/dot.png":  "\x89PNG\r\n\x1a\n\x00\xff",
		"samples/bad.json": `{"id": "seven", "name": "Rex"}`,
		"samples/cut.json": `{"id": 7,`,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	doc, err := spec.Load(t.Context(), filepath.Join(dir, "main.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestExternalValuesAreSamples(t *testing.T) {
	op := externalDocument(t).Operation("a")
	tests := map[string]struct {
		status int
		as     string
		body   string
		mended bool
	}{
		"JSON, with its numbers":     {200, "application/json", "{\"id\": 9007199254740993,\n \"name\": \"Rex\"}\n", false},
		"XML":                        {200, "application/xml", "<pet><id>7</id><name>Rex</name></pet>", false},
		"bytes":                      {200, "image/png", "\x89PNG\r\n\x1a\n\x00\xff", false},
		"by URL":                     {200, "text/plain", "hello", false},
		"one that breaks its schema": {201, "application/json", `"name":"Rex"`, true},
		"one that is not there":      {202, "application/json", `{"id":`, false},
		"one that is no JSON at all": {203, "application/json", `{"id":`, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := op.Response(tt.status)
			s, err := r.Sample(tt.status, r.MediaType(tt.as), tt.as, spec.SampleOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if string(s.Body) != tt.body && (tt.status == 200 || !strings.Contains(string(s.Body), tt.body)) || s.Mended != tt.mended {
				t.Errorf("the sample is %q (mended %v), want %q", s.Body, s.Mended, tt.body)
			}
			answer := &spec.Answer{Status: tt.status, Header: http.Header{"Content-Type": {tt.as}}, Body: s.Body}
			for _, v := range op.CheckResponse(answer) {
				t.Error(v)
			}
		})
	}
	s, err := op.SampleRequest(spec.RequestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Parts.Path != "/a/3,4" || s.Parts.Query != "tags=a&tags=b" || !strings.Contains(string(s.Parts.Body), `"id": 9007199254740993`) {
		t.Errorf("the request is %s?%s %s", s.Parts.Path, s.Parts.Query, s.Parts.Body)
	}
}

func TestAuditTellsWhatIsWrongWithExamplesAsTheyAreWritten(t *testing.T) {
	told := func(doc *spec.Document) string {
		findings, err := doc.Audit(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for _, f := range findings {
			out.WriteString(f.String() + "\n")
		}
		return out.String()
	}
	files := told(externalDocument(t))
	serialized := told(load(t, `openapi: 3.2.0
info: {title: t, version: "1"}
paths:
  /a:
    get:
      operationId: a
      responses:
        "200":
          description: ok
          content:
            application/json: {schema: {$ref: "#/components/schemas/Pet"}, examples: {e: {serializedValue: '{"id":"x"}'}, f: {serializedValue: '{"id":1}'}, g: {serializedValue: '{'}}}
            application/xml: {schema: {$ref: "#/components/schemas/Pet"}, examples: {e: {serializedValue: '<pet><id>x</id></pet>'}, f: {value: '<pet><id>y</id></pet>'}}}
components: {schemas: {Pet: {type: object, required: [id], properties: {id: {type: integer}}, xml: {name: pet}}}}
`))
	tests := map[string]struct {
		told string
		want string
	}{
		"a file that breaks its schema":      {files, `example "bad" of the 201 of a as application/json breaks its schema, so it is mended before it is sent: /id must be integer, not string`},
		"a file that is not there":           {files, `gone.json: no such file or directory; the example is left out`},
		"a file that is no JSON":             {files, `example "cut" of the 203 of a as application/json breaks its schema, so it is mended before it is sent: the value is not JSON`},
		"a serialized value":                 {serialized, `example "e" of the 200 of a as application/json breaks its schema, so it is mended before it is sent: /id must be integer, not string`},
		"a serialized value that is no JSON": {serialized, `example "g" of the 200 of a as application/json breaks its schema, so it is mended before it is sent: the value is not JSON`},
		"a serialized value in XML":          {serialized, `example "e" of the 200 of a as application/xml breaks its schema, so it is mended before it is sent: /id must be integer, not string`},
		"an XML text as the value":           {serialized, `example "f" of the 200 of a as application/xml breaks its schema, so it is mended before it is sent: /id must be integer, not string`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(tt.told, tt.want) {
				t.Errorf("the findings do not say %s:\n%s", tt.want, tt.told)
			}
		})
	}
	if n := strings.Count(files, "\n"); n != 3 {
		t.Errorf("%d findings about files, want 3:\n%s", n, files)
	}
}
