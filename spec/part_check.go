package spec

import (
	"errors"
	"net/textproto"
	"strings"

	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// partError says that a part of a multipart body is not as its encoding wants
// it to be, though it can be read.
type partError struct{ is Violation }

// Error implements error.
func (e *partError) Error() string { return e.is.Detail }

// inPart says in which part an error is.
func inPart(name string, err error) error {
	var p *partError
	if errors.As(err, &p) {
		at := p.is
		at.Pointer = "/" + source.EscapePointer(name)
		return &partError{at}
	}
	return syntaxf("%s", "part "+name+" "+syntaxDetail(err))
}

// checkPart holds a part to the media types and the headers of its encoding
// (OpenAPI 3.1 §4.8.15.1). A part that names no media type may be of any: few
// clients give one.
func (e *Encoding) checkPart(p part) error {
	if e == nil {
		return nil
	}
	if e.ContentType != "" && e.Style == "" && p.contentType != "" && !e.takes(p.contentType) {
		return &partError{Violation{In: BodyPart, Keyword: KeywordPart,
			Detail: "has the media type " + p.contentType + ", which is not documented (documented: " + e.ContentType + ")"}}
	}
	for _, h := range e.Headers {
		name := textproto.CanonicalMIMEHeaderKey(h.Name)
		if name == "Content-Disposition" {
			continue // the form's own
		}
		lines := p.header[name]
		switch {
		case len(lines) == 0 && h.Required:
			return &partError{Violation{In: BodyPart, Keyword: KeywordPart, Detail: "has no header " + h.Name + ", which is required"}}
		case len(lines) == 0:
			continue
		}
		v, err := h.decodeHeader(lines)
		if err != nil {
			return &partError{Violation{In: BodyPart, Keyword: KeywordPart, Detail: "has a header " + h.Name + " that " + syntaxDetail(err)}}
		}
		holds := h.codec().holds
		if v == nil || holds == nil {
			continue
		}
		for _, f := range checkValue(HeaderPart, h.Name, holds.Checker(schema.Request), v, nil) {
			return &partError{Violation{In: BodyPart, Keyword: KeywordPart, Detail: "has a header " + h.Name + " that " + f.Detail}}
		}
	}
	return nil
}

// takes tells whether one of the encoding's media types covers that of a part.
func (e *Encoding) takes(contentType string) bool {
	t, params := parsed(contentType)
	for one := range strings.SplitSeq(e.ContentType, ",") {
		r, wanted := parsed(strings.TrimSpace(one))
		if coverage(r, wanted, t, params) > 0 {
			return true
		}
	}
	return false
}
