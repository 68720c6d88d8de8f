package spec

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
)

// ErrNoPath says that no path of the document matches.
var ErrNoPath = errors.New("no path of the contract matches")

// MethodError says that a path is documented, but not with the method.
type MethodError struct {
	Path    string   // template
	Allowed []string // documented methods, with HEAD where GET is and OPTIONS

	operations []*Operation
}

// Operations lists what the path has, in the document's order.
func (e *MethodError) Operations() []*Operation {
	for _, op := range e.operations {
		op.read()
	}
	return e.operations
}

// Error implements error.
func (e *MethodError) Error() string {
	return "method is not documented for " + e.Path + ", which has " + strings.Join(e.Allowed, ", ")
}

// Match is an operation and the path parameters that a request gives it.
type Match struct {
	Operation *Operation
	Params    Params
	BasePath  string // the prefix of a server that the request's path had
}

// Match finds the operation of a request by its method and its path as it came
// ([url.URL.EscapedPath]), with or without the path of a server in front.
// Concrete segments beat templated ones (OpenAPI 3.1 §4.8.8.2); a GET operation
// answers HEAD where HEAD has none of its own. The error is [ErrNoPath] or a
// [*MethodError].
func (d *Document) Match(method, path string) (Match, error) {
	return d.MatchRequest(method, path, "", nil)
}

// MatchRequest is Match for documents that tell operations of one path apart by
// more than the path: a key such as "/?Action=Delete" or "/#Action=Delete" is
// the operation of "/" whose raw query, or header, has that value.
func (d *Document) MatchRequest(method, path, query string, header http.Header) (Match, error) {
	w := walk{method: method, query: query, header: header}
	m, err := d.router.match(&w, path)
	if err == nil {
		m.Operation.read()
		return m, nil
	}
	for _, base := range d.router.bases {
		if rest, ok := strings.CutPrefix(path, base); ok && (rest == "" || rest[0] == '/') {
			if rest == "" {
				rest = "/"
			}
			w := walk{method: method, query: query, header: header}
			m, prefixed := d.router.match(&w, rest)
			if prefixed == nil {
				m.Operation.read()
				m.BasePath = base
				return m, nil
			}
			if prefixed != ErrNoPath {
				err = prefixed
			}
		}
	}
	return Match{}, err
}

// router is a tree of path segments.
type router struct {
	root  node
	bases []string // longest first
}

type node struct {
	literals map[string]*node
	patterns []patternNode // segments that mix text and parameters, or hold one parameter
	routes   []route       // operations whose path ends here
	template string        // their path
}

// patternNode is a templated segment: texts[0] {p} texts[1] {p} … texts[n].
type patternNode struct {
	texts []string
	next  *node
}

type route struct {
	operation *Operation
	names     []string
	marks     []mark // what else a request must have
}

// add gives an operation its place in the tree. It returns the operation that
// already answers all its requests, nil where there is none.
func (r *router) add(op *Operation) (hidden *Operation) {
	path, marks := splitMarks(op.Path)
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	at := &r.root
	var names []string
	for _, segment := range segments {
		texts, params := parseSegment(segment)
		names = append(names, params...)
		if len(params) == 0 {
			segment = decodeSegment(segment)
			if at.literals == nil {
				at.literals = map[string]*node{}
			}
			if at.literals[segment] == nil {
				at.literals[segment] = &node{}
			}
			at = at.literals[segment]
			continue
		}
		i := slices.IndexFunc(at.patterns, func(p patternNode) bool { return slices.Equal(p.texts, texts) })
		if i < 0 {
			at.patterns = append(at.patterns, patternNode{texts, &node{}})
			sort.SliceStable(at.patterns, func(a, b int) bool {
				return len(strings.Join(at.patterns[a].texts, "")) > len(strings.Join(at.patterns[b].texts, ""))
			})
			i = slices.IndexFunc(at.patterns, func(p patternNode) bool { return slices.Equal(p.texts, texts) })
		}
		at = at.patterns[i].next
	}
	if at.template == "" {
		at.template = path
	}
	for _, other := range at.routes {
		if other.operation.Method == op.Method && slices.Equal(other.marks, marks) {
			hidden = other.operation
		}
	}
	at.routes = append(at.routes, route{op, names, marks})
	// The end of a walk takes the first that fits: the most particular.
	sort.SliceStable(at.routes, func(a, b int) bool { return len(at.routes[a].marks) > len(at.routes[b].marks) })
	return hidden
}

