package scenarios

import (
	"slices"
	"strings"
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/concord-api/concord/spec"
)

// maxSlots bounds how many members of an operation's bodies are kept at hand.
const maxSlots = 12

// slot gives a member of the operation's bodies a place where it is at hand
// without decoding the body; -1 where there is no more.
func (d *dialect) slot(name string) int {
	d.languages.mu.Lock()
	defer d.languages.mu.Unlock()
	slots := d.slotNames()
	if i := slices.Index(slots, name); i >= 0 {
		return i
	}
	if len(slots) == maxSlots || !d.jsonOnly() {
		return -1
	}
	slots = append(slices.Clip(slots), name)
	d.slots.Store(&slots)
	return len(slots) - 1
}

// slotNames lists the members that are kept at hand. There may be more later:
// requests are served while an answer is made that is the first of its kind.
func (d *dialect) slotNames() []string {
	if slots := d.slots.Load(); slots != nil {
		return *slots
	}
	return nil
}

// jsonOnly tells whether all bodies of the operation are JSON.
func (d *dialect) jsonOnly() bool {
	if d.op.RequestBody == nil {
		return false
	}
	return !slices.ContainsFunc(d.op.RequestBody.Content, func(mt *spec.MediaType) bool { return !isJSON(mt.Range) })
}

// members are the JSON texts of members of a body, "" for one that is missing.
// They are parts of the body, good as long as the request.
type members struct {
	texts  [maxSlots]string
	read   int  // how many slots were read, from the first
	object bool // the body is a JSON object
}

// member returns the JSON text of a member of the body, "" where the body has
// none such or is no JSON object.
func (in *Input) member(d *dialect, slot int) string {
	m := &in.members
	if slot >= m.read {
		names := d.slotNames()
		m.read = len(names)
		if in.MediaType == "" || isJSON(in.MediaType) {
			// The body is only read, and not kept.
			if m.object = m.scan(unsafe.String(unsafe.SliceData(in.Body), len(in.Body)), names); !m.object {
				m.texts = [maxSlots]string{}
			}
		}
	}
	return m.texts[slot]
}

// scan finds members of an object in one pass. It looks only at what it must to
// find their ends: the contract has been checked before. false means that the
// text is no object after all.
func (m *members) scan(s string, names []string) bool {
	s = skipSpace(s)
	if s == "" || s[0] != '{' {
		return false
	}
	s = skipSpace(s[1:])
	for s != "" && s[0] != '}' {
		end := valueEnd(s)
		if end < 2 || s[0] != '"' {
			return false
		}
		name := s[1 : end-1]
		if strings.IndexByte(name, '\\') >= 0 {
			unquoted, err := jsontext.AppendUnquote(nil, s[:end])
			if err != nil {
				return false
			}
			name = string(unquoted)
		}
		s = skipSpace(s[end:])
		if s == "" || s[0] != ':' {
			return false
		}
		s = skipSpace(s[1:])
		if end = valueEnd(s); end == 0 {
			return false
		}
		for i, wanted := range names {
			if name == wanted {
				m.texts[i] = s[:end]
			}
		}
		s = skipSpace(s[end:])
		if s != "" && s[0] == ',' {
			s = skipSpace(s[1:])
		}
	}
	return s != ""
}

// skipSpace returns a text without the white space that it begins with (RFC 8259
// §2).
func skipSpace(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\n' || s[0] == '\r' || s[0] == '\t') {
		s = s[1:]
	}
	return s
}

// valueEnd returns the length of the JSON value that a text begins with, 0 where
// it has no end.
func valueEnd(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			for i++; ; i++ {
				if i >= len(s) {
					return 0
				}
				if s[i] == '\\' {
					i++
				} else if s[i] == '"' {
					break
				}
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
		}
	}
	return 0
}

// plainString returns the text of a JSON string that has no escapes.
func plainString(text string) (string, bool) {
	if len(text) < 2 || text[0] != '"' || strings.IndexByte(text, '\\') >= 0 {
		return "", false
	}
	return text[1 : len(text)-1], true
}
