package problem

import (
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// The entries of a layout: a field, or the next of the extensions.
const (
	fieldType byte = iota
	fieldTitle
	fieldStatus
	fieldDetail
	fieldInstance
	fieldCode
	fieldParam
	fieldErrors

	extension = 0xff
)

const (
	itemParam byte = iota
	itemPointer
	itemDetail
	itemCode
)

// The members that are fields, in the order in which a new object has them.
var (
	problemFields = []string{"type", "title", "status", "detail", "instance", "code", "param", "errors"}
	itemFields    = []string{"param", "pointer", "detail", "code"}
)

// fieldOf returns the field with the name, or extension.
func fieldOf(names []string, name string) byte {
	if i := slices.Index(names, name); i >= 0 {
		return byte(i)
	}
	return extension
}

// text returns the field as a string to read or write; nil for those that are none.
func (p *Problem) text(field byte) *string {
	switch field {
	case fieldType:
		return &p.Type
	case fieldTitle:
		return &p.Title
	case fieldDetail:
		return &p.Detail
	case fieldInstance:
		return &p.Instance
	case fieldCode:
		return &p.Code
	case fieldParam:
		return &p.Param
	}
	return nil
}

func (it *Item) text(field byte) *string {
	switch field {
	case itemParam:
		return &it.Param
	case itemPointer:
		return &it.Pointer
	case itemDetail:
		return &it.Detail
	case itemCode:
		return &it.Code
	}
	return nil
}

// AppendJSON appends the problem as a JSON object to dst. Members that were read
// by [Parse] keep their order; others follow in the order of the fields, then the
// extensions. The type is always written. Invalid UTF-8 in a field becomes U+FFFD.
//
// It fails, and returns dst as it was, if an extension is not valid JSON, is named
// twice, or has the name of one of the RFC's five members.
func (p *Problem) AppendJSON(dst []byte) ([]byte, error) {
	out, err := p.append(dst)
	if err != nil {
		return dst, fmt.Errorf("write problem details: %w", err)
	}
	return out, nil
}

// MarshalJSON returns what [Problem.AppendJSON] appends.
func (p *Problem) MarshalJSON() ([]byte, error) { return p.AppendJSON(nil) }

func (p *Problem) append(dst []byte) ([]byte, error) {
	o := object{dst: append(dst, '{')}
	if err := o.checkNames(p.Extensions); err != nil {
		return dst, err
	}
	for _, m := range p.Extensions {
		if field := fieldOf(problemFields, m.Name); field <= fieldInstance {
			return dst, fmt.Errorf("extension %q has the name of a standard member: set the field instead", m.Name)
		}
	}
	rest := p.Extensions
	var written [fieldErrors + 1]bool
	for _, field := range p.layout {
		if field != extension {
			written[field] = true
			if err := p.appendField(&o, field); err != nil {
				return dst, err
			}
		} else if len(rest) > 0 {
			if err := p.appendExtension(&o, rest[0]); err != nil {
				return dst, err
			}
			rest = rest[1:]
		}
	}
	for field := range fieldErrors + 1 {
		if !written[field] {
			if err := p.appendField(&o, field); err != nil {
				return dst, err
			}
		}
	}
	for _, m := range rest {
		if err := p.appendExtension(&o, m); err != nil {
			return dst, err
		}
	}
	return append(o.dst, '}'), nil
}

// appendField appends a field that is present.
func (p *Problem) appendField(o *object, field byte) error {
	switch field {
	case fieldStatus:
		if p.Status != 0 {
			o.name("status")
			o.dst = strconv.AppendInt(o.dst, int64(p.Status), 10)
		}
		return nil
	case fieldErrors:
		if p.Errors == nil {
			return nil
		}
		o.name("errors")
		o.dst = append(o.dst, '[')
		for i := range p.Errors {
			if i > 0 {
				o.dst = append(o.dst, ',')
			}
			dst, err := p.Errors[i].append(o.dst)
			if err != nil {
				return fmt.Errorf("errors[%d]: %w", i, err)
			}
			o.dst = dst
		}
		o.dst = append(o.dst, ']')
		return nil
	}
	text := *p.text(field)
	if field == fieldType && text == "" {
		text = Blank
	}
	o.text(problemFields[field], text)
	return nil
}

// appendExtension appends an extension, unless a field of its name speaks for it.
func (p *Problem) appendExtension(o *object, m Member) error {
	switch field := fieldOf(problemFields, m.Name); field {
	case fieldCode, fieldParam:
		if *p.text(field) != "" {
			return nil
		}
	case fieldErrors:
		if p.Errors != nil {
			return nil
		}
	}
	return o.member(m)
}

func (it *Item) append(dst []byte) ([]byte, error) {
	o := object{dst: append(dst, '{')}
	if err := o.checkNames(it.Extensions); err != nil {
		return dst, err
	}
	rest := it.Extensions
	var written [itemCode + 1]bool
	for _, field := range it.layout {
		if field != extension {
			written[field] = true
			o.text(itemFields[field], *it.text(field))
		} else if len(rest) > 0 {
			if err := it.appendExtension(&o, rest[0]); err != nil {
				return dst, err
			}
			rest = rest[1:]
		}
	}
	for field := range itemCode + 1 {
		if !written[field] {
			o.text(itemFields[field], *it.text(field))
		}
	}
	for _, m := range rest {
		if err := it.appendExtension(&o, m); err != nil {
			return dst, err
		}
	}
	return append(o.dst, '}'), nil
}

func (it *Item) appendExtension(o *object, m Member) error {
	if field := fieldOf(itemFields, m.Name); field != extension && *it.text(field) != "" {
		return nil
	}
	return o.member(m)
}

// An object is a JSON object that is being appended to dst.
type object struct {
	dst   []byte
	begun bool // whether it has a member yet
}

// name appends the name of a member, which needs no escape.
func (o *object) name(name string) {
	o.comma()
	o.dst = append(o.dst, '"')
	o.dst = append(o.dst, name...)
	o.dst = append(o.dst, '"', ':')
}

func (o *object) comma() {
	if o.begun {
		o.dst = append(o.dst, ',')
	}
	o.begun = true
}

// text appends a member of a field unless it is empty.
func (o *object) text(name, value string) {
	if value == "" {
		return
	}
	o.name(name)
	o.dst, _ = jsontext.AppendQuote(o.dst, value) // its error tells of U+FFFD, which is wanted
}

// member appends an extension.
func (o *object) member(m Member) error {
	value := jsontext.Value(m.Value)
	if !utf8.Valid(value) || !value.IsValid(lenient()...) {
		return fmt.Errorf("extension %q: %q is not valid JSON", m.Name, clip(value))
	}
	o.comma()
	o.dst, _ = jsontext.AppendQuote(o.dst, m.Name)
	o.dst = append(o.dst, ':')
	o.dst = append(o.dst, value...)
	return nil
}

// checkNames refuses extensions that would give an object the same name twice.
func (o *object) checkNames(extensions Extensions) error {
	if len(extensions) < 2 {
		return nil
	}
	seen := make(map[string]bool, len(extensions))
	for _, m := range extensions {
		if seen[m.Name] {
			return fmt.Errorf("extension %q is there twice", m.Name)
		}
		seen[m.Name] = true
	}
	return nil
}

// clip shortens bytes that are quoted in a message.
func clip(b []byte) []byte {
	const most = 60
	if len(b) <= most {
		return b
	}
	return append(b[:most:most], "…"...)
}
