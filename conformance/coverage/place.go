package coverage

import (
	"strconv"
	"strings"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/sample"
	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// maxDepth is how far below a body or parameter places are looked for.
const maxDepth = 5

// place is somewhere in a request that a schema speaks of.
type place struct {
	in       *spec.Parameter // nil for the body
	pointer  string
	parts    []*schema.Schema // all that hold there
	whole    *schema.Schema   // what they came from
	value    schema.Value     // a valid one: the base's, else a sample
	sent     bool             // the base has it
	required bool
	depth    int
	textual  bool // its members travel as texts: those of a form

	root   *place   // of the same body or parameter
	before []Change // what must be there first
}

// parts lists the plain schemas that hold for a value: references followed, allOf
// taken apart, and of alternatives the first that the value is valid under.
func parts(s *schema.Schema, v schema.Value) []*schema.Schema {
	var out []*schema.Schema
	seen := map[*schema.Schema]bool{}
	var add func(s *schema.Schema)
	add = func(s *schema.Schema) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		add(s.Ref)
		out = append(out, s)
		for _, part := range s.AllOf {
			add(part)
		}
		for _, list := range [][]*schema.Schema{s.OneOf, s.AnyOf} {
			for i, alternative := range list {
				if v == nil && i == 0 || v != nil && alternative.Checker(schema.Request).Valid(v) {
					add(alternative)
					break
				}
			}
		}
	}
	add(s)
	return out
}

// types are the types that all parts allow; each, where none says.
func (p *place) types() schema.Types {
	types := anyType
	for _, s := range p.parts {
		own := s.Types
		if own == 0 {
			continue
		}
		if own.Has(schema.TypeNumber) {
			own |= schema.TypeInteger
		}
		types &= own
	}
	return types
}

const anyType = schema.TypeNull | schema.TypeBoolean | schema.TypeObject | schema.TypeArray |
	schema.TypeNumber | schema.TypeString | schema.TypeInteger

// typed tells whether the place is of one type, null aside.
func (p *place) typed(t schema.Types) bool {
	return p.types()&^schema.TypeNull&^t == 0 && p.types()&t != 0
}

// free tells whether a place takes any text, as far as its schema says.
func (p *place) free() bool {
	for _, s := range p.parts {
		if s.Pattern != "" || s.Format != "" || s.Enum != nil || s.Const != nil || s.ContentEncoding != "" || s.ContentMediaType != "" ||
			len(s.OneOf)+len(s.AnyOf) > 0 || s.Not != nil || s.If != nil {
			return false
		}
	}
	return true
}

// refers tells by the name of a place whether its text stands for something that
// must be there: an id, a cursor, a token.
func (p *place) refers() bool {
	name := strings.ToLower(p.name())
	for _, end := range []string{"id", "ids", "after", "before", "cursor", "token", "code", "key", "secret", "ref", "reference", "page", "password", "username"} {
		if name == end || strings.HasSuffix(name, "_"+end) || strings.HasSuffix(name, "-"+end) || len(end) > 2 && strings.HasSuffix(name, end) {
			return true
		}
	}
	return strings.HasSuffix(p.name(), "Id") || strings.HasSuffix(p.name(), "ID")
}

// name is the last name on the way to a place.
func (p *place) name() string {
	tokens := strings.Split(p.pointer, "/")
	for i := len(tokens) - 1; i > 0; i-- {
		if _, err := strconv.Atoi(tokens[i]); err != nil {
			return source.UnescapePointer(tokens[i])
		}
	}
	if p.in != nil {
		return p.in.Name
	}
	return "body"
}

// isBody tells the body itself. That it may be left out is what "required" says
// by default, and often not what is meant.
func (p *place) isBody() bool { return p.in == nil && p.pointer == "" }

