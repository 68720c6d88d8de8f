package spec_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/concord-api/concord/spec"
)

// Clouds and older APIs have many operations on one path.
const marked = `
openapi: 3.0.3
info: {title: Marks, version: "1"}
paths:
  /#Action=Start:
    post: {operationId: start, responses: {"200": {description: Done}}}
  /#Action=Stop&Version=2:
    post: {operationId: stop, responses: {"200": {description: Done}}}
  /#X-Target=Jobs.List:
    post: {operationId: list, responses: {"200": {description: Done}}}
  /{key}#uploadId:
    delete: {operationId: abort, responses: {"200": {description: Done}}}
  /{key}:
    delete: {operationId: delete, responses: {"200": {description: Done}}}
  /rest?method=photos.get:
    get: {operationId: photo, responses: {"200": {description: Done}}}
  /rest?method=photos.list:
    get: {operationId: photos, responses: {"200": {description: Done}}}
  /rest/{id}:
    get: {operationId: first, responses: {"200": {description: Done}}}
  /rest/{name}:
    get: {operationId: second, responses: {"200": {description: Done}}}
`

func TestMatchRequestTellsOperationsOfOnePathApart(t *testing.T) {
	doc := load(t, marked)
	tests := map[string]struct {
		method, path, query string
		header              http.Header
		want                string
	}{
		"by a value in the query":                  {"POST", "/", "Action=Start", nil, "start"},
		"by two values in the query":               {"POST", "/", "Version=2&x=1&Action=Stop", nil, "stop"},
		"by an encoded value":                      {"POST", "/", "Action=St%61rt", nil, "start"},
		"by a header":                              {"POST", "/", "", http.Header{"X-Target": {"Jobs.List"}}, "list"},
		"by a parameter that is there":             {"DELETE", "/k", "uploadId=7", nil, "abort"},
		"by a parameter that is not there":         {"DELETE", "/k", "", nil, "delete"},
		"by the query in the path":                 {"GET", "/rest", "method=photos.list", nil, "photos"},
		"by nothing: one of them, to be refused":   {"POST", "/", "", nil, "stop"},
		"of two with one template, by their order": {"GET", "/rest/1", "", nil, "first"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := doc.MatchRequest(tt.method, tt.path, tt.query, tt.header)
			if err != nil || m.Operation.ID != tt.want {
				t.Errorf("MatchRequest(%s %s?%s) = %+v, %v, want %s", tt.method, tt.path, tt.query, m.Operation, err, tt.want)
			}
		})
	}
}

func TestARequestLeavesTheFragmentOutAndSendsTheQueryOfItsPath(t *testing.T) {
	doc := load(t, marked)
	for id, want := range map[string]string{"photos": "/rest?method=photos.list", "start": "/?"} {
		r, err := doc.Operation(id).SampleRequest(spec.RequestOptions{})
		if err != nil || r.Parts.Path+"?"+r.Parts.Query != want {
			t.Errorf("request of %s = %+v, %v, want %s", id, r, err, want)
		}
	}
}

func TestAnOperationThatIsNeverReachedIsFound(t *testing.T) {
	var found []string
	for _, f := range load(t, marked).Findings() {
		if f.Rule == "path" {
			found = append(found, f.String())
		}
	}
	if len(found) != 1 || !strings.Contains(found[0], "second is never reached: its path matches the same requests as first") {
		t.Errorf("findings = %q", found)
	}
}
