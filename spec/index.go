package spec

import (
	"net/url"
	"slices"
	"sort"
	"strings"

	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// methods are the members of a path item that are operations (OpenAPI 3.2
// §4.9), in the order in which they are listed where the document has none.
var methods = []string{"get", "head", "post", "put", "patch", "delete", "options", "trace", "query"}

// index lists the operations of a document. What they hold is read at their
// first use, so that a large document is ready at once.
func (d *Document) index(root source.Place) {
	text := func(names ...string) string {
		n := root.Node
		for _, name := range names {
			n = source.Get(n, name)
		}
		if n == nil {
			return ""
		}
		return n.Value
	}
	d.OpenAPI, d.Title, d.Version = text("openapi"), text("info", "title"), text("info", "version")
	d.schemas = schema.NewReader(schemaVersion(d.OpenAPI), d.files)
	d.byID = map[string]*Operation{}
	d.Servers = d.servers(root)
	d.readSecuritySchemes(root)
	d.security = d.requirements(root)

	bases := map[string]bool{}
	d.indexPaths(root.Child("paths", source.Get(root.Node, "paths")), bases)
	for _, m := range source.Members(source.Get(root.Node, "webhooks")) {
		at := root.Child("webhooks", source.Get(root.Node, "webhooks")).Child(m.Name(), m.Value)
		d.indexItem(m.Name(), at, &d.webhooks, nil)
	}
	for base := range bases {
		if base != "" {
			d.router.bases = append(d.router.bases, base)
		}
	}
	sort.Slice(d.router.bases, func(i, j int) bool {
		a, b := d.router.bases[i], d.router.bases[j]
		return len(a) > len(b) || len(a) == len(b) && a < b
	})
}

func (d *Document) indexPaths(paths source.Place, bases map[string]bool) {
	if paths.Node != nil && paths.Node.Kind != yaml.MappingNode {
		d.find(Error, "paths", paths, "paths must be an object of path items")
		return
	}
	for _, m := range source.Members(paths.Node) {
		path := m.Name()
		at := paths.Child(path, m.Value)
		switch {
		case strings.HasPrefix(path, "x-"):
			continue
		case !strings.HasPrefix(path, "/"):
			d.find(Error, "path", at, "path %q must begin with a slash; its operations are left out", path)
			continue
		}
		d.indexItem(path, at, &d.operations, bases)
	}
}

// indexItem lists the operations of one path item.
func (d *Document) indexItem(path string, at source.Place, list *[]*Operation, bases map[string]bool) {
	item, ok := d.deref(at)
	if !ok {
		return
	}
	if item.Node == nil || item.Node.Kind != yaml.MappingNode {
		d.find(Error, "path-item", at, "path %q must be an object of operations; it is left out", path)
		return
	}
	add := func(method string, at source.Place) {
		if at.Node == nil || at.Node.Kind != yaml.MappingNode {
			d.find(Error, "operation", at, "operation %s %s must be an object; it is left out", method, path)
			return
		}
		op := &Operation{Method: method, Path: path, Position: at.Position(), Pointer: at.Pointer, doc: d, item: item, at: at}
		op.ID = d.name(op, at)
		*list = append(*list, op)
		if bases == nil {
			return
		}
		for _, s := range d.serversOf(op) {
			bases[s.BasePath] = true
			if !slices.Contains(op.BasePaths, s.BasePath) {
				op.BasePaths = append(op.BasePaths, s.BasePath)
			}
		}
		if other := d.router.add(op); other != nil {
			d.find(Warning, "path", at, "%s is never reached: its path matches the same requests as %s (line %d)", op.ID, other.ID, other.Position.Line)
		}
	}
	for _, m := range source.Members(item.Node) {
		if slices.Contains(methods, m.Name()) {
			add(strings.ToUpper(m.Name()), item.Child(m.Name(), m.Value))
		}
	}
	more := item.Child("additionalOperations", source.Get(item.Node, "additionalOperations"))
	for _, m := range source.Members(more.Node) {
		add(m.Name(), more.Child(m.Name(), m.Value))
	}
}

// name gives an operation its id: its operationId where no other has it.
func (d *Document) name(op *Operation, at source.Place) string {
	id := ""
	if n := source.Get(at.Node, "operationId"); n != nil && n.Kind == yaml.ScalarNode {
		id = n.Value
	}
	if id == "" {
		id = op.Method + " " + op.Path
	}
	if other := d.byID[id]; other != nil {
		d.find(Error, "operation-id", at, "operationId %q is also that of %s %s (line %d); this one is known as %q",
			id, other.Method, other.Path, other.Position.Line, op.Method+" "+op.Path)
		id = op.Method + " " + op.Path
	}
	d.byID[id] = op
	return id
}

// deref follows the $ref of a place that may have one. It reports one that
// leads nowhere, or to itself.
func (d *Document) deref(at source.Place) (source.Place, bool) {
	at.Node = source.Resolve(at.Node)
	for range 50 {
		ref := source.Get(at.Node, "$ref")
		if ref == nil || ref.Kind != yaml.ScalarNode {
			return at, true
		}
		next, err := d.files.Resolve(ref.Value, at.File)
		if err != nil {
			d.find(Error, "reference", at.Child("$ref", ref), "%v", err)
			return at, false
		}
		at = next
	}
	d.find(Error, "reference", at, "the reference leads to itself")
	return at, false
}

func (d *Document) servers(at source.Place) []Server {
	var out []Server
	list := at.Child("servers", source.Get(at.Node, "servers"))
	for _, n := range source.Items(list.Node) {
		u := source.Get(n, "url")
		if u == nil {
			continue
		}
		address := u.Value
		for _, v := range source.Members(source.Get(n, "variables")) {
			if def := source.Get(v.Value, "default"); def != nil {
				address = strings.ReplaceAll(address, "{"+v.Name()+"}", def.Value)
			}
		}
		s := Server{URL: address}
		if description := source.Get(n, "description"); description != nil {
			s.Description = description.Value
		}
		parsed, err := url.Parse(address)
		if err != nil {
			d.find(Warning, "server", list, "server url %q cannot be read: %v", address, err)
			continue
		}
		s.BasePath = strings.TrimRight(parsed.EscapedPath(), "/")
		if s.BasePath != "" && !strings.HasPrefix(s.BasePath, "/") {
			s.BasePath = "/" + s.BasePath
		}
		out = append(out, s)
	}
	return out
}

// serversOf lists the servers of an operation: its own, else its path item's,
// else the document's (OpenAPI 3.1 §4.8.10).
func (d *Document) serversOf(op *Operation) []Server {
	if s := d.servers(op.at); s != nil {
		return s
	}
	if s := d.servers(op.item); s != nil {
		return s
	}
	if d.Servers != nil {
		return d.Servers
	}
	return []Server{{URL: "/"}}
}
