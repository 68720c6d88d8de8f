package schema

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec/source"
)

// Version is the OpenAPI version that schemas are written for.
type Version uint8

// The versions that differ in what a schema means.
const (
	V30 Version = iota // OpenAPI 3.0: a subset of JSON Schema Wright 00, `nullable`
	V31                // OpenAPI 3.1 and later: JSON Schema 2020-12
)

// Problem is a fault in a schema that does not keep the rest from being read.
type Problem struct {
	Position source.Position
	Pointer  string
	Message  string
}

// Reader reads the schemas of one contract, each once: two references to one
// place give one Schema. It is safe for concurrent use.
type Reader struct {
	version Version
	files   *source.Set

	mu       sync.Mutex
	byNode   map[*yaml.Node]*Schema
	problems []Problem
	byID     []*Schema
	breadths breadths
	library  library    // what the library has compiled
	planners [2]planner // what is compiled to plans, by direction
}

// NewReader returns a reader for the schemas of a set of files.
func NewReader(version Version, files *source.Set) *Reader {
	return &Reader{version: version, files: files, byNode: map[*yaml.Node]*Schema{}}
}

// Read returns the schema that stands at a place, with all that it refers to.
// A part that cannot be read accepts everything and is a [Problem].
func (r *Reader) Read(at source.Place) *Schema {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.read(at)
}

// Problems lists what was found wrong so far, in the order of reading, and the
// schemas that cannot be used since they are part of themselves or too broad.
func (r *Reader) Problems() []Problem {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append(append([]Problem(nil), r.problems...), r.broad()...)
}

func (r *Reader) problem(at source.Place, format string, args ...any) {
	r.problems = append(r.problems, Problem{at.Position(), at.Pointer, fmt.Sprintf(format, args...)})
}

func (r *Reader) read(at source.Place) *Schema {
	at.Node = source.Resolve(at.Node)
	if at.Node == nil {
		return r.new(at)
	}
	if s, ok := r.byNode[at.Node]; ok {
		return s
	}
	s := r.new(at)
	r.byNode[at.Node] = s
	switch {
	case at.Node.Kind == yaml.MappingNode:
		r.readObject(s, at)
	case at.Node.Kind == yaml.ScalarNode && source.ScalarKind(at.Node) == source.Boolean:
		s.Never = strings.EqualFold(at.Node.Value, "false")
	default:
		r.problem(at, "a schema must be an object or a boolean")
	}
	return s
}

func (r *Reader) new(at source.Place) *Schema {
	s := &Schema{
		Pointer: at.Pointer, MaxLength: None, MaxItems: None, MaxContains: None, MaxProperties: None,
		reader: r, id: len(r.byID) + 1,
	}
	r.byID = append(r.byID, s)
	if at.File != nil {
		s.Position = at.Position()
	}
	return s
}

// readObject reads the keywords of a schema object.
func (r *Reader) readObject(s *Schema, at source.Place) {
	members := source.Members(at.Node)
	if ref := source.Get(at.Node, "$ref"); ref != nil && ref.Kind == yaml.ScalarNode {
		r.readRef(s, at.Child("$ref", ref))
		if r.version == V30 {
			// OpenAPI 3.0.3 §4.7.23: what stands beside a $ref is ignored.
			return
		}
	}
	k := keywords{Reader: r, schema: s}
	for _, m := range members {
		value := at.Child(m.Name(), m.Value)
		if value.Node == nil {
			continue
		}
		if read, ok := readers[m.Name()]; ok {
			read(&k, value)
		}
	}
	k.finish(at)
}

func (r *Reader) readRef(s *Schema, at source.Place) {
	ref := at.Node.Value
	target, err := r.files.Resolve(ref, at.File)
	if err != nil && strings.Contains(ref, "#") && !strings.Contains(ref, "#/") {
		target, err = r.anchor(ref, at.File)
	}
	if err != nil {
		r.problem(at, "%v", err)
		return
	}
	s.Ref = r.read(target)
	if s.Ref.Name == "" && target.Pointer != "" {
		s.Ref.Name = source.UnescapePointer(target.Pointer[strings.LastIndexByte(target.Pointer, '/')+1:])
	}
}

// anchor finds a schema by its $anchor (JSON Schema core §8.2.2) or $id.
func (r *Reader) anchor(ref string, from *source.File) (source.Place, error) {
	location, name, _ := strings.Cut(ref, "#")
	root, err := r.files.Resolve(location+"#", from)
	if err != nil {
		return source.Place{}, err
	}
	if found, ok := findAnchor(root, name, 0); ok {
		return found, nil
	}
	return source.Place{}, fmt.Errorf("reference %q: anchor %q: %w", ref, name, source.ErrNotFound)
}

func findAnchor(at source.Place, name string, depth int) (source.Place, bool) {
	if at.Node == nil || depth > 100 {
		return source.Place{}, false
	}
	switch at.Node.Kind {
	case yaml.MappingNode:
		for _, keyword := range []string{"$anchor", "$dynamicAnchor"} {
			if a := source.Get(at.Node, keyword); a != nil && a.Value == name {
				return at, true
			}
		}
		for _, m := range source.Members(at.Node) {
			if found, ok := findAnchor(at.Child(m.Name(), m.Value), name, depth+1); ok {
				return found, true
			}
		}
	case yaml.SequenceNode:
		for i, item := range at.Node.Content {
			if found, ok := findAnchor(at.Child(strconv.Itoa(i), item), name, depth+1); ok {
				return found, true
			}
		}
	}
	return source.Place{}, false
}

// bareRef tells whether a schema says nothing that counts beside its Ref.
func (s *Schema) bareRef() bool {
	return s.Ref != nil && s.Types == 0 && s.Format == "" && s.Enum == nil && s.Const == nil &&
		s.Minimum == "" && s.Maximum == "" && s.ExclusiveMinimum == "" && s.ExclusiveMaximum == "" && s.MultipleOf == "" &&
		s.MinLength == 0 && s.MaxLength == None && s.Pattern == "" &&
		s.PrefixItems == nil && s.Items == nil && s.MinItems == 0 && s.MaxItems == None && !s.UniqueItems && s.Contains == nil && s.UnevaluatedItems == nil &&
		s.Properties == nil && s.PatternProperties == nil && s.AdditionalProperties == nil && s.PropertyNames == nil && s.UnevaluatedProperties == nil &&
		s.Required == nil && s.MinProperties == 0 && s.MaxProperties == None && s.DependentRequired == nil && s.DependentSchemas == nil &&
		s.AllOf == nil && s.AnyOf == nil && s.OneOf == nil && s.Not == nil && s.If == nil && s.Then == nil && s.Else == nil &&
		s.Discriminator == nil && s.Default == nil && s.Examples == nil
}
