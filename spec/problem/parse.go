package problem

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// ErrNotObject says that the bytes are JSON, but no object.
var ErrNotObject = errors.New("not a JSON object")

// Parse reads a problem as a consumer must (RFC 9457 §3.1): a standard member of
// the wrong type counts as absent, members that are not known are kept as
// extensions, and so are code, param and errors where they have another shape
// than the fields. Of members with the same name the last one counts. A byte order
// mark is skipped, invalid UTF-8 is replaced by U+FFFD.
//
// The error wraps [ErrNotObject] for JSON that is no object; any other error means
// that data is not JSON.
func Parse(data []byte) (*Problem, error) {
	members, err := readObject(data)
	if err != nil {
		return nil, fmt.Errorf("read problem details: %w", err)
	}
	p := &Problem{layout: make([]byte, 0, len(members))}
	for _, m := range members {
		p.layout = append(p.layout, p.set(m))
	}
	if p.Type == "" {
		p.Type = Blank
	}
	return p, nil
}

// UnmarshalJSON reads a problem as [Parse] does.
func (p *Problem) UnmarshalJSON(data []byte) error {
	parsed, err := Parse(data)
	if err != nil {
		return err
	}
	*p = *parsed
	return nil
}

// set stores a member and returns its entry for the layout.
func (p *Problem) set(m Member) byte {
	field := fieldOf(problemFields, m.Name)
	text, isText := stringValue(m.Value)
	switch field {
	case fieldStatus:
		p.Status, _ = statusValue(m.Value)
		return fieldStatus
	case fieldErrors:
		if items, ok := readItems(m.Value); ok {
			p.Errors = items
			return fieldErrors
		}
	case fieldCode, fieldParam:
		if isText {
			*p.text(field) = text
			return field
		}
	case fieldType, fieldTitle, fieldDetail, fieldInstance:
		if isText {
			*p.text(field) = text
		}
		return field
	}
	p.Extensions = append(p.Extensions, m)
	return extension
}

func readItems(value []byte) ([]Item, bool) {
	elements, ok := readArray(value)
	if !ok {
		return nil, false
	}
	items := make([]Item, len(elements))
	for i, element := range elements {
		members, err := readObject(element)
		if err != nil {
			return nil, false
		}
		for _, m := range members {
			items[i].layout = append(items[i].layout, items[i].set(m))
		}
	}
	return items, true
}

func (it *Item) set(m Member) byte {
	field := fieldOf(itemFields, m.Name)
	if text, ok := stringValue(m.Value); ok && field != extension {
		*it.text(field) = text
		return field
	}
	it.Extensions = append(it.Extensions, m)
	return extension
}

// lenient reads what can be read: RFC 8259 §4 leaves repeated names to the
// receiver, §8.2 lone surrogates.
func lenient() []jsontext.Options {
	return []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}
}

// readObject returns the members of the one object that data holds. A repeated
// name keeps its first place and its last value.
func readObject(data []byte) ([]Member, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	data = bytes.ToValidUTF8(data, []byte("\ufffd")) // a copy: the values do not alias the caller's bytes
	d := jsontext.NewDecoder(bytes.NewBuffer(data), lenient()...)
	if kind := d.PeekKind(); kind != '{' {
		if _, err := d.ReadValue(); err != nil {
			return nil, unexpected(err)
		}
		return nil, fmt.Errorf("%w: it starts with %s", ErrNotObject, kindName(kind))
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, unexpected(err)
	}
	var members []Member
	place := make(map[string]int)
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, unexpected(err)
		}
		key := name.String()
		value, err := d.ReadValue()
		if err != nil {
			return nil, unexpected(err)
		}
		m := Member{key, bytes.Clone(value)}
		if i, ok := place[key]; ok {
			members[i] = m
			continue
		}
		place[key] = len(members)
		members = append(members, m)
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, unexpected(err)
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return nil, fmt.Errorf("something follows the object at byte %d", d.InputOffset())
	}
	return members, nil
}

// unexpected turns the end of the bytes into an error that says so.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readArray returns the elements of an array that is known to be valid JSON.
func readArray(value []byte) ([][]byte, bool) {
	if kindOf(value) != '[' {
		return nil, false
	}
	d := jsontext.NewDecoder(bytes.NewReader(value), lenient()...)
	if _, err := d.ReadToken(); err != nil {
		return nil, false
	}
	elements := [][]byte{}
	for d.PeekKind() != ']' {
		element, err := d.ReadValue()
		if err != nil {
			return nil, false
		}
		elements = append(elements, bytes.Clone(element))
	}
	return elements, true
}

// stringValue returns the text of a JSON string.
func stringValue(value []byte) (string, bool) {
	if kindOf(value) != '"' {
		return "", false
	}
	text, _ := jsontext.AppendUnquote(nil, value) // a lone surrogate becomes U+FFFD
	return string(text), true
}

// statusValue returns a JSON number as a status, if it is a whole one.
func statusValue(value []byte) (int, bool) {
	if kindOf(value) != '0' {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(value), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > math.MaxInt32 {
		return 0, false
	}
	return int(f), true
}

func kindOf(value []byte) jsontext.Kind { return jsontext.Value(value).Kind() }

// kindName returns the JSON name of a kind of value.
func kindName(kind jsontext.Kind) string {
	switch kind {
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '[':
		return "an array"
	case '{':
		return "an object"
	}
	return "no JSON value"
}
