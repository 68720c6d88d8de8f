package spec

import (
	"strconv"
	"strings"

	"github.com/concord-api/concord/spec/schema"
)

// mostDepth bounds how deep values from outside may nest.
const mostDepth = 64

// tree is a value in style deepObject: a[b]=1 gives a member b. The standard
// says this for objects of scalars; common tools go on in the same way, and
// write arrays as a[]=1, a[0]=1 or a=1&a=2.
type tree struct {
	name   string
	values []string // decoded
	nodes  []*tree
	index  map[string]*tree
}

func (t *tree) child(name string) *tree {
	if c, ok := t.index[name]; ok {
		return c
	}
	c := &tree{name: name}
	if t.index == nil {
		t.index = map[string]*tree{}
	}
	t.index[name] = c
	t.nodes = append(t.nodes, c)
	return c
}

// tree collects the pairs of one name; nil where there is none.
func (q *query) tree(name string) (*tree, error) {
	var root *tree
	for _, pair := range q.pairs {
		rest, ok := strings.CutPrefix(pair.name, name)
		if pair.bad || !ok || rest != "" && (rest[0] != '[' || rest[len(rest)-1] != ']') {
			continue
		}
		if root == nil {
			root = &tree{}
		}
		at := root
		if rest != "" {
			keys := strings.Split(rest[1:len(rest)-1], "][")
			if len(keys) > mostDepth {
				return nil, syntaxf("nests deeper than %d levels", mostDepth)
			}
			for _, key := range keys {
				at = at.child(key)
			}
		}
		value, err := q.escaping.decode(pair.value)
		if err != nil {
			return nil, err
		}
		at.values = append(at.values, value)
	}
	return root, nil
}

// listed tells whether all members are items: named by nothing or by numbers.
func (t *tree) listed() bool {
	for _, n := range t.nodes {
		if _, err := strconv.ParseUint(n.name, 10, 31); n.name != "" && err != nil {
			return false
		}
	}
	return len(t.nodes) > 0
}

// items lists the items of an array: those of a[] or the repeated a first, then
// the numbered ones in their order.
func (t *tree) items() []*tree {
	var out []*tree
	for _, v := range t.values {
		out = append(out, &tree{values: []string{v}})
	}
	numbered := map[int]*tree{}
	most := -1
	for _, n := range t.nodes {
		if n.name == "" {
			for _, v := range n.values {
				out = append(out, &tree{values: []string{v}})
			}
			if n.nodes != nil {
				out = append(out, &tree{nodes: n.nodes, index: n.index})
			}
			continue
		}
		i, _ := strconv.Atoi(n.name)
		numbered[i] = n
		most = max(most, i)
	}
	if most < 2*len(numbered)+1000 {
		for i := range most + 1 {
			if n := numbered[i]; n != nil {
				out = append(out, n)
			}
		}
		return out
	}
	for _, n := range t.nodes { // numbers far apart: as they came
		if n.name != "" {
			out = append(out, n)
		}
	}
	return out
}

// readTree reads a value in style deepObject.
func (s *shape) readTree(t *tree) (schema.Value, error) {
	v, err := s.readTreeOnce(t)
	if err != nil || len(s.roots) != 1 || len(t.nodes) == 0 || len(s.alternatives()) == 0 || s.accepts(v) {
		return v, err
	}
	for _, branch := range s.alternatives() {
		if w, err := branch.readTreeOnce(t); err == nil && s.accepts(w) {
			return w, nil
		}
	}
	return v, nil
}

func (s *shape) readTreeOnce(t *tree) (schema.Value, error) {
	switch {
	case s.types.Has(schema.TypeArray) && (t.listed() || len(t.nodes) == 0 && (len(t.values) > 1 || !s.scalar())):
		return s.treeArray(t)
	case len(t.nodes) > 0 && len(t.values) > 0:
		return nil, syntaxf("is given both as one value and with members")
	case len(t.nodes) > 0:
		return s.treeObject(t)
	case len(t.values) > 1:
		return nil, syntaxf("is given %d times where one value is needed", len(t.values))
	}
	scalar := func() (schema.Value, error) { return s.appendScalar(nil, t.values[0]) }
	if s.types.Has(schema.TypeArray) { // of one item, or null, or another scalar
		return s.choose([]way{scalar, func() (schema.Value, error) { return s.array(t.values) }})
	}
	return scalar()
}

func (s *shape) treeArray(t *tree) (schema.Value, error) {
	v := schema.Value{'['}
	items := t.items()
	if len(items) == 1 && len(items[0].values) == 1 && items[0].values[0] == "" && !s.item(0).scalar() {
		items = nil
	}
	for i, item := range items {
		if i > 0 {
			v = append(v, ',')
		}
		one, err := s.item(i).readTree(item)
		if err != nil {
			return nil, err
		}
		v = append(v, one...)
	}
	return append(v, ']'), nil
}

func (s *shape) treeObject(t *tree) (schema.Value, error) {
	v := schema.Value{'{'}
	for i, n := range t.nodes {
		if i > 0 {
			v = append(v, ',')
		}
		var err error
		if v, err = appendText(v, n.name); err != nil {
			return nil, err
		}
		one, err := s.member(n.name).readTree(n)
		if err != nil {
			return nil, err
		}
		v = append(append(v, ':'), one...)
	}
	return append(v, '}'), nil
}
