package spec_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"testing"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/dinie"
)

// documents are those that samples are tried on: the embedded default, a large
// generated one, and the one that BIG_SPEC names.
func documents(t *testing.T) []*spec.Document {
	t.Helper()
	texts := map[string][]byte{"default": dinie.Document, "big": bigDocument(20)}
	if path := os.Getenv("BIG_SPEC"); path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[path] = text
	}
	var out []*spec.Document
	for name, text := range texts {
		doc, err := spec.Load(context.Background(), name, spec.Embedded(name, text))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, doc)
	}
	return out
}

func TestSamplesKeepTheContract(t *testing.T) {
	for _, doc := range documents(t) {
		t.Run(doc.Location, func(t *testing.T) {
			for _, op := range doc.Operations() {
				for _, dynamic := range []bool{false, true} {
					for _, optional := range []bool{false, true} {
						checkRequest(t, op, spec.RequestOptions{Dynamic: dynamic, Optional: optional, Seed: 7})
					}
					checkResponses(t, op, spec.SampleOptions{Dynamic: dynamic, Seed: 7})
				}
			}
		})
	}
}

func checkRequest(t *testing.T, op *spec.Operation, o spec.RequestOptions) {
	s, err := op.SampleRequest(o)
	if err != nil {
		t.Errorf("%s: %v", op.ID, err)
		return
	}
	u := url.URL{}
	u.Path, _ = url.PathUnescape(s.Parts.Path)
	u.RawPath = s.Parts.Path
	match, err := op.Document().Match(op.Method, u.EscapedPath())
	if err != nil || match.Operation != op {
		t.Errorf("%s: path %s leads to %v, %v", op.ID, s.Parts.Path, match.Operation, err)
		return
	}
	if s.Parts.ContentType != "" {
		s.Parts.Header.Set("Content-Type", s.Parts.ContentType)
	}
	for _, v := range op.CheckRequest(&spec.Request{Path: match.Params, Query: s.Parts.Query, Header: s.Parts.Header, Body: s.Parts.Body}) {
		t.Errorf("%s: %+v: %s (path %s query %s body %s)", op.ID, o, v, s.Parts.Path, s.Parts.Query, s.Parts.Body)
	}
}

func checkResponses(t *testing.T, op *spec.Operation, o spec.SampleOptions) {
	for _, r := range op.Responses {
		media := r.Content
		if len(media) == 0 {
			media = []*spec.MediaType{nil}
		}
		for _, mt := range media {
			contentType := ""
			if mt != nil {
				contentType = mt.Concrete()
			}
			s, err := r.Sample(r.Code(), mt, contentType, o)
			if err != nil {
				t.Errorf("%s %s: %v", op.ID, r.Status, err)
				continue
			}
			if s.ContentType != "" {
				s.Header.Set("Content-Type", s.ContentType)
			}
			for _, v := range op.CheckResponse(&spec.Answer{Status: s.Status, Header: s.Header, Body: s.Body}) {
				t.Errorf("%s %s %s: %s (%s)", op.ID, r.Status, contentType, v, s.Body)
			}
		}
	}
}

func TestSampleOfANamedExample(t *testing.T) {
	doc := load(t, `openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /a:
    get:
      operationId: a
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema: {type: object, required: [n], properties: {n: {type: integer}}}
              examples:
                good: {value: {n: 1}}
                broken: {value: {n: one, more: true}}
`)
	r := doc.Operation("a").Response(200)
	tests := map[string]struct {
		options spec.SampleOptions
		body    string
		mended  bool
		err     error
	}{
		"the first, where none is named":   {spec.SampleOptions{}, `{"n":1}`, false, nil},
		"the one that is named":            {spec.SampleOptions{Example: "good"}, `{"n":1}`, false, nil},
		"one that is not documented":       {spec.SampleOptions{Example: "nope"}, "", false, spec.ErrNoExample},
		"a broken one as it is written":    {spec.SampleOptions{Example: "broken", Verbatim: true}, `{"n":"one","more":true}`, false, nil},
		"a named one beats dynamic values": {spec.SampleOptions{Example: "good", Dynamic: true}, `{"n":1}`, false, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := r.Sample(200, r.Content[0], "application/json", tt.options)
			if !errors.Is(err, tt.err) {
				t.Fatalf("error = %v, want %v", err, tt.err)
			}
			if err == nil && (string(s.Body) != tt.body || s.Mended != tt.mended) {
				t.Errorf("body = %s, mended = %v, want %s, %v", s.Body, s.Mended, tt.body, tt.mended)
			}
		})
	}
	s, err := r.Sample(200, r.Content[0], "application/json", spec.SampleOptions{Example: "broken"})
	if err != nil || !s.Mended || !r.Content[0].Schema.Checker(1).Valid(s.Body) {
		t.Errorf("a broken example becomes %s, mended = %v, %v", s.Body, s.Mended, err)
	}
	s, _ = r.Sample(200, r.Content[0], "application/json", spec.SampleOptions{Example: "broken", Verbatim: true})
	if len(s.Violations) != 1 {
		t.Errorf("violations of the verbatim example = %v, want one", s.Violations)
	}
}

func TestSampleWithABodyThatIsNotRequired(t *testing.T) {
	doc := load(t, `
openapi: 3.1.0
info: {title: Bodies, version: "1"}
paths:
  /a:
    post:
      operationId: a
      parameters: [{name: q, in: query, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: {type: object, required: [n], properties: {n: {type: integer}}}}}}
      responses: {"204": {description: Done.}}
    put:
      operationId: never
      requestBody: {content: {application/json: {schema: {not: {}}}}}
      responses: {"204": {description: Done.}}
`)
	tests := map[string]struct {
		operation string
		options   spec.RequestOptions
		body      bool
	}{
		"the least has none":                    {"a", spec.RequestOptions{}, false},
		"it comes where it is asked for":        {"a", spec.RequestOptions{Body: true}, true},
		"it is left out where none can be made": {"never", spec.RequestOptions{Body: true}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := doc.Operation(tt.operation).SampleRequest(tt.options)
			if err != nil {
				t.Fatal(err)
			}
			if got := len(s.Parts.Body) > 0; got != tt.body || s.Parts.Query != "" {
				t.Errorf("body %q and query %q, want a body: %t, and no query", s.Parts.Body, s.Parts.Query, tt.body)
			}
		})
	}
}
