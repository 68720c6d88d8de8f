package spec_test

import (
	"net/http"
	"testing"

	"github.com/concord-api/concord/spec"
)

func TestBodiesOfOldClientsAreReadAsTheyAreMeant(t *testing.T) {
	op := load(t, `
openapi: 3.0.3
info: {title: Bodies, version: "1"}
paths:
  /a:
    post:
      operationId: a
      requestBody:
        content:
          application/json: {schema: {type: object, required: [n], properties: {n: {type: string, maxLength: 1}, b: {type: string, format: byte}}}}
          application/problem+json: {}
      responses: {"205": {description: Reset, content: {application/json: {schema: {type: object}}}}}
`).Operation("a")
	tests := map[string]struct {
		contentType, body string
		want              string // keyword, "" for valid
	}{
		"JSON":                               {"application/json", `{"n":"x"}`, ""},
		"JSON with a byte order mark":        {"application/json", "\ufeff{\"n\":\"x\"}", ""},
		"JSON in Latin 1":                    {"application/json; charset=iso-8859-1", "{\"n\":\"\xe9\"}", ""},
		"JSON in UTF-16":                     {"application/json; charset=utf-16le", "{\x00\"\x00n\x00\"\x00:\x00\"\x00x\x00\"\x00}\x00", ""},
		"JSON in a charset that nobody has":  {"application/json; charset=klingon", "{\"n\":\"\xe9\"}", spec.KeywordSyntax},
		"JSON in Latin 1 that is too long":   {"application/json; charset=iso-8859-1", "{\"n\":\"\xe9\xe9\"}", "maxLength"},
		"JSON without a schema, with a mark": {"application/problem+json", "\ufeff1", ""},
		"base64":                             {"application/json", `{"n":"","b":"YWI="}`, ""},
		"base64 of URLs without padding":     {"application/json", `{"n":"","b":"_-I"}`, ""},
		"what is not base64":                 {"application/json", `{"n":"","b":"a b"}`, "format"},
		"base64 that is cut":                 {"application/json", `{"n":"","b":"YWIYW"}`, "format"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, v := range op.CheckRequest(&spec.Request{Header: http.Header{"Content-Type": {tt.contentType}}, Body: []byte(tt.body)}) {
				got = v.Keyword
			}
			if got != tt.want {
				t.Errorf("violated keyword = %q, want %q", got, tt.want)
			}
		})
	}
	if vs := op.CheckResponse(&spec.Answer{Status: http.StatusResetContent, Header: http.Header{}}); vs != nil {
		t.Errorf("a 205 has no body (RFC 9110 §15.3.6), found %v", vs)
	}
}

func TestFormWithoutFieldsHasNoBytes(t *testing.T) {
	doc := load(t, `
openapi: 3.1.0
info: {title: Forms, version: "1"}
paths:
  /any:
    post:
      operationId: any
      requestBody: {required: true, content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {n: {type: integer}}}}}}
      responses: {"204": {description: Done.}}
  /one:
    post:
      operationId: one
      requestBody: {required: true, content: {application/x-www-form-urlencoded: {schema: {type: object, required: [n], properties: {n: {type: integer}}}}}}
      responses: {"204": {description: Done.}}
`)
	const form = "application/x-www-form-urlencoded"
	tests := map[string]struct {
		operation, contentType, want string
	}{
		"a form that needs no fields":       {"any", form, ""},
		"a form with a charset":             {"any", form + "; charset=utf-8", ""},
		"a form that needs one":             {"one", form, "required"},
		"nothing, where a form must be":     {"any", "", spec.KeywordRequired},
		"nothing that is called plain text": {"any", "text/plain", spec.KeywordRequired},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, v := range doc.Operation(tt.operation).CheckRequest(&spec.Request{Header: http.Header{"Content-Type": {tt.contentType}}}) {
				got = v.Keyword
			}
			if got != tt.want {
				t.Errorf("violated keyword = %q, want %q", got, tt.want)
			}
		})
	}
}
