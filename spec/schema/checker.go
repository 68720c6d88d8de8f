package schema

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"unicode/utf8"
	"unsafe"

	"github.com/pb33f/jsonschema/v6"
)

// A Checker holds JSON texts to one schema in one direction. A [plan] of the
// schema answers first; only what that is not sure of goes to the library,
// which decides and explains. A Checker is compiled at its first use, the
// library's part of it at the first text that the plan is not sure of. It is
// safe for concurrent use.
type Checker struct {
	schema *Schema
	dir    Direction
	plan   *plan

	once sync.Once
	lib  *jsonschema.Schema
	err  error
}

// Checker returns the checker of a schema for a direction, always the same one.
func (s *Schema) Checker(dir Direction) *Checker {
	slot := &s.checkers[dir]
	slot.once.Do(func() {
		slot.is = &Checker{schema: s, dir: dir, plan: s.reader.plan(dir, s)}
	})
	return slot.is
}

// library returns the library's form of the schema, nil where it refuses it.
func (c *Checker) library() *jsonschema.Schema {
	c.once.Do(func() { c.lib, c.err = c.schema.reader.compile(c.dir, c.schema) })
	return c.lib
}

// Err tells why the schema cannot be used, nil where it can: the library
// refuses it. Everything is valid under it then.
func (c *Checker) Err() error {
	c.library()
	return c.err
}

// Sure tells whether a JSON text is valid for certain, without asking the
// library and without allocating. False means nothing: ask Valid or Check.
// A text in which an object has a name twice, or that is not UTF-8, is never
// sure.
func (c *Checker) Sure(text []byte) bool { return c.plan.sure(text) }

// SureString is Sure for a string that is given as it is, without quotes.
func (c *Checker) SureString(s string) bool {
	// The bytes of s are only read, and not kept.
	return c.plan.sureText(unsafe.Slice(unsafe.StringData(s), len(s)))
}

// Valid tells whether a JSON text is valid. A text that is no JSON is not.
func (c *Checker) Valid(text []byte) bool {
	if c.plan.sure(text) {
		return true
	}
	lib := c.library()
	if lib == nil {
		return Value(text).IsValid()
	}
	v, err := unmarshal(text)
	return err == nil && lib.Validate(v) == nil
}

// unmarshal reads a JSON text for the library. Text that is not UTF-8 is no JSON
// (RFC 8259 §8.1); the decoder would mend it without a word.
func unmarshal(text []byte) (any, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("the text is not UTF-8")
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(tamed(text)))
}

// ValidString tells whether a string is valid; it is given as it is, without
// quotes and escapes, as the value of a parameter is.
func (c *Checker) ValidString(s string) bool {
	if c.SureString(s) {
		return true
	}
	lib := c.library()
	return lib == nil || lib.Validate(s) == nil
}

// Check lists the faults of a JSON text, nil where it is valid. A text that is
// no JSON is an error.
func (c *Checker) Check(text []byte) ([]Fault, error) {
	if c.plan.sure(text) {
		return nil, nil
	}
	v, err := unmarshal(text)
	if err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	lib := c.library()
	if lib == nil {
		return nil, nil
	}
	return faults(lib.Validate(v)), nil
}

// CheckString is Check for a string that is given as it is, without quotes.
func (c *Checker) CheckString(s string) []Fault {
	if c.SureString(s) {
		return nil
	}
	lib := c.library()
	if lib == nil {
		return nil
	}
	return faults(lib.Validate(s))
}
