package source

import "github.com/pb33f/go-yaml"

// Member is one name and value of a mapping.
type Member struct {
	Key   *yaml.Node
	Value *yaml.Node
}

// Name is the member's name as the author wrote it: 200, no and 2020-01-01 are
// names like any other.
func (m Member) Name() string { return m.Key.Value }

// Resolve follows aliases and document nodes to the node that holds the value;
// nil stays nil.
func Resolve(n *yaml.Node) *yaml.Node {
	for n != nil {
		switch {
		case n.Kind == yaml.AliasNode:
			n = n.Alias
		case n.Kind == yaml.DocumentNode && len(n.Content) > 0:
			n = n.Content[0]
		default:
			return n
		}
	}
	return nil
}

// Members lists the members of a mapping in their order, with merge keys (`<<`)
// resolved: what the mapping says itself wins over what it merges. A node that
// is no mapping has none.
func Members(n *yaml.Node) []Member {
	return members(Resolve(n), 0)
}

func members(n *yaml.Node, depth int) []Member {
	if n == nil || n.Kind != yaml.MappingNode || depth > maxDepth {
		return nil
	}
	out := make([]Member, 0, len(n.Content)/2)
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Value == "<<" && key.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) == 0 {
			merged = append(merged, value)
			continue
		}
		out = append(out, Member{Resolve(key), value})
	}
	for _, m := range merged {
		m = Resolve(m)
		if m == nil {
			continue
		}
		from := []*yaml.Node{m}
		if m.Kind == yaml.SequenceNode {
			from = m.Content
		}
		for _, source := range from {
			for _, inherited := range members(Resolve(source), depth+1) {
				if !has(out, inherited.Name()) {
					out = append(out, inherited)
				}
			}
		}
	}
	return out
}

func has(members []Member, name string) bool {
	for _, m := range members {
		if m.Name() == name {
			return true
		}
	}
	return false
}

// Get returns the value of a mapping's member, or nil.
func Get(n *yaml.Node, name string) *yaml.Node {
	n = Resolve(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return Resolve(n.Content[i+1])
		}
	}
	for _, m := range Members(n) {
		if m.Name() == name {
			return Resolve(m.Value)
		}
	}
	return nil
}

// Items lists the items of a sequence, resolved; a node that is none has none.
func Items(n *yaml.Node) []*yaml.Node {
	n = Resolve(n)
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	out := make([]*yaml.Node, len(n.Content))
	for i, item := range n.Content {
		out[i] = Resolve(item)
	}
	return out
}
