package spec

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/concord-api/concord/spec/schema"
)

// wire is one value as it travels in some style. Which of the three ways it is
// split depends on what its schema wants it to be.
type wire interface {
	scalar() (string, error)
	list() ([]string, error)
	members() ([]field, error)
	// loose is a second, laxer reading of the same text that many clients rely
	// on; nil where there is none. It counts only where the strict one fails.
	loose() wire
}

// field is one member of an object and its decoded texts: more than one where
// its name was given more than once.
type field struct {
	name   string
	values []string
}

// read reads a value by the first way of splitting it that its schema accepts,
// else by the one that fits best, so that its faults can be named.
func (s *shape) read(w wire) (schema.Value, error) {
	ways := s.ways(w)
	if next := w.loose(); next != nil {
		ways = append(ways, s.ways(next)...)
	}
	if len(ways) == 1 {
		return ways[0]()
	}
	return s.choose(ways)
}

type way func() (schema.Value, error)

// choose returns what the first way reads that the schema accepts; else the
// first that reads at all; else the first error.
func (s *shape) choose(ways []way) (schema.Value, error) {
	var fallback schema.Value
	var failed error
	for _, read := range ways {
		v, err := read()
		switch {
		case err != nil:
			if failed == nil {
				failed = err
			}
		case s.accepts(v):
			return v, nil
		case fallback == nil:
			fallback = v
		}
	}
	if fallback != nil {
		return fallback, nil
	}
	return nil, failed
}

// ways lists how a value can be split, the likeliest first.
func (s *shape) ways(w wire) []way {
	var out []way
	scalar := func() (schema.Value, error) {
		text, err := w.scalar()
		if err != nil {
			return nil, err
		}
		return s.appendScalar(nil, text)
	}
	if s.types.Has(schema.TypeObject) {
		out = append(out, func() (schema.Value, error) {
			fields, err := w.members()
			if err != nil {
				return nil, err
			}
			return s.object(fields)
		})
	}
	if s.types.Has(schema.TypeArray) {
		texts, err := w.list()
		if err == nil && len(texts) <= 1 && s.scalar() {
			out = append(out, scalar)
		}
		out = append(out, func() (schema.Value, error) {
			if err != nil {
				return nil, err
			}
			return s.array(texts)
		})
		if err == nil && len(texts) == 1 && texts[0] == "" {
			out = append(out, func() (schema.Value, error) { return schema.Value("[]"), nil })
		}
		if err != nil || len(texts) > 1 {
			if s.scalar() {
				out = append(out, scalar)
			}
		}
		return out
	}
	if s.scalar() {
		out = append(out, scalar)
	}
	return out
}

// array reads the items of an array.
func (s *shape) array(texts []string) (schema.Value, error) {
	v := schema.Value{'['}
	var err error
	for i, text := range texts {
		if i > 0 {
			v = append(v, ',')
		}
		if v, err = s.item(i).appendNested(v, text); err != nil {
			return nil, err
		}
	}
	return append(v, ']'), nil
}

// object reads the members of an object; where the schema's alternatives want
// the same member to be of different types, by each in turn.
func (s *shape) object(fields []field) (schema.Value, error) {
	v, err := s.objectOnce(fields)
	if err != nil || len(s.roots) != 1 || len(s.alternatives()) == 0 || s.accepts(v) {
		return v, err
	}
	for _, branch := range s.alternatives() {
		if w, err := branch.objectOnce(fields); err == nil && s.accepts(w) {
			return w, nil
		}
	}
	return v, nil
}

func (s *shape) objectOnce(fields []field) (schema.Value, error) {
	v := schema.Value{'{'}
	var err error
	for i, f := range fields {
		if i > 0 {
			v = append(v, ',')
		}
		if v, err = appendText(v, f.name); err != nil {
			return nil, err
		}
		v = append(v, ':')
		if v, err = s.member(f.name).appendValues(v, f.values, f.name); err != nil {
			return nil, err
		}
	}
	return append(v, '}'), nil
}

// appendValues appends a value that was given by a name once or several times.
func (s *shape) appendValues(dst []byte, values []string, name string) ([]byte, error) {
	if s.types.Has(schema.TypeArray) && (len(values) > 1 || !s.scalar() && !isJSON(values[0], '[')) {
		v, err := s.array(values)
		return append(dst, v...), err
	}
	if len(values) > 1 {
		return nil, syntaxf("has %q %d times", name, len(values))
	}
	return s.appendNested(dst, values[0])
}

// appendNested appends what stands inside an array or object. No style says how
// an array or object is written there; JSON is what clients then use.
func (s *shape) appendNested(dst []byte, text string) ([]byte, error) {
	if s.types.Has(schema.TypeObject) && isJSON(text, '{') || s.types.Has(schema.TypeArray) && isJSON(text, '[') {
		return append(dst, strings.TrimSpace(text)...), nil
	}
	return s.appendScalar(dst, text)
}

func isJSON(text string, start byte) bool {
	text = strings.TrimSpace(text)
	return text != "" && text[0] == start && schema.Value(text).IsValid()
}

// appendScalar appends the JSON value that a text stands for: of the types that
// the schema wants, the narrowest that the text can be and the schema accepts.
func (s *shape) appendScalar(dst []byte, text string) ([]byte, error) {
	const numeric = schema.TypeNumber | schema.TypeInteger
	if s.types&^schema.TypeString == 0 {
		return appendText(dst, text)
	}
	var candidates [3]string // JSON texts
	n := 0
	if s.types&numeric != 0 && isNumber(text) {
		candidates[n] = text
		n++
	}
	if s.types.Has(schema.TypeBoolean) && (text == "true" || text == "false") {
		candidates[n] = text
		n++
	}
	stringly := s.types.Has(schema.TypeString)
	null := s.types.Has(schema.TypeNull) && (text == "null" || text == "" && !stringly)
	if n == 0 && !(null && stringly) {
		if null {
			return append(dst, "null"...), nil
		}
		return appendText(dst, text)
	}
	if n == 1 && !stringly && !null {
		return append(dst, candidates[0]...), nil
	}
	if stringly {
		quoted, err := appendText(nil, text)
		if err != nil {
			return nil, err
		}
		candidates[n] = string(quoted)
		n++
	}
	if null {
		candidates[n] = "null"
		n++
	}
	for _, c := range candidates[:n] {
		if s.accepts(schema.Value(c)) {
			return append(dst, c...), nil
		}
	}
	return append(dst, candidates[0]...), nil
}

// appendText appends a text as a JSON string.
func appendText(dst []byte, text string) ([]byte, error) {
	if !utf8.ValidString(text) {
		return nil, syntaxf("is not valid UTF-8")
	}
	return jsontext.AppendQuote(dst, text)
}

// isNumber tells whether a text is a number of JSON (RFC 8259 §6).
func isNumber(text string) bool {
	if text == "" || text[len(text)-1] < '0' || text[len(text)-1] > '9' || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return false
	}
	if len(text) == 1 || len(text) < 19 && isDigits(text) {
		return text[0] != '0' || len(text) == 1
	}
	return schema.Value(text).IsValid()
}

func isDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// syntaxError says that something cannot be read in its style or media type.
type syntaxError struct {
	detail string // a sentence without its subject
}

// Error implements error.
func (e *syntaxError) Error() string { return e.detail }

func syntaxf(format string, args ...any) error { return &syntaxError{fmt.Sprintf(format, args...)} }

// syntaxDetail returns what an error of a decoder says about its subject.
func syntaxDetail(err error) string {
	var s *syntaxError
	if errors.As(err, &s) {
		return s.detail
	}
	return "cannot be read: " + err.Error()
}
