package spec

import (
	"slices"
	"strings"
)

// Nearest lists the operations of the longest documented path that a path begins
// with, in the document's order: as near as a contract comes to saying how it
// answers for a path that it does not have. There may be none.
func (d *Document) Nearest(path string) []*Operation {
	nodes, depth := d.router.deepest(path)
	for _, base := range d.router.bases {
		if rest, ok := strings.CutPrefix(path, base); ok && (rest == "" || rest[0] == '/') {
			if below, n := d.router.deepest(rest); n > depth {
				nodes, depth = below, n
			}
		}
	}
	found := operationsAt(nodes)
	for _, op := range found {
		op.read()
	}
	return found
}

// deepest follows a path as far as the tree has it. It returns the last nodes on
// the way that are the ends of documented paths, and how deep they lie.
func (r *router) deepest(path string) (ends []*node, depth int) {
	at, n := []*node{&r.root}, 0
	for segment := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		var next []*node
		for _, n := range at {
			if literal := n.literals[decodeSegment(segment)]; literal != nil {
				next = append(next, literal)
			}
			for i := range n.patterns {
				if n.patterns[i].take(new(values), segment) {
					next = append(next, n.patterns[i].next)
				}
			}
		}
		at, n = next, n+1
		if slices.ContainsFunc(at, func(n *node) bool { return len(n.routes) > 0 }) {
			ends, depth = at, n
		}
	}
	return ends, depth
}

// operationsAt lists the operations of nodes in the document's order.
func operationsAt(nodes []*node) []*Operation {
	var out []*Operation
	for _, n := range nodes {
		for _, r := range n.routes {
			out = append(out, r.operation)
		}
	}
	slices.SortStableFunc(out, inOrder)
	return out
}

// inOrder orders operations as the document has them.
func inOrder(a, b *Operation) int {
	switch {
	case a.Position.Before(b.Position):
		return -1
	case b.Position.Before(a.Position):
		return 1
	}
	return 0
}
