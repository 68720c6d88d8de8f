package schema

import (
	"bytes"
	"fmt"

	"github.com/pb33f/jsonschema/v6"
)

// A Checker holds JSON texts to one schema in one direction. It is compiled at
// its first use and safe for concurrent use.
type Checker struct {
	schema *Schema
	dir    Direction
	lib    *jsonschema.Schema
	err    error
}

// Checker returns the checker of a schema for a direction, always the same one.
func (s *Schema) Checker(dir Direction) *Checker {
	slot := &s.checkers[dir]
	slot.once.Do(func() {
		c := &Checker{schema: s, dir: dir}
		c.lib, c.err = s.reader.compile(dir, s)
		slot.is = c
	})
	return slot.is
}

// Err tells why the schema cannot be used, nil where it can: the library
// refuses it. Everything is valid under it then.
func (c *Checker) Err() error { return c.err }

// Valid tells whether a JSON text is valid. A text that is no JSON is not.
func (c *Checker) Valid(text []byte) bool {
	if c.lib == nil {
		return Value(text).IsValid()
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	return err == nil && c.lib.Validate(v) == nil
}

// Check lists the faults of a JSON text, nil where it is valid. A text that is
// no JSON is an error.
func (c *Checker) Check(text []byte) ([]Fault, error) {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	if c.lib == nil {
		return nil, nil
	}
	return faults(c.lib.Validate(v)), nil
}
