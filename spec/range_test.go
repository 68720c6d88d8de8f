package spec

import "testing"

// TestNegotiateRange answers a documented range with a type that its schema can
// be written as.
func TestNegotiateRange(t *testing.T) {
	tests := map[string]struct{ schema, accept, want, body string }{
		"an object as JSON":              {`{const: {a: b}}`, "application/json", "application/json", `{"a":"b"}`},
		"an object as XML":               {`{type: object, required: [a], properties: {a: {const: b}}}`, "application/xml", "application/xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<root><a>b</a></root>"},
		"an object as a form":            {`{type: object, required: [a], properties: {a: {const: b}}}`, "application/x-www-form-urlencoded", "application/x-www-form-urlencoded", "a=b"},
		"an object is no picture":        {`{type: object, required: [a], properties: {a: {const: b}}}`, "image/png, application/json;q=0.1", "application/json", `{"a":"b"}`},
		"an object is nothing else":      {`{type: object}`, "image/png", "", ""},
		"a text is anything that may be": {`{type: string, const: b}`, "image/png", "image/png", "b"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			mt := &MediaType{Range: "*/*", Schema: readSchema(t, tt.schema)}
			offered, sent := Negotiate([]string{tt.accept}, []*MediaType{mt})
			if sent != tt.want {
				t.Fatalf("Negotiate(%s) = %q, want %q", tt.accept, sent, tt.want)
			}
			if offered == nil {
				return
			}
			s, err := (&Response{Status: "200"}).Sample(200, offered, sent, SampleOptions{})
			if err != nil || string(s.Body) != tt.body {
				t.Errorf("Sample() = %s, %v, want %s", s.Body, err, tt.body)
			}
		})
	}
}
