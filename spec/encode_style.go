package spec

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/concord-api/concord/spec/schema"
)

// escaper percent-encodes texts (RFC 3986 §2). The zero value leaves only the
// unreserved characters as they are.
type escaper struct {
	reserved bool // reserved characters stay, but for those that a query would misread
	commas   bool // commas are escaped even so: they divide items
	dots     bool // dots are escaped as well: they divide items
	raw      bool // nothing is escaped
}

const upperHex = "0123456789ABCDEF"

func (e escaper) escape(text string) string {
	if e.raw {
		return text
	}
	at := 0
	for at < len(text) && e.keeps(text[at]) {
		at++
	}
	if at == len(text) {
		return text
	}
	out := append(make([]byte, 0, len(text)+16), text[:at]...)
	for ; at < len(text); at++ {
		if c := text[at]; e.keeps(c) {
			out = append(out, c)
		} else {
			out = append(out, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return string(out)
}

func (e escaper) keeps(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '~':
		return true
	case c == '.':
		return !e.dots
	case c == ',':
		return e.reserved && !e.commas
	case strings.IndexByte(":/?@!$'()*=", c) >= 0:
		return e.reserved
	}
	return false
}

// named is one member of an object.
type named struct {
	name  string
	value schema.Value
}

// membersOf lists the members of a JSON object.
func membersOf(v schema.Value) ([]named, error) {
	d := jsontext.NewDecoder(strings.NewReader(string(v)))
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	var out []named
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		text := name.String()
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		out = append(out, named{text, value.Clone()})
	}
	_, err := d.ReadToken()
	return out, err
}

// itemsOf lists the items of a JSON array.
func itemsOf(v schema.Value) ([]schema.Value, error) {
	d := jsontext.NewDecoder(strings.NewReader(string(v)))
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	var out []schema.Value
	for k := d.PeekKind(); k != ']' && k != 0; k = d.PeekKind() {
		item, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		out = append(out, item.Clone())
	}
	_, err := d.ReadToken()
	return out, err
}

// scalarText returns a string's text, and the JSON text of everything else:
// what stands inside an array or object is carried as JSON where it has no
// other form.
func scalarText(v schema.Value) string {
	if v.Kind() != '"' {
		return strings.TrimSpace(string(v))
	}
	b, err := jsontext.AppendUnquote(nil, v)
	if err != nil {
		return string(v)
	}
	return string(b)
}

func isEmptyText(v schema.Value) bool {
	items, err := itemsOf(v)
	return err == nil && len(items) == 1 && string(items[0]) == `""`
}

// joined writes a value in one text: items, or names and values, divided by a
// delimiter; with pairs, members are written name=value.
func joined(v schema.Value, delimiter string, pairs bool, e escaper) (string, error) {
	var parts []string
	switch v.Kind() {
	case '[':
		items, err := itemsOf(v)
		if err != nil {
			return "", err
		}
		for _, item := range items {
			parts = append(parts, scalarText(item))
		}
		pairs = false
	case '{':
		members, err := membersOf(v)
		if err != nil {
			return "", err
		}
		for _, m := range members {
			parts = append(parts, m.name, scalarText(m.value))
		}
	default:
		return e.escape(scalarText(v)), nil
	}
	var b strings.Builder
	for i, part := range parts {
		escaped := e.escape(part)
		if e.raw && (strings.Contains(part, delimiter) || pairs && i%2 == 0 && strings.Contains(part, "=") || strings.Trim(part, " \t") != part) ||
			delimiter == "%20" && strings.Contains(part, " ") || delimiter == "%7C" && strings.Contains(part, "|") {
			return "", inexpressible("without escapes", "%q holds what divides the parts", part)
		}
		switch {
		case i == 0:
		case pairs && i%2 == 1:
			b.WriteByte('=')
		default:
			b.WriteString(delimiter)
		}
		b.WriteString(escaped)
	}
	return b.String(), nil
}

// exploded writes an array as name=item for each item, an object as the pairs
// of its members. name is escaped already.
func exploded(v schema.Value, name string, e escaper) ([]string, error) {
	var out []string
	if v.Kind() == '[' {
		items, err := itemsOf(v)
		for _, item := range items {
			out = append(out, name+"="+e.escape(scalarText(item)))
		}
		return out, err
	}
	members, err := membersOf(v)
	for _, m := range members {
		key := escaper{raw: e.raw}.escape(m.name)
		if m.value.Kind() == '[' && !e.raw {
			same, err := exploded(m.value, key, e)
			if err != nil {
				return nil, err
			}
			out = append(out, same...)
			continue
		}
		out = append(out, key+"="+e.escape(scalarText(m.value)))
	}
	return out, err
}

// deepPairs writes a value in style deepObject, as far down as it goes.
func deepPairs(out *[]string, name string, v schema.Value, e escaper, depth int) error {
	if depth > mostDepth {
		return inexpressible("deepObject", "it nests deeper than %d levels", mostDepth)
	}
	switch v.Kind() {
	case '{':
		members, err := membersOf(v)
		if err != nil {
			return err
		}
		for _, m := range members {
			if m.name == "" || strings.ContainsAny(m.name, "[]") {
				return inexpressible("deepObject", "the member %q cannot stand in brackets", m.name)
			}
			if err := deepPairs(out, name+"["+m.name+"]", m.value, e, depth+1); err != nil {
				return err
			}
		}
	case '[':
		items, err := itemsOf(v)
		if err != nil {
			return err
		}
		for i, item := range items {
			key := name + "[" + strconv.Itoa(i) + "]"
			if err := deepPairs(out, key, item, e, depth+1); err != nil {
				return err
			}
		}
	default:
		*out = append(*out, escaper{}.escape(name)+"="+e.escape(scalarText(v)))
	}
	return nil
}
