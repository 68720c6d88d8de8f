package spec

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec/source"
)

// read fills an operation from the document, once.
func (o *Operation) read() { o.once.Do(o.readAll) }

func (o *Operation) readAll() {
	r := reader{o.doc}
	o.Summary, o.Description = r.text(o.at, "summary"), r.text(o.at, "description")
	o.Deprecated = r.flag(o.at, "deprecated", false)
	for _, n := range source.Items(source.Get(o.at.Node, "tags")) {
		if n != nil {
			o.Tags = append(o.Tags, n.Value)
		}
	}
	o.Parameters = r.parameters(o.item, nil)
	o.Parameters = r.parameters(o.at, o.Parameters)
	o.checkPathParameters(r)
	o.checkQueryString(r)
	if n := source.Get(o.at.Node, "requestBody"); n != nil {
		o.RequestBody = r.requestBody(o.at.Child("requestBody", n))
	}
	o.Responses = r.responses(o.at.Child("responses", source.Get(o.at.Node, "responses")))
	if o.Security = o.doc.requirements(o.at); o.Security == nil {
		o.Security = o.doc.security
	}
}

// checkPathParameters gives every parameter of the template a Parameter, and
// reports those that the document forgets or invents.
func (o *Operation) checkPathParameters(r reader) {
	_, names := parseSegment(o.Path)
	for _, name := range names {
		if o.parameter(InPath, name) == nil {
			r.doc.find(Warning, "path-parameter", o.at, "%s: path parameter %q is not described; any value is accepted", o.ID, name)
			o.Parameters = append(o.Parameters, &Parameter{Name: name, In: InPath, Required: true, Style: "simple", Position: o.Position, Pointer: o.Pointer})
		}
	}
	kept := o.Parameters[:0:0]
	for _, p := range o.Parameters {
		if p.In == InPath && !strings.Contains(o.Path, "{"+p.Name+"}") && strings.HasPrefix(o.Path, "/") {
			r.doc.find(Warning, "path-parameter", o.at, "%s: path parameter %q is not in the path %s; it is ignored", o.ID, p.Name, o.Path)
			continue
		}
		kept = append(kept, p)
	}
	o.Parameters = kept
}

// checkQueryString leaves out a parameter that is the whole query where others
// are part of it, or a second one: only one of them can be meant (OpenAPI 3.2
// §4.12.1).
func (o *Operation) checkQueryString(r reader) {
	parts := slices.ContainsFunc(o.Parameters, func(p *Parameter) bool { return p.In == InQuery })
	kept := o.Parameters[:0:0]
	for _, p := range o.Parameters {
		if p.In == InQueryString {
			if parts {
				r.doc.find(Warning, "querystring", o.at, "%s: parameter %q is the whole query, but others are in the query, too; it is ignored", o.ID, p.Name)
				continue
			}
			parts = true
		}
		kept = append(kept, p)
	}
	o.Parameters = kept
}

func (o *Operation) parameter(in Location, name string) *Parameter {
	for _, p := range o.Parameters {
		if p.In == in && (p.Name == name || in == InHeader && strings.EqualFold(p.Name, name)) {
			return p
		}
	}
	return nil
}

// Parameter returns the parameter with a name at a location, or nil. Names of
// headers are compared without regard to case.
func (o *Operation) Parameter(in Location, name string) *Parameter { return o.parameter(in, name) }

// Response returns what is documented for a status: by the status itself, else
// by its class ("4XX"), else by "default"; nil where there is none.
func (o *Operation) Response(status int) *Response {
	exact, class := strconv.Itoa(status), strconv.Itoa(status/100)+"XX"
	var byClass, byDefault *Response
	for _, r := range o.Responses {
		switch r.Status {
		case exact:
			return r
		case class:
			byClass = r
		case "default":
			byDefault = r
		}
	}
	if byClass != nil {
		return byClass
	}
	return byDefault
}

// reader reads the parts of operations.
type reader struct{ doc *Document }

func (r reader) text(at source.Place, name string) string {
	if n := source.Get(at.Node, name); n != nil && n.Kind == yaml.ScalarNode {
		return n.Value
	}
	return ""
}

func (r reader) flag(at source.Place, name string, otherwise bool) bool {
	n := source.Get(at.Node, name)
	if n == nil || source.ScalarKind(n) != source.Boolean {
		return otherwise
	}
	return strings.EqualFold(n.Value, "true")
}

