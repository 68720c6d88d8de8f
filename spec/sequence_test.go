package spec

import (
	"errors"
	"strings"
	"testing"

	"github.com/concord-api/concord/spec/schema"
)

// TestSequences holds bodies of sequential media types (OpenAPI 3.2 §4.14.3) to
// their schemas: a media type's schemas as YAML, a body, and what is wrong.
func TestSequences(t *testing.T) {
	const (
		entry = `{type: object, required: [n], properties: {n: {type: integer}}}`
		mixed = "multipart/mixed; boundary=b"
	)
	part := func(header, content string) string { return "--b\r\n" + header + "\r\n" + content + "\r\n" }
	tests := map[string]struct {
		contentType string
		media       string
		body        string
		want        string // the first violation, "" for none
	}{
		"JSON lines that are all valid":                       {"application/jsonl", `itemSchema: ` + entry, "{\"n\":1}\n{\"n\":2}\n", ""},
		"JSON lines without an end to the last":               {"application/jsonl", `itemSchema: ` + entry, "{\"n\":1}\r\n{\"n\":2}", ""},
		"a JSON line that breaks its schema":                  {"application/x-ndjson", `itemSchema: ` + entry, "{\"n\":1}\n{\"n\":\"x\"}\n", "body /1/n must be integer, not string"},
		"a JSON line that is none":                            {"application/jsonl", `itemSchema: ` + entry, "{\"n\":1}\n{\n", "body is no sequence of JSON texts: text 2 is not JSON"},
		"too few JSON lines for the schema of the whole":      {"application/jsonl", `{schema: {type: array, minItems: 2}, itemSchema: ` + entry + `}`, "{\"n\":1}\n", "body has 1 item, at least 2 are needed"},
		"JSON texts of several lines between separators":      {"application/json-seq", `itemSchema: ` + entry, "\x1e{\n\"n\":1}\n\x1e{\"n\":2}\n", ""},
		"a JSON text of a suffix that breaks its schema":      {"application/geo+json-seq", `itemSchema: ` + entry, "\x1e{}\n", "body /0/n is required"},
		"an older document's schema of the item":              {"application/x-ndjson", `schema: ` + entry, "{\"n\":1}\n{\"n\":true}\n", "body /1/n must be integer, not boolean"},
		"an older document's schema of a text":                {"application/x-ndjson", `schema: {type: string}`, "{\"n\":1}\n{\"n\":true}\n", ""},
		"events with all their fields":                        {"text/event-stream", `itemSchema: {type: object, additionalProperties: false, required: [data], properties: {data: {const: "a\nb"}, event: {const: e}, id: {type: string}, retry: {type: integer}}}`, "\ufeff: a comment\nevent: e\nid: 7\nretry: 010\nother: x\ndata: a\ndata:b\n\n", ""},
		"an event at the end without an empty line":           {"text/event-stream", `{schema: {type: array, minItems: 2}, itemSchema: {type: object}}`, "data: a\r\rdata: b", ""},
		"an event whose retry is no number is one without":    {"text/event-stream", `itemSchema: {properties: {retry: {maximum: 1}}}`, "retry: soon\ndata: a\n\n", ""},
		"an event that breaks its schema":                     {"text/event-stream", `itemSchema: {type: object, properties: {event: {enum: [a, b]}}}`, "event: a\ndata: 1\n\nevent: c\ndata: 1\n\n", `body /1/event must be one of "a", "b"`},
		"fields without data are no event where it is needed": {"text/event-stream", `itemSchema: {type: object, required: [data], properties: {data: {type: string}}}`, "event: ping\n\ndata: a\n\n", ""},
		"an older document's schema of the JSON in data":      {"text/event-stream", `schema: ` + entry, "event: x\ndata: {\"n\":1}\n\ndata: {\"n\":\"x\"}\n\ndata: [DONE]\n\n", "body /1/n must be integer, not string"},
		"data that should be JSON and is not":                 {"text/event-stream", `schema: ` + entry, "data: hello\n\n", "body is no stream of the contract's events: the data of event 1 is not JSON"},
		"an older document's schema of the stream as a text":  {"text/event-stream", `schema: {type: string}`, "data: a\n\n", ""},
		"parts that are a list":                               {mixed, `itemSchema: ` + entry, part("Content-Type: application/json\r\n", `{"n":1}`) + part("Content-Type: application/json\r\n", `{"n":"x"}`) + "--b--", "body /1/n must be integer, not string"},
		"a part of another type than its encoding":            {mixed, `{itemSchema: {}, prefixEncoding: [{}, {contentType: "image/*, text/plain"}]}`, part("Content-Type: text/html\r\n", "a") + part("Content-Type: text/html\r\n", "a") + "--b--", "body /1 has the media type text/html, which is not documented (documented: image/*, text/plain)"},
		"a part without a type":                               {mixed, `{itemSchema: {}, itemEncoding: {contentType: image/png}}`, part("", "a") + "--b--", ""},
		"a part without a header that its encoding demands":   {mixed, `{itemSchema: {}, itemEncoding: {headers: {X-N: {required: true, schema: {type: integer}}}}}`, part("x-n: 1\r\n", "a") + part("", "a") + "--b--", "body /1 has no header X-N, which is required"},
		"a part whose header breaks its schema":               {"multipart/form-data; boundary=b", `{schema: {type: object}, encoding: {f: {headers: {X-N: {schema: {type: integer}}}}}}`, part("Content-Disposition: form-data; name=f\r\nX-N: a\r\n", "a") + "--b--", "body /f has a header X-N that must be integer, not string"},
		"a form that is a list":                               {"multipart/form-data; boundary=b", `{schema: {type: array, prefixItems: [{type: object, required: [a], properties: {a: {type: integer}}}]}}`, part("Content-Disposition: form-data; name=a\r\n", "x") + "--b--", "body /0/a must be integer, not string"},
		"parts without names under a schema of an object":     {"multipart/related; boundary=b", `{schema: {type: object, required: [meta]}}`, part("", "a") + "--b--", ""},
		"itemSchema of what is no sequence":                   {"application/json", `itemSchema: {type: string}`, "1", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			mt := mediaType(t, tt.contentType, tt.media)
			vs := mt.check(BodyPart, tt.contentType, []byte(tt.body), schema.Request, nil)
			got := ""
			if len(vs) > 0 {
				got = vs[0].String()
			}
			if got != tt.want {
				t.Errorf("check(%q) = %q, want %q", tt.body, got, tt.want)
			}
		})
	}
}

