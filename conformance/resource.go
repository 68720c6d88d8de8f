package conformance

import (
	"net/http"
	"slices"
	"strings"

	"github.com/concord-api/concord/spec"
)

// resource is a kind of thing that a contract lets clients make: a POST to a
// collection, and what can be done with the thing made, as the contract's links
// and the shapes of its paths tell.
type resource struct {
	create *spec.Operation
	parent *resource // whose things its collection belongs to, nil for none

	// Operations of one thing, nil where the contract has none.
	read, remove *spec.Operation
	changes      []*spec.Operation // PUT and PATCH
	list         *spec.Operation   // GET of the collection

	// links are how the creation's answer leads to an operation, where the
	// contract says so (OpenAPI 3.1 §4.8.20).
	links map[*spec.Operation]spec.Link
}

// resources finds what can be made, in the order of the document.
func resources(doc *spec.Document) []*resource {
	var out []*resource
	byCollection := map[string]*resource{}
	for _, op := range doc.Operations() {
		if op.Method != http.MethodPost {
			continue
		}
		r := &resource{create: op, links: map[*spec.Operation]spec.Link{}}
		r.infer(doc)
		r.follow(doc)
		if r.read != nil || r.remove != nil {
			out = append(out, r)
			byCollection[trimSlash(op.Path)] = r
		}
	}
	for _, r := range out {
		collection := trimSlash(r.create.Path)
		if i := strings.LastIndex(collection, "/{"); i > 0 {
			r.parent = byCollection[collection[:i]]
		}
	}
	return out
}

func trimSlash(path string) string {
	if path == "/" {
		return path
	}
	return strings.TrimSuffix(path, "/")
}

// infer takes the operations whose paths are the collection's and one parameter
// more.
func (r *resource) infer(doc *spec.Document) {
	collection := trimSlash(r.create.Path)
	for _, op := range doc.Operations() {
		path := trimSlash(op.Path)
		if path == collection && op.Method == http.MethodGet {
			r.list = op
		}
		rest, below := strings.CutPrefix(path, collection+"/")
		if below && strings.HasPrefix(rest, "{") && strings.IndexByte(rest, '}') == len(rest)-1 {
			r.take(op)
		}
	}
}

// follow takes the operations that the links of a successful creation lead to.
func (r *resource) follow(doc *spec.Document) {
	for _, response := range r.create.Responses {
		if !strings.HasPrefix(response.Status, "2") {
			continue
		}
		for _, link := range response.Links {
			op := doc.Operation(link.OperationID)
			if op == nil || !strings.HasSuffix(trimSlash(op.Path), "}") {
				continue
			}
			r.links[op] = link
			r.take(op)
		}
	}
}

// take files an operation of one thing. The first of its kind stays.
func (r *resource) take(op *spec.Operation) {
	switch op.Method {
	case http.MethodGet:
		if r.read == nil {
			r.read = op
		}
	case http.MethodDelete:
		if r.remove == nil {
			r.remove = op
		}
	case http.MethodPut, http.MethodPatch:
		if !slices.Contains(r.changes, op) {
			r.changes = append(r.changes, op)
		}
	}
}

// param is the name of the path parameter that tells things apart.
func param(op *spec.Operation) string {
	path := trimSlash(op.Path)
	return strings.TrimSuffix(path[strings.LastIndexByte(path, '{')+1:], "}")
}

// singular is what one thing of the collection is called: "thing" of "/v1/things".
func (r *resource) singular() string {
	path := trimSlash(r.create.Path)
	name := path[strings.LastIndexByte(path, '/')+1:]
	switch {
	case strings.HasSuffix(name, "ies"):
		return strings.TrimSuffix(name, "ies") + "y"
	case strings.HasSuffix(name, "sses"), strings.HasSuffix(name, "xes"), strings.HasSuffix(name, "ches"):
		return strings.TrimSuffix(name, "es")
	}
	return strings.TrimSuffix(name, "s")
}
