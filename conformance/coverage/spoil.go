package coverage

import (
	"bytes"
	"mime"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// Spoil names a way to send a body that no value of the schema has.
type Spoil string

// The ways to spoil a body.
const (
	NoBody        Spoil = "no-body"        // none at all
	Truncated     Spoil = "truncated"      // ends in the middle
	NotAtAll      Spoil = "not-a-value"    // a text that is none of the media type
	Trailing      Spoil = "trailing"       // something follows the value
	DuplicateName Spoil = "duplicate-name" // the same member twice (RFC 8259 §4: SHOULD be unique)
	InvalidUTF8   Spoil = "invalid-utf8"   // RFC 8259 §8.1
	OtherCharset  Spoil = "other-charset"  // UTF-16, and says so
	DeeplyNested  Spoil = "deeply-nested"  // in arrays
	Huge          Spoil = "huge"           // a valid body with much white space
	PlainText     Spoil = "as-text"        // the right body with the Content-Type of another
	AsXML         Spoil = "as-xml"
	NoBoundary    Spoil = "no-boundary" // multipart without its parameter boundary (RFC 2046 §5.1.1)
)

// Sizes of the larger bodies.
const (
	hugeSize  = 512 << 10
	nestDepth = 5000
)

// spoilers has a row for each way: what it is called, whom it is for, how much it
// weighs where a server accepts it, and how it is done. The order is that of the
// cases.
var spoilers = []struct {
	spoil Spoil
	name  string
	kind  Kind
	want  Want
	sure  bool
	json  bool // for JSON bodies only
	alter func(b *Base, r *Request) bool
}{
	{NoBody, "is missing", Member, Refuse, true, false, func(_ *Base, r *Request) bool {
		r.Body, r.HasBody, r.ContentType = nil, false, ""
		return true
	}},
	{Truncated, "ends in the middle", Syntax, Refuse, true, true, func(_ *Base, r *Request) bool {
		r.Body = r.Body[:len(r.Body)/2]
		return len(r.Body) > 0
	}},
	{NotAtAll, "is no JSON", Syntax, Refuse, true, true, func(_ *Base, r *Request) bool {
		r.Body = []byte("concord")
		return true
	}},
	{Trailing, "goes on after its value", Syntax, Refuse, false, true, func(_ *Base, r *Request) bool {
		r.Body = append(bytes.Clone(r.Body), " concord"...)
		return true
	}},
	{DuplicateName, "has a member twice", Syntax, Survive, true, true, func(b *Base, r *Request) bool {
		list := children(b.body)
		if b.body.Kind() != '{' || len(list) == 0 {
			return false
		}
		r.Body = object(append(list, list[0]))
		return true
	}},
	{InvalidUTF8, "is no UTF-8", Syntax, Survive, true, true, func(b *Base, r *Request) bool {
		// The byte goes where nothing else is wrong once a server has replaced it:
		// what such a server keeps is still of the contract.
		for at := bytes.LastIndexByte(r.Body, '"'); at > 0; at = bytes.LastIndexByte(r.Body[:at], '"') {
			replaced := *r
			replaced.Body = slices.Concat(r.Body[:at], []byte("\ufffd"), r.Body[at:])
			if broken, routed := replaced.Violations(b.Operation); routed && len(broken) == 0 {
				r.Body = slices.Concat(r.Body[:at], []byte{0xff}, r.Body[at:])
				return true
			}
		}
		return false
	}},
	{OtherCharset, "is UTF-16", Syntax, Refuse, false, true, func(_ *Base, r *Request) bool {
		var out []byte
		for _, unit := range utf16.Encode([]rune("\ufeff" + string(r.Body))) {
			out = append(out, byte(unit>>8), byte(unit))
		}
		r.Body, r.ContentType = out, bare(r.ContentType)+"; charset=utf-16"
		return true
	}},
	{DeeplyNested, "nests 5000 arrays", Syntax, Refuse, true, true, func(_ *Base, r *Request) bool {
		r.Body = []byte(strings.Repeat("[", nestDepth) + strings.Repeat("]", nestDepth))
		return true
	}},
	{PlainText, "is called text/plain", Media, Refuse, true, false, as("text/plain")},
	{AsXML, "is called application/xml", Media, Refuse, true, false, as("application/xml")},
	{NoBoundary, "has no boundary", Syntax, Refuse, true, false, func(_ *Base, r *Request) bool {
		if !strings.HasPrefix(r.ContentType, "multipart/") {
			return false
		}
		r.ContentType = bare(r.ContentType)
		return true
	}},
	{Huge, "has half a megabyte of white space", Syntax, Survive, true, true, func(_ *Base, r *Request) bool {
		r.Body = append(bytes.Repeat([]byte(" "), hugeSize), r.Body...)
		return true
	}},
}

// as sends the body under another media type.
func as(contentType string) func(*Base, *Request) bool {
	return func(b *Base, r *Request) bool {
		if len(r.Body) == 0 || b.Operation.RequestMediaType(contentType) != nil {
			return false
		}
		r.ContentType = contentType
		return true
	}
}

func bare(contentType string) string {
	name, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return contentType
	}
	return name
}

// apply spoils the body of a request.
func (s Spoil) apply(b *Base, r *Request) error {
	if !r.HasBody {
		return errNoChange
	}
	for _, row := range spoilers {
		if row.spoil != s {
			continue
		}
		if row.json && (b.media == nil || !b.media.IsJSON() && !spec.IsJSON(r.ContentType) || !schema.Value(r.Body).IsValid()) {
			return errNoChange
		}
		if row.alter(b, r) {
			return nil
		}
	}
	return errNoChange
}
