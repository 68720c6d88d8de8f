package spec_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/dinie"
)

// load loads a document that is given as text.
func load(t testing.TB, text string) *spec.Document {
	t.Helper()
	doc, err := spec.Load(context.Background(), "test.yaml", spec.Embedded("test.yaml", []byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestLoadEmbedded(t *testing.T) {
	doc, err := spec.Load(context.Background(), "default", spec.Embedded("default", dinie.Document))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range doc.Findings() {
		t.Error(f)
	}
	if doc.Size() == 0 {
		t.Error("the document has no operations")
	}
}

func TestLoadRefuses(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"an empty document":            {" \n", "is empty"},
		"text that is no YAML":         {"openapi: [", "test.yaml:2:1: did not find expected node content"},
		"a document that is a list":    {"[1, 2]", "must be an object"},
		"a document without a version": {"paths: {}", "test.yaml:1:1: the member openapi is missing"},
		"Swagger 2.0":                  {"swagger: '2.0'\npaths: {}", "test.yaml:1:10: Swagger 2.0 is not supported"},
		"OpenAPI 4":                    {"openapi: 4.0.0\npaths: {}", `test.yaml:1:10: openapi "4.0.0" is not supported`},
		"a member that stands twice":   {"openapi: 3.1.0\npaths: {}\npaths: {}", `test.yaml:3:1: member "paths" stands twice, first at line 2`},
		"a document without content":   {"openapi: 3.1.0\ninfo: {title: x}", "none of paths, webhooks and components"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := spec.Load(context.Background(), "test.yaml", spec.Embedded("test.yaml", []byte(tt.text)))
			if !errors.Is(err, spec.ErrUnusable) {
				t.Fatalf("Load() error = %v, want ErrUnusable", err)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Load() error = %q, want it to contain %q", err, tt.want)
			}
		})
	}
}

func TestLoadAcceptsByteOrderMarkAndCRLF(t *testing.T) {
	doc := load(t, "\xEF\xBB\xBFopenapi: 3.1.0\r\ninfo: {title: t, version: '1'}\r\npaths:\r\n  /a:\r\n    get: {operationId: a, responses: {'200': {description: ok}}}\r\n")
	if doc.Operation("a") == nil {
		t.Error("operation a is missing")
	}
}

func TestOneBrokenOperationLeavesTheOthers(t *testing.T) {
	doc := load(t, `openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /good:
    get: {operationId: good, responses: {200: {description: ok}}}
  /bad-reference:
    get: {operationId: badReference, parameters: [{$ref: '#/components/parameters/nope'}], responses: {200: {description: ok}}}
  /bad-shape:
    get: {operationId: badShape, parameters: {a: b}, responses: [1, 2]}
  /bad-operation:
    get: hello
  no-slash: {get: {responses: {}}}
`)
	if op := doc.Operation("good"); op == nil || len(op.Responses) != 1 {
		t.Errorf("operation good = %+v", op)
	}
	if op := doc.Operation("badReference"); op == nil || len(op.Responses) != 1 {
		t.Errorf("operation badReference = %+v, want its responses", op)
	}
	want := []string{
		`test.yaml:7:58: error: reference "#/components/parameters/nope": components of /components/parameters/nope: not found (reference)`,
		`test.yaml:9:46: error: parameters must be an array; they are left out (parameters)`,
		`test.yaml:9:65: error: responses must be an object; they are left out (responses)`,
		`test.yaml:11:10: error: operation GET /bad-operation must be an object; it is left out (operation)`,
		`test.yaml:12:13: error: path "no-slash" must begin with a slash; its operations are left out (path)`,
	}
	var got []string
	for _, f := range doc.Findings() {
		got = append(got, f.String())
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("findings:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestLoadFollowsReferencesAcrossFilesAndURLs(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("Remote: {type: integer}\n"))
	}))
	defer server.Close()
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("root.yaml", `openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /things/{id}: {$ref: 'paths/thing.yaml#/item'}
`)
	write("paths/thing.yaml", `item:
  parameters: [{name: id, in: path, required: true, schema: {type: string}}]
  get:
    operationId: getThing
    responses:
      '200':
        description: ok
        content: {application/json: {schema: {$ref: '../schemas/thing.json#/Thing'}}}
`)
	write("schemas/thing.json", `{"Thing": {"type": "object", "properties": {"next": {"$ref": "#/Thing"}, "remote": {"$ref": "`+server.URL+`/x.yaml#/Remote"}}}}`)
	doc, err := spec.Load(context.Background(), filepath.Join(dir, "root.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if fs := doc.Findings(); len(fs) > 0 {
		t.Fatalf("findings: %v", fs)
	}
	op := doc.Operation("getThing")
	vs := op.CheckResponse(&spec.Answer{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"next":{"remote":"x"}}`)})
	if len(vs) != 1 || vs[0].Pointer != "/next/remote" {
		t.Errorf("violations = %v, want one at /next/remote", vs)
	}
}

func TestLoadNamesWhatCannotBeRead(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	for location, want := range map[string]string{
		"nowhere.yaml":         "read the OpenAPI document nowhere.yaml: no such file or directory",
		t.TempDir():            "it is a directory; name the file",
		server.URL + "/x":      "the server answers 404 Not Found",
		"http://127.0.0.1:1/x": "connection refused",
		"":                     "no location was given",
	} {
		if _, err := spec.Load(context.Background(), location); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Load(%q) error = %v, want it to contain %q", location, err, want)
		}
	}
}
