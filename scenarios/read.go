package scenarios

import (
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"cel.dev/cel-go/cel"
	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// reader reads one file of a script. What it cannot read is a finding and is
// left out, so that one reading tells of all faults.
type reader struct {
	*findings
	file     *source.File
	programs *programs
	budget   *atomic.Int64 // of nodes, against aliases that multiply
}

// into is the reader with findings of its own: several may read a file at once.
func (r *reader) into(fs *findings) *reader {
	return &reader{findings: fs, file: r.file, programs: r.programs, budget: r.budget}
}

// newReader reads a file from its beginning.
func newReader(fs *findings, file *source.File, programs *programs) *reader {
	r := &reader{findings: fs, file: file, programs: programs, budget: new(atomic.Int64)}
	r.budget.Store(maxNodes)
	return r
}

// programs are the expressions that were compiled before.
type programs struct {
	mu    sync.Mutex
	byKey map[programKey]*program
}

func (ps *programs) known(key programKey) *program {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.byKey[key]
}

func (ps *programs) keep(key programKey, p *program) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.byKey == nil {
		ps.byKey = map[programKey]*program{}
	}
	ps.byKey[key] = p
}

// programKey is an expression in a language.
type programKey struct {
	env  *cel.Env
	text string
}

// compile reads an expression, each in each language once.
func (r *reader) compile(env *cel.Env, text string, at source.Position) (*program, error) {
	key := programKey{env, text}
	if known := r.programs.known(key); known != nil {
		again := *known
		again.at = at
		return &again, nil
	}
	p, err := compile(env, text, at)
	if err == nil {
		r.programs.keep(key, p)
	}
	return p, err
}

const (
	maxNodes = 1 << 18 // nodes of one file, aliases counted each time
	maxDepth = 100     // levels of nesting
)

func (r *reader) at(n *yaml.Node) source.Position { return r.file.Position(n) }

func (r *reader) fault(n *yaml.Node, rule, format string, args ...any) {
	r.errorf(r.at(n), rule, format, args...)
}

// field is one key of an object of the format and what reads its value.
type field struct {
	name string
	read func(*yaml.Node)
}

// object reads a mapping by its fields. what names it in messages: "a response".
func (r *reader) object(n *yaml.Node, what string, fields []field) bool {
	members, ok := r.members(n, what)
	if !ok {
		return false
	}
	for _, m := range members {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == m.Name() })
		if i < 0 {
			names := make([]string, len(fields))
			for i, f := range fields {
				names[i] = f.name
			}
			hint := didYouMean(m.Name(), names)
			if hint == "" {
				hint = " (it has: " + quoted(names) + ")"
			}
			r.fault(m.Key, ruleUnknown, "%q is no key of %s%s", m.Name(), what, hint)
			continue
		}
		fields[i].read(source.Resolve(m.Value))
	}
	return true
}

// members lists the members of a mapping, each name once.
func (r *reader) members(n *yaml.Node, what string) ([]source.Member, bool) {
	if n == nil || n.Kind != yaml.MappingNode {
		r.fault(n, ruleSyntax, "%s must be a mapping, not %s", what, kindOf(n))
		return nil, false
	}
	if !r.spend(n, len(n.Content)/2) {
		return nil, false
	}
	r.duplicates(n, what)
	return source.Members(n), true
}

// duplicates reports names that a mapping has twice.
func (r *reader) duplicates(n *yaml.Node, what string) {
	first := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := source.Resolve(n.Content[i])
		if key == nil {
			continue
		}
		if before := first[key.Value]; before != nil && key.Value != "<<" {
			r.fault(key, ruleDuplicate, "%q is given twice in %s, first at line %d", key.Value, what, before.Line)
		}
		first[key.Value] = key
	}
}

// spend counts nodes, and says once where there are too many.
func (r *reader) spend(n *yaml.Node, nodes int) bool {
	left := r.budget.Add(-int64(nodes) - 1)
	if left < 0 && left+int64(nodes)+1 >= 0 {
		r.fault(n, ruleSyntax, "the file has more than %d values, aliases counted each time", maxNodes)
	}
	return left >= 0
}

