package spec

import (
	"errors"
	"net/http"

	"github.com/concord-api/concord/spec/schema"
)

// Request is a request that is held to an operation. Its path has been matched.
type Request struct {
	Path   Params // from Match
	Query  string // raw, without "?"
	Header http.Header
	Body   []byte // nil or empty where there is none
}

// CheckRequest lists how a request breaks the operation's contract, nil where
// it does not. Its Keyword tells what kind of fault it is: [KeywordMediaType]
// (415 says it best), [KeywordSyntax] (400), or else a rule of the contract
// (422). A body is ignored where none is documented.
func (o *Operation) CheckRequest(r *Request) []Violation {
	return o.checkBody(r, o.checkParameters(r, nil))
}

// RequestMediaType returns what the contract documents for a request's body of
// a Content-Type: the most specific range that covers it, or nil.
func (o *Operation) RequestMediaType(contentType string) *MediaType {
	if o.RequestBody == nil {
		return nil
	}
	return covering(o.RequestBody.Content, contentType)
}

func (o *Operation) checkBody(r *Request, out []Violation) []Violation {
	if o.RequestBody == nil || len(o.RequestBody.Content) == 0 {
		return out
	}
	contentType := first(r.Header, "Content-Type")
	// A form without fields has no bytes: what says that it is one is one.
	if len(r.Body) == 0 && !(o.RequestBody.Required && mediaKind(contentType) == formKind) {
		if o.RequestBody.Required {
			out = append(out, Violation{In: BodyPart, Keyword: KeywordRequired, Detail: "is required"})
		}
		return out
	}
	if contentType == "" && o.RequestBody.Content[0].Range != "" {
		// RFC 9110 §8.3: without Content-Type the recipient may guess; the
		// contract says what to guess.
		contentType = guess(o.RequestBody.Content, r.Body)
	}
	mt := covering(o.RequestBody.Content, contentType)
	if mt == nil {
		detail := "has the media type " + contentType + ", which is not documented (documented: " + ranges(o.RequestBody.Content) + ")"
		if contentType == "" {
			detail = "has no Content-Type (documented: " + ranges(o.RequestBody.Content) + ")"
		}
		return append(out, Violation{In: BodyPart, Keyword: KeywordMediaType, Detail: detail})
	}
	return mt.check(BodyPart, contentType, r.Body, schema.Request, out)
}

// guess names a media type for a body without one: the JSON that is documented,
// where the body may be JSON; else the only media type there is.
func guess(content []*MediaType, body []byte) string {
	for _, mt := range content {
		if mt.IsJSON() && schema.Value(body).IsValid() {
			return mt.Range
		}
	}
	return ""
}

// check holds a body to a media type and its schema.
func (m *MediaType) check(in In, contentType string, body []byte, dir schema.Direction, out []Violation) []Violation {
	if IsJSON(contentType) || m.IsJSON() {
		if m.Schema != nil && m.Schema.Checker(dir).Sure(body) {
			return out
		}
		body, err := jsonText(contentType, body)
		if err != nil {
			return append(out, Violation{In: in, Keyword: KeywordSyntax, Detail: syntaxDetail(err)})
		}
		if m.Schema == nil {
			if !schema.Value(body).IsValid() {
				out = append(out, Violation{In: in, Keyword: KeywordSyntax, Detail: "is no valid JSON"})
			}
			return out
		}
		found := len(out)
		out = checkValue(in, "", m.Schema.Checker(dir), body, out)
		if len(out) == found && dir == schema.Request && !m.Schema.Checker(dir).Sure(body) && !schema.Value(body).IsValid() {
			// Receivers differ in which of two members they take, and in what they
			// make of bytes that are no UTF-8 (RFC 8259 §4, §8.1; RFC 7493 §2.1, §2.3).
			out = append(out, Violation{In: in, Keyword: KeywordSyntax, Detail: "has a member twice, or is not UTF-8"})
		}
		return out
	}
	value, err := m.decodeBody(contentType, body)
	if err != nil {
		var p *partError
		if errors.As(err, &p) {
			return append(out, p.is)
		}
		return append(out, Violation{In: in, Keyword: KeywordSyntax, Detail: err.Error()})
	}
	if m.Schema == nil || value == nil {
		return out
	}
	return checkValue(in, "", m.Schema.Checker(dir), value, out)
}

// checkValue holds a JSON text to a schema.
func checkValue(in In, name string, c *schema.Checker, text []byte, out []Violation) []Violation {
	fs, err := c.Check(text)
	if err != nil {
		return append(out, Violation{In: in, Name: name, Keyword: KeywordSyntax, Detail: "is " + err.Error()})
	}
	for _, f := range fs {
		out = append(out, Violation{In: in, Name: name, Pointer: f.Pointer, Keyword: f.Keyword, Detail: f.Detail})
	}
	return out
}

// first returns the first value of a header whose name is in canonical form.
func first(h http.Header, canonical string) string {
	if v := h[canonical]; len(v) > 0 {
		return v[0]
	}
	return ""
}