// mediaType is the only media type of the only operation of a document.
func mediaType(t testing.TB, contentType, media string) *MediaType {
	t.Helper()
	name, _, _ := strings.Cut(contentType, ";")
	text := "openapi: 3.2.0\npaths:\n  /x:\n    post:\n      requestBody:\n        content:\n          " + name + ":\n            " + media
	if !strings.HasPrefix(media, "{") {
		text = strings.Replace(text, media, "{"+media+"}", 1)
	}
	doc, err := Load(t.Context(), "test.yaml", Embedded("test.yaml", []byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	return doc.Operations()[0].RequestBody.Content[0]
}

// TestSequenceSamples makes bodies of sequential media types, and holds them to
// their schemas again.
func TestSequenceSamples(t *testing.T) {
	tests := map[string]struct {
		contentType string
		media       string
		want        string
	}{
		"JSON lines":                 {"application/jsonl", `itemSchema: {const: {a: 1}}`, "{\"a\":1}\n"},
		"JSON texts with separators": {"application/json-seq", `schema: {type: array, minItems: 2, items: {const: 1}}`, "\x1e1\n\x1e1\n"},
		"an event":                   {"text/event-stream", `itemSchema: {type: object, required: [data], properties: {data: {const: "a\nb"}, event: {const: e}, retry: {const: 5}}}`, "event: e\nretry: 5\ndata: a\ndata: b\n\n"},
		"an event whose data is JSON in a string": {"text/event-stream", `itemSchema: {type: object, required: [data], properties: {data: {type: string, contentMediaType: application/json, contentSchema: {const: {a: 1}}}}}`, "data: {\"a\":1}\n\n"},
		"an event of an older document":           {"text/event-stream", `schema: {type: object, properties: {a: {const: 1}}, required: [a]}`, "data: {\"a\":1}\n\n"},
		"events of texts":                         {"text/event-stream", `itemSchema: {const: hi}`, "data: hi\n\n"},
		"a stream that nothing is said of":        {"text/event-stream", `{}`, "data: string\n\n"},
		"an example that is the text":             {"application/jsonl", "{itemSchema: {type: integer}, example: \"1\\n2\\n\"}", "1\n2\n"},
		"an example that is the data":             {"application/jsonl", "{itemSchema: {type: integer}, examples: {a: {dataValue: [1, 2]}}}", "1\n2\n"},
		"an example that is mended":               {"application/jsonl", "{itemSchema: {const: 1}, examples: {a: {dataValue: [1, 2]}}}", "1\n1\n"},
		"a text of JSON that is mended":           {"application/json", `{schema: {type: object, properties: {a: {const: 1}, b: {type: string}}}, examples: {a: {serializedValue: '{"a":2,"b":"kept"}'}}}`, `{"a":1,"b":"kept"}`},
		"parts":                                   {"multipart/mixed", `{schema: {type: array, minItems: 2, items: {const: {a: 1}}}, prefixEncoding: [{headers: {X-N: {required: true, schema: {const: 5}}}}]}`, "Content-Type: application/json\r\nX-N: 5\r\n\r\n{\"a\":1}\r\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			mt := mediaType(t, tt.contentType, tt.media)
			r := &Response{Status: "200", Content: []*MediaType{mt}}
			s, err := r.Sample(200, mt, tt.contentType, SampleOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(s.Body), tt.want) || !strings.Contains(tt.contentType, "multipart") && string(s.Body) != tt.want {
				t.Errorf("Sample() = %q, want %q", s.Body, tt.want)
			}
			for _, v := range mt.check(BodyPart, s.ContentType, s.Body, schema.Response, nil) {
				t.Errorf("Sample() = %q: %s", s.Body, v)
			}
		})
	}
	t.Run("an event whose id has two lines cannot be written", func(t *testing.T) {
		mt := mediaType(t, "text/event-stream", `itemSchema: {type: object, required: [id], properties: {id: {const: "a\nb"}}}`)
		_, err := (&Response{Status: "200"}).Sample(200, mt, "text/event-stream", SampleOptions{})
		if err == nil || errors.Is(err, ErrNoExample) {
			t.Errorf("Sample() error = %v, want one about the field", err)
		}
	})
}
