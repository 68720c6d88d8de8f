package sample

import (
	"bytes"
	"math/big"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// member is one name and value of a JSON object.
type member struct {
	name  string
	value schema.Value
}

// members lists the members of a JSON object in their order, the first of each
// name; nothing for any other value.
func members(v schema.Value) []member {
	if v.Kind() != '{' {
		return nil
	}
	d := jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true))
	if _, err := d.ReadToken(); err != nil {
		return nil
	}
	var out []member
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return out
		}
		m := member{name: name.String()}
		value, err := d.ReadValue()
		if err != nil {
			return out
		}
		m.value = value.Clone()
		if get(out, m.name) == nil {
			out = append(out, m)
		}
	}
	return out
}

func get(list []member, name string) schema.Value {
	for i := range list {
		if list[i].name == name {
			return list[i].value
		}
	}
	return nil
}

// items lists the items of a JSON array; nothing for any other value.
func items(v schema.Value) []schema.Value {
	if v.Kind() != '[' {
		return nil
	}
	d := jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true))
	if _, err := d.ReadToken(); err != nil {
		return nil
	}
	var out []schema.Value
	for d.PeekKind() != ']' {
		value, err := d.ReadValue()
		if err != nil {
			return out
		}
		out = append(out, value.Clone())
	}
	return out
}

// lone is the first item of an array, and any other value itself.
func lone(v schema.Value) schema.Value {
	if list := items(v); len(list) > 0 {
		return list[0]
	}
	return v
}

// listed is the items of an array, and an object as the only item of one.
func listed(v schema.Value) []schema.Value {
	if kindOf(v) == schema.TypeObject {
		return []schema.Value{v}
	}
	return items(v)
}

// kindOf is the JSON Schema type of a value: TypeInteger for a number without a
// fraction, 1.0 included.
func kindOf(v schema.Value) schema.Types {
	switch v.Kind() {
	case 'n':
		return schema.TypeNull
	case 't', 'f':
		return schema.TypeBoolean
	case '"':
		return schema.TypeString
	case '[':
		return schema.TypeArray
	case '{':
		return schema.TypeObject
	case '0':
		text := strings.TrimSpace(string(v))
		if !strings.ContainsAny(text, ".eE") {
			return schema.TypeInteger
		}
		if r, ok := new(big.Rat).SetString(text); ok && r.IsInt() {
			return schema.TypeInteger
		}
		return schema.TypeNumber
	}
	return 0
}

// alike is the type among those allowed that the author of a value of another
// type may have meant: "5" where a number is wanted, 5 where a string is, one
// object where a list of them is, or the other way round. 0 if there is none.
func alike(v schema.Value, allowed schema.Types) schema.Types {
	switch kindOf(v) {
	case schema.TypeObject:
		return allowed & schema.TypeArray
	case schema.TypeArray:
		return allowed & schema.TypeObject
	case schema.TypeInteger, schema.TypeNumber, schema.TypeBoolean:
		return allowed & schema.TypeString
	case schema.TypeString:
		text := unquote(v)
		if source.IsNumber(text) {
			if allowed.Has(schema.TypeNumber) {
				return schema.TypeNumber
			}
			return allowed & schema.TypeInteger
		}
	}
	return 0
}

// quote writes a string as a JSON text.
func quote(s string) schema.Value {
	return appendQuote(nil, s)
}

func appendQuote(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, strings.ToValidUTF8(s, "\uFFFD"))
	return dst
}

// unquote reads a JSON string; of another value it gives the text.
func unquote(v schema.Value) string {
	if v.Kind() != '"' {
		return string(v)
	}
	out, err := jsontext.AppendUnquote(nil, bytes.TrimSpace(v))
	if err != nil {
		return ""
	}
	return string(out)
}

// same tells whether two JSON texts are equal as JSON Schema has it: members in
// any order, numbers by value.
func same(a, b schema.Value) bool {
	if bytes.Equal(a, b) {
		return true
	}
	if kindOf(a) != kindOf(b) {
		return false
	}
	switch a.Kind() {
	case '0':
		x, ok1 := new(big.Rat).SetString(strings.TrimSpace(string(a)))
		y, ok2 := new(big.Rat).SetString(strings.TrimSpace(string(b)))
		return ok1 && ok2 && x.Cmp(y) == 0
	case '"':
		return unquote(a) == unquote(b)
	case '[':
		x, y := items(a), items(b)
		if len(x) != len(y) {
			return false
		}
		for i := range x {
			if !same(x[i], y[i]) {
				return false
			}
		}
		return true
	case '{':
		x, y := members(a), members(b)
		if len(x) != len(y) {
			return false
		}
		for _, m := range x {
			if v := get(y, m.name); v == nil || !same(m.value, v) {
				return false
			}
		}
		return true
	}
	return a.Kind() == b.Kind() && kindOf(a) == schema.TypeNull
}
