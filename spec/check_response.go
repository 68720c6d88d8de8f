package spec

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/concord-api/concord/spec/schema"
)

// Answer is a response that is held to an operation.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Head   bool // it answers a HEAD request: no body is demanded
}

// CheckResponse lists how an answer breaks the operation's contract, nil where
// it does not: a status, media type or body that is not documented, a body that
// breaks its schema, a header that is required and missing or that breaks its
// schema. (OpenAPI 3.1 §4.8.16, §4.8.17.)
func (o *Operation) CheckResponse(a *Answer) []Violation {
	documented := o.Response(a.Status)
	if documented == nil {
		return []Violation{{In: StatusPart, Keyword: KeywordStatus,
			Detail: strconv.Itoa(a.Status) + " is not documented for " + o.ID + " (documented: " + o.Statuses() + ")"}}
	}
	out := documented.CheckHeaders(a.Header, nil)
	return documented.CheckBody(a, out)
}

// Statuses lists the documented statuses: "200, 404, default".
func (o *Operation) Statuses() string {
	out := make([]string, len(o.Responses))
	for i, r := range o.Responses {
		out[i] = r.Status
	}
	return strings.Join(out, ", ")
}

// CheckHeaders holds an answer's headers to those that a response documents.
func (r *Response) CheckHeaders(h http.Header, out []Violation) []Violation {
	for _, p := range r.Headers {
		values := h.Values(p.Name)
		if len(values) == 0 {
			if p.Required {
				out = append(out, Violation{In: HeaderPart, Name: p.Name, Keyword: KeywordRequired, Detail: "is required in a " + r.Status + " and missing"})
			}
			continue
		}
		holds := p.codec().holds
		if holds == nil {
			continue
		}
		value, err := p.decodeHeader(values)
		if err != nil {
			out = append(out, Violation{In: HeaderPart, Name: p.Name, Keyword: KeywordSyntax, Detail: err.Error()})
			continue
		}
		out = checkValue(HeaderPart, p.Name, holds.Checker(schema.Response), value, out)
	}
	return out
}

// CheckBody holds an answer's media type and body to a response. A response
// that documents no content says nothing about bodies (an empty one is meant
// where its status has none).
func (r *Response) CheckBody(a *Answer, out []Violation) []Violation {
	if len(r.Content) == 0 || a.Head || bodiless(a.Status) {
		return out
	}
	contentType := a.Header.Get("Content-Type")
	if len(a.Body) == 0 && contentType == "" {
		if covering(r.Content, "text/plain") != nil && !r.Content[0].IsJSON() {
			return out
		}
		return append(out, Violation{In: BodyPart, Keyword: KeywordRequired, Detail: "is empty, documented: " + ranges(r.Content)})
	}
	mt := r.MediaType(contentType)
	if mt == nil {
		detail := "has the media type " + contentType + ", which is not documented (documented: " + ranges(r.Content) + ")"
		if contentType == "" {
			detail = "has no Content-Type (documented: " + ranges(r.Content) + ")"
		}
		return append(out, Violation{In: BodyPart, Keyword: KeywordMediaType, Detail: detail})
	}
	return mt.check(BodyPart, contentType, a.Body, schema.Response, out)
}

// MediaType returns what a response documents for a Content-Type: the most
// specific range that covers it, or nil.
func (r *Response) MediaType(contentType string) *MediaType {
	return covering(r.Content, contentType)
}

// bodiless tells whether answers of a status have no body by HTTP itself (RFC
// 9110 §6.4.1, §15.3.6).
func bodiless(status int) bool {
	return status/100 == 1 || status == http.StatusNoContent || status == http.StatusResetContent || status == http.StatusNotModified
}
