package schema

import "sync"

// maxBreadth bounds how many schemas may apply to one value, each counted as
// often as it is reached. A validator visits them one by one; real contracts
// stay far below, and levels that refer to the next one twice double it.
const maxBreadth = 1 << 15

// breadths remembers how broad the schemas of a reader are.
type breadths struct {
	mu    sync.Mutex
	known map[*Schema]int
}

// tooBroad tells whether a schema is the whole of itself, by references and
// allOf, or applies more schemas to one value than can be visited. Nothing is
// held to such a schema; [Reader.Problems] lists it.
func (s *Schema) tooBroad() bool {
	b := &s.reader.breadths
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.of(s) > maxBreadth
}

func (b *breadths) of(s *Schema) int {
	if n, ok := b.known[s]; ok {
		return n
	}
	if b.known == nil {
		b.known = map[*Schema]int{}
	}
	if (s.Ref != nil || s.AllOf != nil) && s.circular() {
		b.known[s] = maxBreadth + 1
		return maxBreadth + 1
	}
	b.known[s] = 0 // reached from itself as one of several alternatives, it adds nothing
	n := 1
	for _, sub := range s.inPlace() {
		n = min(n+b.of(sub), maxBreadth+1)
	}
	b.known[s] = n
	return n
}

// circular tells whether a schema is reached from itself by references and
// allOf.
func (s *Schema) circular() bool {
	reached := map[*Schema]bool{}
	queue := []*Schema{s}
	for i := 0; i < len(queue); i++ {
		for _, sub := range append([]*Schema{queue[i].Ref}, queue[i].AllOf...) {
			if sub == s {
				return true
			}
			if sub != nil && !reached[sub] {
				reached[sub] = true
				queue = append(queue, sub)
			}
		}
	}
	return false
}

// inPlace lists the schemas that a schema applies to the same value.
func (s *Schema) inPlace() []*Schema {
	out := make([]*Schema, 0, 4)
	for _, sub := range []*Schema{s.Ref, s.Not, s.If, s.Then, s.Else} {
		if sub != nil {
			out = append(out, sub)
		}
	}
	for _, list := range [][]*Schema{s.AllOf, s.AnyOf, s.OneOf} {
		out = append(out, list...)
	}
	for _, p := range s.DependentSchemas {
		out = append(out, p.Schema)
	}
	return out
}

// broad lists the schemas at which breadth gets out of hand: those that are too
// broad while nothing that they apply is.
func (r *Reader) broad() []Problem {
	var out []Problem
	for _, s := range r.byID {
		if s.Position.Line == 0 || !s.tooBroad() {
			continue
		}
		first := true
		for _, sub := range s.inPlace() {
			first = first && !sub.tooBroad()
		}
		switch {
		case s.circular():
			out = append(out, Problem{s.Position, s.Pointer, "the schema refers to itself before it says anything of a value; nothing is held to it"})
		case first:
			out = append(out, Problem{s.Position, s.Pointer, "the schema applies too many schemas to one value, each level the next one several times; nothing is held to it"})
		}
	}
	return out
}
