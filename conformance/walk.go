package conformance

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/concord-api/concord/spec/schema"
)

// document is an answer's body as a JSON value; nil where it cannot be read as
// one or is documented as none. It is read once.
func (x *Exchange) document() any {
	if x.readBody {
		return x.value
	}
	x.readBody = true
	if !isJSONAnswer(x) {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(x.Response.Body))
	d.UseNumber()
	var v any
	if d.Decode(&v) == nil {
		x.value = v
	}
	return x.value
}

// bodyPlace is a member of a body, and all that the contract says of it.
type bodyPlace struct {
	pointer string // JSON pointer (RFC 6901)
	name    string // of the member, "" for items and the whole
	value   any
	schemas []*schema.Schema // those that hold here; none means that nothing is said
	parent  []*schema.Schema // those of the object around it
}

// bodyPlaces lists the members of an answer's body, the whole first, each with
// what the contract says of it. Of alternatives all are taken to hold, so that
// what none of them names is named by nobody.
func bodyPlaces(x *Exchange) []bodyPlace {
	if !x.walked {
		x.walked, x.places = true, walkBody(x)
	}
	return x.places
}

// walkBody works out what bodyPlaces returns.
func walkBody(x *Exchange) []bodyPlace {
	d := x.Documented()
	value := x.document()
	if d == nil || value == nil {
		return nil
	}
	mt := d.MediaType(x.Response.Header.Get("Content-Type"))
	if mt == nil || mt.Schema == nil {
		return nil
	}
	var places []bodyPlace
	var visit func(p bodyPlace)
	visit = func(p bodyPlace) {
		places = append(places, p)
		switch v := p.value.(type) {
		case map[string]any:
			for _, name := range sortedKeys(v) {
				visit(bodyPlace{p.pointer + "/" + escapePointer(name), name, v[name], memberSchemas(p.schemas, name), p.schemas})
			}
		case []any:
			for i, item := range v {
				visit(bodyPlace{pointer: p.pointer + "/" + strconv.Itoa(i), value: item, schemas: itemSchemas(p.schemas, i)})
			}
		}
	}
	visit(bodyPlace{value: value, schemas: inPlace(mt.Schema)})
	return places
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// escapePointer writes a name as a token of a JSON pointer (RFC 6901 §3).
func escapePointer(name string) string { return pointerEscapes.Replace(name) }

// inPlace lists the schemas that may hold at the place of some, those included:
// what they refer to, combine, choose from.
func inPlace(roots ...*schema.Schema) []*schema.Schema {
	var all []*schema.Schema
	var add func(s *schema.Schema)
	add = func(s *schema.Schema) {
		if s == nil || slices.Contains(all, s) {
			return
		}
		all = append(all, s)
		for _, other := range slices.Concat([]*schema.Schema{s.Ref, s.If, s.Then, s.Else}, s.AllOf, s.AnyOf, s.OneOf) {
			add(other)
		}
		for _, p := range s.DependentSchemas {
			add(p.Schema)
		}
		if s.Discriminator != nil {
			for _, m := range s.Discriminator.Mapping {
				add(m.Schema)
			}
		}
	}
	for _, s := range roots {
		add(s)
	}
	return all
}

// memberSchemas lists what holds for a member of an object.
func memberSchemas(around []*schema.Schema, name string) []*schema.Schema {
	var found []*schema.Schema
	for _, s := range around {
		for _, p := range s.Properties {
			if p.Name == name {
				found = append(found, p.Schema)
			}
		}
		found = append(found, s.AdditionalProperties)
	}
	return inPlace(found...)
}

// itemSchemas lists what holds for an item of an array.
func itemSchemas(around []*schema.Schema, i int) []*schema.Schema {
	var found []*schema.Schema
	for _, s := range around {
		if i < len(s.PrefixItems) {
			found = append(found, s.PrefixItems[i])
		} else {
			found = append(found, s.Items)
		}
	}
	return inPlace(found...)
}

// hasFormat tells whether a value is text that the contract gives a format.
func (p bodyPlace) hasFormat(formats ...string) (string, bool) {
	text, ok := p.value.(string)
	return text, ok && slices.ContainsFunc(p.schemas, func(s *schema.Schema) bool { return slices.Contains(formats, s.Format) })
}

// undeclared tells whether the contract lists the members of the object around
// and this is none of them. Where it says a word of further members, they are
// its matter; a member that it demands without describing it is its own too. A
// discriminator beside no alternatives tells of schemas that extend this one, so
// that their members may follow.
func (p bodyPlace) undeclared() bool {
	if p.name == "" {
		return false
	}
	lists := false
	for _, s := range p.parent {
		if s.AdditionalProperties != nil || s.UnevaluatedProperties != nil || len(s.PatternProperties) > 0 ||
			s.Discriminator != nil && len(s.OneOf)+len(s.AnyOf) == 0 {
			return false
		}
		lists = lists || len(s.Properties) > 0
		if s.Requires(p.name) || slices.ContainsFunc(s.Properties, func(m schema.Property) bool { return m.Name == p.name }) {
			return false
		}
	}
	return lists
}