// list calls read for each item of a sequence. One value that is no sequence
// stands for a list of itself where single allows it.
func (r *reader) list(n *yaml.Node, what string, read func(*yaml.Node)) {
	if n == nil || n.Kind != yaml.SequenceNode {
		r.fault(n, ruleSyntax, "%s must be a list, not %s", what, kindOf(n))
		return
	}
	if !r.spend(n, len(n.Content)) {
		return
	}
	for _, item := range n.Content {
		read(source.Resolve(item))
	}
}

// text reads a scalar as text: 200, no and 2026-03-01 are what is written.
func (r *reader) text(into *string, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n == nil || n.Kind != yaml.ScalarNode || source.ScalarKind(n) == source.Null {
			r.fault(n, ruleSyntax, "%s must be text, not %s", what, kindOf(n))
			return
		}
		*into = n.Value
	}
}

// texts reads a list of texts.
func (r *reader) texts(into *[]string, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		r.list(n, what, func(item *yaml.Node) {
			var s string
			r.text(&s, "an item of "+what)(item)
			if s != "" {
				*into = append(*into, s)
			}
		})
	}
}

// integer reads a whole number from least on.
func (r *reader) integer(into *int, what string, least int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n == nil || n.Kind != yaml.ScalarNode || source.ScalarKind(n) != source.Number {
			r.fault(n, ruleSyntax, "%s must be a whole number, not %s", what, kindOf(n))
			return
		}
		i, err := strconv.Atoi(n.Value)
		if err != nil || i < least {
			r.fault(n, ruleSyntax, "%s must be a whole number from %d, not %s", what, least, n.Value)
			return
		}
		*into = i
	}
}

func (r *reader) boolean(into *bool, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n == nil || n.Kind != yaml.ScalarNode || source.ScalarKind(n) != source.Boolean {
			r.fault(n, ruleSyntax, "%s must be true or false, not %s", what, kindOf(n))
			return
		}
		*into = n.Value[0] == 't' || n.Value[0] == 'T'
	}
}

// duration reads a time in Go's notation: 250ms, 1m, 24h.
func (r *reader) duration(into *time.Duration, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n != nil && n.Kind == yaml.ScalarNode {
			if d, err := time.ParseDuration(n.Value); err == nil && d >= 0 {
				*into = d
				return
			}
		}
		r.fault(n, ruleSyntax, "%s must be a duration such as 250ms, 30s or 24h, not %s", what, kindOf(n))
	}
}

// word reads one of some words.
func word[T ~string](r *reader, into *T, what string, words ...T) func(*yaml.Node) {
	return func(n *yaml.Node) {
		names := make([]string, len(words))
		for i, w := range words {
			names[i] = string(w)
		}
		if n == nil || n.Kind != yaml.ScalarNode || !slices.Contains(names, n.Value) {
			r.fault(n, ruleSyntax, "%s must be one of %s, not %s", what, quoted(names), kindOf(n))
			return
		}
		*into = T(n.Value)
	}
}

// constant reads a value without expressions.
func (r *reader) constant(into *schema.Value, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if !r.affordable(n, 0) {
			return
		}
		b, err := source.AppendJSON(nil, n)
		if err != nil {
			r.fault(n, ruleSyntax, "%s cannot be read: %v", what, err)
			return
		}
		*into = b
	}
}

// affordable tells whether a value is small enough to be expanded.
func (r *reader) affordable(n *yaml.Node, depth int) bool {
	n = source.Resolve(n)
	if n == nil {
		return true
	}
	if depth > maxDepth {
		r.fault(n, ruleSyntax, "the value is nested deeper than %d levels", maxDepth)
		return false
	}
	if !r.spend(n, 0) {
		return false
	}
	if n.Kind == yaml.MappingNode {
		r.duplicates(n, "a mapping")
	}
	for _, child := range n.Content {
		if !r.affordable(child, depth+1) {
			return false
		}
	}
	return true
}

// kindOf names what stands at a node, for messages.
func kindOf(n *yaml.Node) string {
	switch {
	case n == nil:
		return "nothing"
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Value == "":
		return "nothing"
	case len(n.Value) > 60:
		return strconv.Quote(n.Value[:57] + "...")
	}
	return strconv.Quote(n.Value)
}