// parseSegment splits a segment of a template into its texts and parameters.
func parseSegment(segment string) (texts, params []string) {
	for {
		start := strings.IndexByte(segment, '{')
		end := strings.IndexByte(segment, '}')
		if start < 0 || end < start {
			return append(texts, segment), params
		}
		texts = append(texts, segment[:start])
		params = append(params, segment[start+1:end])
		segment = segment[end+1:]
	}
}

func decodeSegment(segment string) string {
	if strings.IndexByte(segment, '%') < 0 {
		return segment
	}
	if s, err := url.PathUnescape(segment); err == nil {
		return s
	}
	return segment
}

// walk is one search of the tree.
type walk struct {
	method string
	query  string
	header http.Header
	values values
	missed []*node // what the path leads to, but not the method
}

func (r *router) match(w *walk, path string) (Match, error) {
	if found := w.visit(&r.root, strings.TrimPrefix(path, "/"), false); found != nil {
		return Match{Operation: found.operation, Params: w.values.params(found.names)}, nil
	}
	if w.missed != nil {
		return Match{}, &MethodError{Path: w.missed[0].template, Allowed: allowed(w.missed), operations: operationsAt(w.missed)}
	}
	return Match{}, ErrNoPath
}

// visit returns the route that the rest of a path leads to from a node, nil for
// none.
func (w *walk) visit(at *node, rest string, ended bool) *route {
	if ended {
		return w.end(at)
	}
	segment, after, more := strings.Cut(rest, "/")
	if next := at.literals[decodeSegment(segment)]; next != nil {
		if found := w.visit(next, after, !more); found != nil {
			return found
		}
	}
	for i := range at.patterns {
		p := &at.patterns[i]
		depth := w.values.n
		if p.take(&w.values, segment) {
			if found := w.visit(p.next, after, !more); found != nil {
				return found
			}
		}
		w.values.n = depth
	}
	return nil
}

// take matches a segment and pushes the values of its parameters. None is
// empty; where the texts between them can be found in several places, the last
// ones count, so that {name}.{ext} ends at the last dot.
func (p *patternNode) take(v *values, segment string) bool {
	rest, ok := strings.CutPrefix(segment, p.texts[0])
	if !ok {
		return false
	}
	last := len(p.texts) - 1
	if rest, ok = strings.CutSuffix(rest, p.texts[last]); !ok || rest == "" {
		return false
	}
	first := v.n
	for range last {
		v.push("")
	}
	for i := last - 1; i > 0; i-- {
		at := strings.LastIndex(rest[:len(rest)-1], p.texts[i])
		if at <= 0 {
			return false
		}
		v.set(first+i, rest[at+len(p.texts[i]):])
		rest = rest[:at]
	}
	v.set(first, rest)
	return true
}

func (w *walk) end(at *node) *route {
	if len(at.routes) == 0 {
		return nil
	}
	if found := w.among(at.routes, w.method); found != nil {
		return found
	}
	if w.method == http.MethodHead {
		if found := w.among(at.routes, http.MethodGet); found != nil {
			return found
		}
	}
	w.missed = append(w.missed, at)
	return nil
}

// among returns the route of a method whose marks the request has; where it has
// those of none, the last that is asked for so little.
func (w *walk) among(routes []route, method string) (found *route) {
	for i := range routes {
		r := &routes[i]
		if r.operation.Method != method {
			continue
		}
		if r.marked(w.query, w.header) {
			return r
		}
		if found == nil {
			found = r
		}
	}
	return found
}

// allowed lists the methods of nodes for the Allow header (RFC 9110 §10.2.1).
func allowed(nodes []*node) []string {
	var out []string
	add := func(m string) {
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	for _, n := range nodes {
		for _, r := range n.routes {
			add(r.operation.Method)
			if r.operation.Method == http.MethodGet {
				add(http.MethodHead)
			}
		}
	}
	add(http.MethodOptions)
	return out
}

// Allowed lists the methods that a path has, with HEAD where GET is and
// OPTIONS, which is answered for every path; nil where there is no such path.
func (d *Document) Allowed(path string) []string {
	_, err := d.Match("", path)
	var wrong *MethodError
	if errors.As(err, &wrong) {
		return wrong.Allowed
	}
	return nil
}