// label is a place as people know it.
func (p *place) label() string {
	switch {
	case p.in == nil && p.pointer == "":
		return "body"
	case p.in == nil:
		return "body " + p.pointer
	case p.pointer == "":
		return string(p.in.In) + " " + p.in.Name
	}
	return string(p.in.In) + " " + p.in.Name + " " + p.pointer
}

// where is the place as one that a case breaks, where it wants to.
func (p *place) where(want Want) []Where {
	switch {
	case want != Refuse:
		return nil
	case p.in == nil:
		return []Where{{Pointer: p.pointer}}
	}
	return []Where{{p.in.Name, p.pointer}}
}

// kind is what a change of the place changes.
func (p *place) kind() Kind {
	if p.in == nil {
		return Member
	}
	switch p.in.In {
	case spec.InPath:
		return Path
	case spec.InHeader:
		return Header
	case spec.InCookie:
		return Cookie
	}
	return Query
}

// change puts a value at the place, and nil takes it away; false where there is
// no such change.
func (p *place) change(to schema.Value) ([]Change, bool) {
	if p.in == nil {
		return append(p.before[:len(p.before):len(p.before)], Change{Pointer: p.pointer, Value: to}), p.pointer != "" || to != nil || p.sent && !p.required
	}
	if p.pointer != "" {
		whole, ok := set(p.root.value, p.pointer, to)
		return []Change{{Parameter: p.in, Value: whole}}, ok
	}
	return []Change{{Parameter: p.in, Value: to}}, to != nil || p.in.In != spec.InPath
}

// within makes the place of a member or item below p.
func (p *place) within(token string, s *schema.Schema, value schema.Value) *place {
	q := &place{
		in: p.in, pointer: p.pointer + "/" + source.EscapePointer(token), whole: s,
		value: value, sent: p.sent && value != nil, depth: p.depth + 1,
		root: p.root, before: p.before,
	}
	if !p.sent && p.in == nil {
		q.before = append(p.before[:len(p.before):len(p.before)], Change{Pointer: p.pointer, Value: p.value})
	}
	return q
}

// settle fills in what follows from the schema; false where no valid value can
// be made.
func (p *place) settle(o Options) bool {
	if p.value == nil {
		v, err := sample.Generate(p.whole, sample.Options{Seed: o.Seed})
		if err != nil {
			return false
		}
		p.value = v
	}
	p.parts = parts(p.whole, p.value)
	return true
}

// below lists the places one level down: each documented member that a client
// may send, and the first item.
func (p *place) below() []*place {
	if p.depth >= maxDepth {
		return nil
	}
	var out []*place
	switch p.value.Kind() {
	case '{':
		list := children(p.value)
		known := map[string]bool{}
		for _, s := range p.parts {
			for _, property := range s.Properties {
				if known[property.Name] || !property.Schema.In(schema.Request) || property.Schema.Target().Never {
					continue
				}
				known[property.Name] = true
				q := p.within(property.Name, property.Schema, named(list, property.Name))
				q.required = p.demands(property.Name)
				out = append(out, q)
			}
		}
		for _, m := range list {
			if known[m.name] {
				continue
			}
			for _, s := range p.parts {
				if s.AdditionalProperties != nil && !s.AdditionalProperties.Never {
					out = append(out, p.within(m.name, s.AdditionalProperties, m.value))
					break
				}
			}
		}
	case '[':
		items := children(p.value)
		if len(items) == 0 {
			return nil
		}
		for _, s := range p.parts {
			switch {
			case len(s.PrefixItems) > 0:
				out = append(out, p.within("0", s.PrefixItems[0], items[0].value))
			case s.Items != nil:
				out = append(out, p.within("0", s.Items, items[0].value))
			default:
				continue
			}
			break
		}
	}
	return out
}

// demands tells whether a member is required of a request.
func (p *place) demands(name string) bool {
	for _, s := range p.parts {
		for _, required := range s.RequiredIn(schema.Request) {
			if required == name {
				return true
			}
		}
	}
	return false
}
