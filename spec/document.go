package spec

import (
	"fmt"
	"slices"
	"sync"

	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// Document is one OpenAPI description, ready to be used by many goroutines.
type Document struct {
	Location string // as it was given to Load
	Title    string // info.title
	Version  string // info.version
	OpenAPI  string // the version of OpenAPI it is written for: "3.1.0"

	Servers         []Server
	SecuritySchemes []*SecurityScheme

	operations []*Operation
	webhooks   []*Operation
	byID       map[string]*Operation
	security   []Requirement // of operations that have none of their own
	router     router
	schemas    *schema.Reader
	files      *source.Set
	root       *source.File
	text       []byte // as it was read, for Audit

	mu       sync.Mutex
	findings []Finding
}

// Operations lists the operations in the document's order.
func (d *Document) Operations() []*Operation {
	for _, op := range d.operations {
		op.read()
	}
	return d.operations
}

// Webhooks lists the requests that the API itself sends (OpenAPI 3.1 §4.8.1);
// the Path of each holds the webhook's name.
func (d *Document) Webhooks() []*Operation {
	for _, op := range d.webhooks {
		op.read()
	}
	return d.webhooks
}

// Operation returns the operation with an id, or nil.
func (d *Document) Operation(id string) *Operation {
	op := d.byID[id]
	if op != nil {
		op.read()
	}
	return op
}

// Size returns how many operations the document has.
func (d *Document) Size() int { return len(d.operations) }

// Findings lists the faults of the document by their places: what could not be
// read, and what cannot be meant. It reads all operations; schemas are not
// compiled.
func (d *Document) Findings() []Finding {
	d.Operations()
	d.Webhooks()
	d.mu.Lock()
	out := slices.Clone(d.findings)
	d.mu.Unlock()
	for _, p := range d.schemas.Problems() {
		out = append(out, Finding{Warning, "schema", p.Message, p.Position, p.Pointer})
	}
	slices.SortStableFunc(out, byPosition)
	return slices.Compact(out)
}

func (d *Document) find(severity Severity, rule string, at source.Place, format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.findings = append(d.findings, Finding{severity, rule, fmt.Sprintf(format, args...), at.Position(), at.Pointer})
}

// Server is one of the places where an API is offered (OpenAPI 3.1 §4.8.5).
type Server struct {
	URL         string // with its variables replaced by their defaults
	Description string
	BasePath    string // the path of URL without a slash at its end: "/v3", or ""
}

// Operation is one method of one path.
type Operation struct {
	ID          string // operationId, else "METHOD /path"
	Method      string // upper case
	Path        string // template, "/customers/{customer_id}"
	Summary     string
	Description string
	Tags        []string
	Deprecated  bool

	Parameters  []*Parameter // the path item's and the operation's, in that order
	RequestBody *RequestBody // nil where none is documented
	Responses   []*Response  // in the document's order
	Security    []Requirement
	BasePaths   []string // of the servers that offer it: "/v3", ""

	Position source.Position
	Pointer  string // "/paths/~1customers/post"

	doc  *Document
	once sync.Once
	item source.Place // its path item
	at   source.Place
}

// Document returns the document that the operation belongs to.
func (o *Operation) Document() *Document { return o.doc }

// Location is where a parameter travels (OpenAPI 3.1 §4.8.12.1).
type Location string

// The locations of parameters.
const (
	InPath   Location = "path"
	InQuery  Location = "query"
	InHeader Location = "header"
	InCookie Location = "cookie"
	// InQueryString is the whole query as one value (OpenAPI 3.2 §4.12.1).
	InQueryString Location = "querystring"
)

// Parameter is one parameter of an operation. A response's header is one too,
// with In InHeader.
type Parameter struct {
	Name            string
	In              Location
	Required        bool
	Deprecated      bool
	AllowEmptyValue bool
	AllowReserved   bool
	Style           string // never "": the default of In where none is given
	Explode         bool   // the default of Style where none is given
	Description     string

	Schema   *schema.Schema // nil where Content is used or nothing is said
	Content  *MediaType     // its one media type, where it has `content`
	Examples []Example      // `example` first

	Position source.Position
	Pointer  string

	slot codecSlot
}

// RequestBody is what an operation accepts.
type RequestBody struct {
	Required bool
	Content  []*MediaType // in the document's order
	Position source.Position
	Pointer  string
}

// MediaType is one representation of a body.
type MediaType struct {
	Range    string         // the key: "application/json", "text/*", "*/*", with parameters as written
	Schema   *schema.Schema // nil where nothing is said; of a sequence, that of its items as an array
	Examples []Example      // `example` first
	Encoding []Encoding
	// Of the parts of a multipart body that is a list: the first ones, and the
	// rest; nil where nothing is said (OpenAPI 3.2 §4.14.5.2).
	PrefixEncoding []Encoding
	ItemEncoding   *Encoding
	Position       source.Position
	Pointer        string

	slot shapeSlot
}

// Encoding is how one member of a form or multipart body is written (OpenAPI
// 3.1 §4.8.15).
type Encoding struct {
	Name          string // member
	ContentType   string // "" where none is given
	Style         string // "" where none is given
	Explode       bool   // where none is given, that of the style
	AllowReserved bool
	Headers       []*Parameter

	styled bool // one of style, explode and allowReserved is given
}

// exploded tells whether the members of an object stand beside those of the
// form, as they do in a query: by style form, which explode alone stands for.
func (e *Encoding) exploded() bool {
	return e != nil && e.styled && e.Explode && (e.Style == "" || e.Style == "form")
}

// Example is one example of the document.
type Example struct {
	Name    string // "" for `example`
	Summary string
	Value   schema.Value
	// Verbatim is set where the example is text that stands for itself
	// (an example of a media type that is no JSON, a serializedValue).
	Verbatim []byte
	Position source.Position

	written bool // as a body or parameter is: a serializedValue or externalValue
}

// Response is what an operation answers with one status.
type Response struct {
	Status      string // "200", "4XX" or "default"
	Description string
	Content     []*MediaType
	Headers     []*Parameter
	Links       []Link
	Position    source.Position
	Pointer     string
}

// Link is a way from one response to a further operation (OpenAPI 3.1 §4.8.20).
type Link struct {
	Name        string
	OperationID string            // of the target, also where it was given by operationRef
	Parameters  map[string]string // by name or "in.name": runtime expressions or constants
	RequestBody string            // a runtime expression, "" for none
}

// SecurityScheme is a way for clients to prove who they are.
type SecurityScheme struct {
	ID     string // its name under components, or the URI that it is used by
	Type   string // "http", "apiKey", "oauth2", "openIdConnect", "mutualTLS"
	Scheme string // of http, lower case: "bearer", "basic", "digest"
	In     Location
	Name   string // of apiKey

	at source.Place
}

// Requirement is a set of schemes that are demanded together. An operation
// lists alternatives; an empty Requirement lets everybody in.
type Requirement []SchemeUse

// SchemeUse is one scheme of a requirement. Scheme is nil where the document
// names one that it does not have.
type SchemeUse struct {
	ID     string
	Scheme *SecurityScheme
	Scopes []string
}
