package conformance_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/concord-api/concord/conformance"
	"github.com/concord-api/concord/spec"
)

// ranged documents a 204 beside a range, and an operation with nothing but
// default.
const ranged = `
openapi: 3.1.0
info: {title: Ranges, version: "1"}
paths:
  /reviews:
    post:
      operationId: submitReview
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [text], properties: {text: {type: string, maxLength: 20}}}}}
      responses:
        "204": {description: Done.}
        "2XX": {description: Under way., content: {application/json: {schema: {type: object, required: [state], properties: {state: {type: string}}}}}}
        "4XX": {description: No., content: {application/problem+json: {schema: {type: object}}}}
  /status:
    get:
      operationId: getStatus
      parameters: [{name: depth, in: query, schema: {type: integer, minimum: 1}}]
      responses:
        default: {description: Whatever., content: {application/json: {schema: {type: object, required: [ok], properties: {ok: {type: boolean}}}}}}
`

// ranges runs all phases on a server of ranged whose reviews are answered so.
func ranges(t *testing.T, status int, review, state string) *conformance.Results {
	t.Helper()
	doc, err := spec.Load(t.Context(), "ranged", spec.Embedded("ranged", []byte(ranged)))
	if err != nil {
		t.Fatal(err)
	}
	answer := func(w http.ResponseWriter, status int, contentType, body string) {
		if body != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
	refuse := func(w http.ResponseWriter, status int) {
		answer(w, status, "application/problem+json", `{"type":"about:blank","title":"`+http.StatusText(status)+`"}`)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /reviews", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var in struct{ Text *string }
		switch {
		case r.Header.Get("Content-Type") != "application/json":
			refuse(w, http.StatusUnsupportedMediaType)
		case json.Unmarshal(body, &in) != nil:
			refuse(w, http.StatusBadRequest)
		case in.Text == nil || len([]rune(*in.Text)) > 20:
			refuse(w, http.StatusUnprocessableEntity)
		default:
			answer(w, status, "application/json", review)
		}
	})
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, r *http.Request) {
		depth := r.URL.Query().Get("depth")
		if r.URL.Query().Has("depth") && (strings.Trim(depth, "0123456789") != "" || strings.Trim(depth, "0") == "") {
			answer(w, http.StatusBadRequest, "application/json", `{"ok":false}`)
			return
		}
		answer(w, http.StatusOK, "application/json", state)
	})
	return run(t, conformance.Config{Document: doc, BaseURL: serve(t, mux)})
}

func TestRangesAndDefaults(t *testing.T) {
	for name, tt := range map[string]struct {
		status        int
		review, state string
		broken        string // "" where the server is right
	}{
		"a 204 beside a range":                    {204, "", `{"ok":true}`, ""},
		"a status of the range beside a 204":      {202, `{"state":"waiting"}`, `{"ok":true}`, ""},
		"another status of the range":             {200, `{"state":"done"}`, `{"ok":true}`, ""},
		"a status of the range without its body":  {202, "", `{"ok":true}`, "body.present"},
		"a body that breaks the range's schema":   {202, `{"state":7}`, `{"ok":true}`, "body.schema"},
		"a body that breaks the default's schema": {204, "", `{"ok":"yes"}`, "body.schema"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := broken(ranges(t, tt.status, tt.review, tt.state))
			switch {
			case tt.broken == "" && len(got) > 0:
				t.Errorf("broken are %v", got)
			case tt.broken != "" && !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, tt.broken+" ") }):
				t.Errorf("%s held; broken are %v", tt.broken, got)
			}
		})
	}
}
