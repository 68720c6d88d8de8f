package source

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/pb33f/go-yaml"
)

// number is what JSON calls a number (RFC 8259 §6); a plain YAML scalar of
// another form (0x10, 1_000, .5, +1) is a string in the JSON-compatible schema.
var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// maxDepth bounds how deep values may nest, so that a hostile document with
// aliases that refer to their own parents ends with an error.
const maxDepth = 1000

// maxNodes bounds how large a value may grow by aliases of aliases.
const maxNodes = 4_000_000

// AppendJSON appends the value of a node as one JSON text: members in their
// order, numbers digit by digit as written, aliases and merge keys resolved.
// It fails on a value that is nested deeper than 1,000 levels or, with its
// aliases, larger than 4 million values.
func AppendJSON(dst []byte, n *yaml.Node) ([]byte, error) {
	left := maxNodes
	return appendJSON(dst, n, 0, &left)
}

func appendJSON(dst []byte, n *yaml.Node, depth int, left *int) ([]byte, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("line %d: value is nested deeper than %d levels", n.Line, maxDepth)
	}
	if *left--; *left < 0 {
		return nil, fmt.Errorf("line %d: value holds more than %d values by its aliases", n.Line, maxNodes)
	}
	var err error
	n = Resolve(n)
	if n == nil {
		return append(dst, "null"...), nil
	}
	switch n.Kind {
	case yaml.SequenceNode:
		dst = append(dst, '[')
		for i, item := range n.Content {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = appendJSON(dst, item, depth+1, left); err != nil {
				return nil, err
			}
		}
		return append(dst, ']'), nil
	case yaml.MappingNode:
		dst = append(dst, '{')
		for i, m := range Members(n) {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = jsontext.AppendQuote(dst, m.Name()); err != nil {
				return nil, err
			}
			dst = append(dst, ':')
			if dst, err = appendJSON(dst, m.Value, depth+1, left); err != nil {
				return nil, err
			}
		}
		return append(dst, '}'), nil
	}
	switch ScalarKind(n) {
	case Null:
		return append(dst, "null"...), nil
	case Boolean:
		return append(dst, strings.ToLower(n.Value)...), nil
	case Number:
		return append(dst, n.Value...), nil
	}
	return jsontext.AppendQuote(dst, strings.ToValidUTF8(n.Value, "\uFFFD"))
}

// Kind is the JSON type of a scalar node.
type Kind uint8

// The kinds of scalars.
const (
	String Kind = iota
	Null
	Boolean
	Number
)

// ScalarKind tells what a scalar node means in the JSON-compatible schema:
// quoted and block scalars are strings, and so is every plain scalar that is
// not written as JSON writes null, true, false or a number.
func ScalarKind(n *yaml.Node) Kind {
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return String
	}
	if n.Style&yaml.TaggedStyle != 0 && n.Tag == "!!str" {
		return String
	}
	switch n.Value {
	case "", "~", "null", "Null", "NULL":
		return Null
	case "true", "false", "True", "False", "TRUE", "FALSE":
		return Boolean
	}
	if number.MatchString(n.Value) {
		return Number
	}
	return String
}

// IsNumber tells whether a text is a JSON number (RFC 8259 §6).
func IsNumber(text string) bool { return number.MatchString(text) }
