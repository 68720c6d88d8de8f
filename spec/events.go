package spec

import (
	"bytes"
	"slices"
	"strings"

	"github.com/concord-api/concord/spec/schema"
)

// eventFields are the fields of a server-sent event that have a meaning, in the
// order in which they are written (WHATWG HTML §9.2.6).
var eventFields = []string{"event", "id", "retry", "data"}

// event is one server-sent event.
type event struct {
	fields map[string]string
	data   []string
}

// parseEvents reads a stream of events as WHATWG HTML §9.2.6 says: comments and
// unknown fields are passed over, and the lines of data put together. The last
// event counts without an empty line after it, too.
func parseEvents(body []byte) []event {
	text := strings.TrimPrefix(string(body), "\ufeff")
	var out []event
	e := event{}
	dispatch := func() {
		if e.data != nil || e.fields != nil {
			out = append(out, e)
		}
		e = event{}
	}
	for line := range strings.SplitSeq(lineEnds.Replace(text), "\n") {
		if line == "" {
			dispatch()
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case name == "data":
			e.data = append(e.data, value)
		case !slices.Contains(eventFields, name),
			name == "id" && strings.ContainsRune(value, 0),
			name == "retry" && (value == "" || !isDigits(value)):
		default:
			if e.fields == nil {
				e.fields = map[string]string{}
			}
			e.fields[name] = value
		}
	}
	dispatch()
	return out
}

// describesEvents tells whether a schema is about events, with their fields as
// members. Schemas of many documents are about the JSON in data instead.
func (s *shape) describesEvents() bool {
	return s.types == 0 || s.types.Has(schema.TypeObject) && (len(s.names) == 0 || slices.ContainsFunc(eventFields, s.declares))
}

// decodeEvents reads a stream of server-sent events as an array of objects
// (OpenAPI 3.2 §4.14.4). Under a schema of a text the stream is that text.
func (mt *MediaType) decodeEvents(contentType string, body []byte) (schema.Value, error) {
	s := mt.shape()
	if !s.types.Has(schema.TypeArray) {
		return mt.decodeText(contentType, body)
	}
	var items []schema.Value
	for n, e := range parseEvents(body) {
		item := s.item(len(items))
		if !item.describesEvents() {
			data := strings.Join(e.data, "\n")
			if e.data == nil || data == "[DONE]" {
				continue // how such streams say that they are at their end
			}
			v := schema.Value(data)
			if item.types == schema.TypeString {
				v = schema.Text(data)
			}
			if !v.IsValid() {
				return nil, syntaxf("is no stream of the contract's events: the data of event %d is not JSON", n+1)
			}
			items = append(items, v)
			continue
		}
		if e.data == nil && item.requires("data") {
			continue // no event is made of fields without data
		}
		v, err := item.event(e)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
	return mt.sequence(items), nil
}

// event reads one event. Its fields are texts but for retry, and for data that
// a schema wants to be something else.
func (s *shape) event(e event) (schema.Value, error) {
	out := schema.Value{'{'}
	for _, name := range eventFields {
		value, ok := e.fields[name]
		if name == "data" {
			value, ok = strings.Join(e.data, "\n"), e.data != nil
		}
		if !ok {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, '"'), name...), '"', ':')
		if name == "retry" {
			out = append(out, orZero(strings.TrimLeft(value, "0"))...)
			continue
		}
		var err error
		if out, err = s.member(name).appendNested(out, value); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

func orZero(digits string) string {
	if digits == "" {
		return "0"
	}
	return digits
}

// encodeEvents is the inverse of decodeEvents; what is no array is the text of
// the stream, or its one event.
func (mt *MediaType) encodeEvents(v schema.Value) ([]byte, error) {
	items := []schema.Value{v}
	switch v.Kind() {
	case '[':
		var err error
		if items, err = itemsOf(v); err != nil {
			return nil, err
		}
	case '{':
	default:
		if mt.Schema != nil {
			return []byte(scalarText(v)), nil
		}
	}
	var b bytes.Buffer
	for i, item := range items {
		if err := mt.shape().item(i).encodeEvent(&b, item); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

func (s *shape) encodeEvent(b *bytes.Buffer, v schema.Value) error {
	fields := []named{{"data", v}}
	if v.Kind() == '{' && s.describesEvents() {
		members, err := membersOf(v)
		if err != nil {
			return err
		}
		fields = fields[:0]
		for _, name := range eventFields {
			if i := slices.IndexFunc(members, func(m named) bool { return m.name == name }); i >= 0 {
				fields = append(fields, members[i])
			}
		}
	} else if v.Kind() != '"' {
		text := v.Clone()
		if err := text.Compact(); err != nil {
			return err
		}
		fields[0].value = text
	}
	for _, f := range fields {
		value := scalarText(f.value)
		if f.name != "data" && (strings.ContainsAny(value, "\r\n") || f.name == "id" && strings.ContainsRune(value, 0)) {
			return syntaxf("the field %s of an event cannot hold more than one line", f.name)
		}
		for line := range strings.SplitSeq(lineEnds.Replace(value), "\n") {
			b.WriteString(f.name + ": " + line + "\n")
		}
	}
	b.WriteByte('\n')
	return nil
}

// lineEnds turns every end of a line that streams of events know into one.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")