// parameters adds the parameters of a path item or operation to a list, each in
// place of an earlier one of its name and location.
func (r reader) parameters(at source.Place, list []*Parameter) []*Parameter {
	n := source.Get(at.Node, "parameters")
	if n == nil {
		return list
	}
	place := at.Child("parameters", n)
	if n.Kind != yaml.SequenceNode {
		r.doc.find(Error, "parameters", place, "parameters must be an array; they are left out")
		return list
	}
	for i, item := range n.Content {
		at, ok := r.doc.deref(place.Child(strconv.Itoa(i), item))
		if !ok {
			continue
		}
		p := r.parameter(at, Location(r.text(at, "in")), r.text(at, "name"))
		switch p.In {
		case InPath, InQuery, InHeader, InCookie, InQueryString:
		default:
			r.doc.find(Error, "parameter", at, "parameter %q is in %q, which must be path, query, header or cookie; it is left out", p.Name, p.In)
			continue
		}
		replaced := false
		for i, known := range list {
			if known.In == p.In && known.Name == p.Name {
				list[i], replaced = p, true
			}
		}
		if !replaced {
			list = append(list, p)
		}
	}
	return list
}

// parameter reads a parameter, or a header by the same members.
func (r reader) parameter(at source.Place, in Location, name string) *Parameter {
	p := &Parameter{
		Name: name, In: in, Position: at.Position(), Pointer: at.Pointer,
		Required:        r.flag(at, "required", false) || in == InPath,
		Deprecated:      r.flag(at, "deprecated", false),
		AllowEmptyValue: r.flag(at, "allowEmptyValue", false),
		AllowReserved:   r.flag(at, "allowReserved", false),
		Style:           r.text(at, "style"),
		Description:     r.text(at, "description"),
	}
	if p.Style == "" {
		p.Style = "simple"
		if in == InQuery || in == InCookie {
			p.Style = "form"
		}
	}
	p.Explode = r.flag(at, "explode", p.Style == "form")
	if n := source.Get(at.Node, "schema"); n != nil {
		p.Schema = r.doc.schemas.Read(at.Child("schema", n))
	}
	if content := at.Child("content", source.Get(at.Node, "content")); content.Node != nil {
		if list := r.content(content); len(list) > 0 {
			p.Content = list[0]
		}
	}
	p.Examples = r.examples(at, p.Schema, true)
	p.readWritten()
	return p
}

func (r reader) requestBody(at source.Place) *RequestBody {
	at, ok := r.doc.deref(at)
	if !ok {
		return nil
	}
	return &RequestBody{
		Required: r.flag(at, "required", false),
		Content:  r.content(at.Child("content", source.Get(at.Node, "content"))),
		Position: at.Position(), Pointer: at.Pointer,
	}
}

func (r reader) content(at source.Place) []*MediaType {
	var out []*MediaType
	for _, m := range source.Members(at.Node) {
		place, ok := r.doc.deref(at.Child(m.Name(), m.Value))
		if !ok {
			continue
		}
		mt := &MediaType{Range: m.Name(), Position: place.Position(), Pointer: place.Pointer}
		if n := source.Get(place.Node, "schema"); n != nil {
			mt.Schema = r.doc.schemas.Read(place.Child("schema", n))
		}
		mt.Schema = r.sequenceSchema(place, mt)
		mt.Examples = r.examples(place, mt.Schema, mt.IsJSON())
		encoding := place.Child("encoding", source.Get(place.Node, "encoding"))
		for _, e := range source.Members(encoding.Node) {
			mt.Encoding = append(mt.Encoding, r.encoding(e.Name(), encoding.Child(e.Name(), e.Value)))
		}
		prefix := place.Child("prefixEncoding", source.Get(place.Node, "prefixEncoding"))
		for i, n := range source.Items(prefix.Node) {
			mt.PrefixEncoding = append(mt.PrefixEncoding, r.encoding("", prefix.Child(strconv.Itoa(i), n)))
		}
		if n := source.Get(place.Node, "itemEncoding"); n != nil {
			e := r.encoding("", place.Child("itemEncoding", n))
			mt.ItemEncoding = &e
		}
		mt.readWritten()
		out = append(out, mt)
	}
	return out
}

func (r reader) encoding(name string, at source.Place) Encoding {
	e := Encoding{
		Name: name, ContentType: r.text(at, "contentType"), Style: r.text(at, "style"),
		AllowReserved: r.flag(at, "allowReserved", false), Headers: r.headers(at),
	}
	e.Explode = r.flag(at, "explode", e.Style == "" || e.Style == "form")
	for _, name := range []string{"style", "explode", "allowReserved"} {
		e.styled = e.styled || source.Get(at.Node, name) != nil
	}
	return e
}

