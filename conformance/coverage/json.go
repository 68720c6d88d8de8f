package coverage

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// member is one member of an object, or item of an array (without a name).
type member struct {
	name  string
	value schema.Value
}

// children lists the members or items of a value in their order; nil for a
// scalar and for what is no JSON.
func children(v schema.Value) []member {
	kind := v.Kind()
	if kind != '{' && kind != '[' {
		return nil
	}
	d := jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true))
	if _, err := d.ReadToken(); err != nil {
		return nil
	}
	var out []member
	for k := d.PeekKind(); k != '}' && k != ']' && k != 0; k = d.PeekKind() {
		var m member
		if kind == '{' {
			name, err := d.ReadToken()
			if err != nil {
				return nil
			}
			m.name = name.String()
		}
		value, err := d.ReadValue()
		if err != nil {
			return nil
		}
		m.value = value.Clone()
		out = append(out, m)
	}
	return out
}

// object writes members as an object.
func object(members []member) schema.Value {
	out := schema.Value{'{'}
	for i, m := range members {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, schema.Text(m.name)...), ':'), m.value...)
	}
	return append(out, '}')
}

// array writes items as an array.
func array(items []member) schema.Value {
	out := schema.Value{'['}
	for i, m := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, m.value...)
	}
	return append(out, ']')
}

// named returns the value of a member, nil where there is none.
func named(members []member, name string) schema.Value {
	for _, m := range members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// set puts a value at a JSON pointer (RFC 6901): in place of what is there, or
// as a further member. A nil value takes away what is there. ok is false where
// the pointer leads through what is not there.
func set(v schema.Value, pointer string, to schema.Value) (out schema.Value, ok bool) {
	if pointer == "" {
		return to, to != nil
	}
	token, rest, deeper := strings.Cut(pointer[1:], "/")
	if deeper {
		rest = "/" + rest
	}
	list := children(v)
	write, at := object, -1
	switch v.Kind() {
	case '{':
		name := source.UnescapePointer(token)
		for i, m := range list {
			if m.name == name {
				at = i
			}
		}
		if at < 0 {
			if rest != "" || to == nil {
				return nil, false
			}
			return object(append(list, member{name, to})), true
		}
	case '[':
		i, err := strconv.Atoi(token)
		if write = array; err != nil || i < 0 || i >= len(list) {
			return nil, false
		}
		at = i
	default:
		return nil, false
	}
	if rest == "" && to == nil {
		return write(append(list[:at:at], list[at+1:]...)), true
	}
	changed, ok := set(list[at].value, rest, to)
	if !ok {
		return nil, false
	}
	list[at].value = changed
	return write(list), true
}

// textOf is the text of a JSON string, and the JSON of anything else.
func textOf(v schema.Value) string {
	if v.Kind() != '"' {
		return string(v)
	}
	b, err := jsontext.AppendUnquote(nil, v)
	if err != nil {
		return string(v)
	}
	return string(b)
}

// show is a value as a name of a case can hold it.
func show(v schema.Value) string {
	runes := []rune(string(v))
	if len(runes) > 40 {
		return string(runes[:32]) + "…"
	}
	return string(runes)
}
