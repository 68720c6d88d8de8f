package spec

import "strings"

// In is the part of a request or response that is at fault.
type In string

// The parts of requests and responses.
const (
	PathPart   In = "path"
	QueryPart  In = "query"
	HeaderPart In = "header"
	CookiePart In = "cookie"
	BodyPart   In = "body"
	StatusPart In = "status"
)

// Keywords of violations that no schema says. All others are keywords of JSON
// Schema.
const (
	KeywordRequired  = "required"  // a parameter, header, body or member is missing
	KeywordMediaType = "mediaType" // the Content-Type is missing or not documented
	KeywordSyntax    = "syntax"    // the value or body cannot be read as its media type or style
	KeywordStatus    = "status"    // the status is not documented
	KeywordPart      = "part"      // a part of a multipart body has not the media type or headers of its encoding
	KeywordUnknown   = "unknown"   // something that the contract does not name
)

// Violation is one way in which a request or response breaks its contract.
type Violation struct {
	In      In
	Name    string // of the parameter or header; "" for a body
	Pointer string // JSON pointer inside the body or the parameter's value
	Keyword string
	Detail  string // a sentence without its subject: "is required"
}

// Param names what is at fault as clients know it: the parameter's name, or the
// member's path with dots ("address.city", "items.0.sku"), "body" for the whole.
func (v Violation) Param() string {
	path := strings.ReplaceAll(strings.TrimPrefix(v.Pointer, "/"), "/", ".")
	path = strings.NewReplacer("~1", "/", "~0", "~").Replace(path)
	switch {
	case v.Name == "" && path == "":
		return string(v.In)
	case v.Name == "":
		return path
	case path == "":
		return v.Name
	}
	return v.Name + "." + path
}

// String returns the violation as a sentence.
func (v Violation) String() string {
	subject := string(v.In)
	switch {
	case v.Name != "":
		subject += " " + v.Name
	case v.Pointer != "":
		subject += " " + v.Pointer
	}
	if v.Name != "" && v.Pointer != "" {
		subject += v.Pointer
	}
	return subject + " " + v.Detail
}