func (r reader) headers(at source.Place) []*Parameter {
	list := at.Child("headers", source.Get(at.Node, "headers"))
	var out []*Parameter
	for _, m := range source.Members(list.Node) {
		if strings.EqualFold(m.Name(), "Content-Type") {
			continue // OpenAPI 3.1 §4.8.17: ignored
		}
		if place, ok := r.doc.deref(list.Child(m.Name(), m.Value)); ok {
			out = append(out, r.parameter(place, InHeader, m.Name()))
		}
	}
	return out
}

func (r reader) responses(at source.Place) []*Response {
	if at.Node != nil && at.Node.Kind != yaml.MappingNode {
		r.doc.find(Error, "responses", at, "responses must be an object; they are left out")
		return nil
	}
	var out []*Response
	for _, m := range source.Members(at.Node) {
		status := strings.ToUpper(m.Name())
		switch {
		case strings.HasPrefix(m.Name(), "x-"):
			continue
		case m.Name() == "default":
			status = "default"
		case !validStatus(status):
			r.doc.find(Error, "response", at.Child(m.Name(), m.Key), "%q is no status: 200, 2XX or default are; the response is left out", m.Name())
			continue
		}
		place, ok := r.doc.deref(at.Child(m.Name(), m.Value))
		if !ok {
			place = at.Child(m.Name(), nil) // documented, even though nobody can say how
			place.Node = source.Resolve(m.Key)
		}
		out = append(out, &Response{
			Status: status, Description: r.text(place, "description"),
			Content: r.content(place.Child("content", source.Get(place.Node, "content"))),
			Headers: r.headers(place), Links: r.links(place),
			Position: place.Position(), Pointer: place.Pointer,
		})
	}
	return out
}

func validStatus(s string) bool {
	if len(s) != 3 || s[0] < '1' || s[0] > '5' {
		return false
	}
	_, err := strconv.Atoi(s)
	return err == nil || s[1:] == "XX"
}

func (r reader) links(at source.Place) []Link {
	list := at.Child("links", source.Get(at.Node, "links"))
	var out []Link
	for _, m := range source.Members(list.Node) {
		place, ok := r.doc.deref(list.Child(m.Name(), m.Value))
		if !ok {
			continue
		}
		l := Link{Name: m.Name(), OperationID: r.text(place, "operationId"), RequestBody: r.text(place, "requestBody")}
		if ref := r.text(place, "operationRef"); l.OperationID == "" && ref != "" {
			l.OperationID = r.doc.byRef(ref)
		}
		if r.doc.byID[l.OperationID] == nil {
			r.doc.find(Warning, "link", place, "link %q leads to no operation of this document", l.Name)
			continue
		}
		for _, p := range source.Members(source.Get(place.Node, "parameters")) {
			if l.Parameters == nil {
				l.Parameters = map[string]string{}
			}
			if v := source.Resolve(p.Value); v != nil {
				l.Parameters[p.Name()] = v.Value
			}
		}
		out = append(out, l)
	}
	return out
}

// byRef returns the id of the operation that an operationRef of this document
// names, or "".
func (d *Document) byRef(ref string) string {
	for _, op := range d.operations {
		if "#"+op.Pointer == ref {
			return op.ID
		}
	}
	return ""
}

// Success returns the response that an operation answers with where nobody
// asks for another: the lowest documented 2xx, else "2XX", else "default", else
// the lowest of all; and the status that it is sent with.
func (o *Operation) Success() (*Response, int) {
	var best *Response
	rank := func(r *Response) int {
		switch {
		case r.Status == "default":
			return 300
		case r.Status[1:] == "XX":
			if r.Status[0] == '2' {
				return 299
			}
			return 1000 + int(r.Status[0]-'0')*100 + 99
		}
		n, _ := strconv.Atoi(r.Status)
		if n/100 == 2 {
			return n
		}
		return 1000 + n
	}
	for _, r := range o.Responses {
		if best == nil || rank(r) < rank(best) {
			best = r
		}
	}
	if best == nil {
		return nil, 0
	}
	return best, best.Code()
}

// Code returns the status that a response is sent with: its own, the first of
// its class, and 200 for "default".
func (r *Response) Code() int {
	if n, err := strconv.Atoi(r.Status); err == nil {
		return n
	}
	if r.Status == "default" {
		return http.StatusOK
	}
	return int(r.Status[0]-'0') * 100
}
