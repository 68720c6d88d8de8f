package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/pb33f/jsonschema/v6"
	"github.com/pb33f/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/concord-api/concord/spec/source"
)

// Fault is one way in which a value breaks its schema.
type Fault struct {
	Pointer string // JSON pointer (RFC 6901) of the member at fault; of a missing member, where it should be
	Keyword string // the keyword of JSON Schema that is broken
	Detail  string // a sentence without its subject: "is required", "must be string, not integer"
}

// faults flattens what the library found into one Fault for each member.
func faults(err error) []Fault {
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		if err != nil {
			return []Fault{{Detail: err.Error()}}
		}
		return nil
	}
	var out []Fault
	collect(&out, invalid)
	return out
}

func collect(out *[]Fault, e *jsonschema.ValidationError) {
	at := pointer(e.InstanceLocation)
	add := func(pointer, keyword, format string, args ...any) {
		f := Fault{pointer, keyword, fmt.Sprintf(format, args...)}
		for _, known := range *out {
			if known == f {
				return
			}
		}
		*out = append(*out, f)
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			add(at+"/"+source.EscapePointer(name), "required", "is required")
		}
	case *kind.DependentRequired:
		for _, name := range k.Missing {
			add(at+"/"+source.EscapePointer(name), "dependentRequired", "is required where %q is sent", k.Prop)
		}
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			add(at+"/"+source.EscapePointer(name), "additionalProperties", "is not a known member")
		}
	case *kind.PropertyNames:
		add(at+"/"+source.EscapePointer(k.Property), "propertyNames", "is not an allowed name of a member")
	case *kind.Type:
		add(at, "type", "must be %s, not %s", strings.Join(k.Want, " or "), k.Got)
	case *kind.Enum:
		add(at, "enum", "must be %s", oneOf(k.Want))
	case *kind.Const:
		add(at, "const", "must be %s", show(k.Want))
	case *kind.Format:
		add(at, "format", "is no valid %s", k.Want)
	case *kind.Pattern:
		add(at, "pattern", "does not match the pattern %s", k.Want)
	case *kind.MinLength:
		add(at, "minLength", "has %s, at least %d are needed", count(k.Got, "character"), k.Want)
	case *kind.MaxLength:
		add(at, "maxLength", "has %s, at most %d are allowed", count(k.Got, "character"), k.Want)
	case *kind.MinItems:
		add(at, "minItems", "has %s, at least %d are needed", count(k.Got, "item"), k.Want)
	case *kind.MaxItems:
		add(at, "maxItems", "has %s, at most %d are allowed", count(k.Got, "item"), k.Want)
	case *kind.MinProperties:
		add(at, "minProperties", "has %s, at least %d are needed", count(k.Got, "member"), k.Want)
	case *kind.MaxProperties:
		add(at, "maxProperties", "has %s, at most %d are allowed", count(k.Got, "member"), k.Want)
	case *kind.Minimum:
		add(at, "minimum", "must be at least %s", exact(k.Want))
	case *kind.Maximum:
		add(at, "maximum", "must be at most %s", exact(k.Want))
	case *kind.ExclusiveMinimum:
		add(at, "exclusiveMinimum", "must be greater than %s", exact(k.Want))
	case *kind.ExclusiveMaximum:
		add(at, "exclusiveMaximum", "must be less than %s", exact(k.Want))
	case *kind.MultipleOf:
		add(at, "multipleOf", "must be a multiple of %s", exact(k.Want))
	case *kind.UniqueItems:
		add(at, "uniqueItems", "has the same item twice, at %d and %d", k.Duplicates[0], k.Duplicates[1])
	case *kind.FalseSchema:
		add(at, "false", "is not allowed")
	case *kind.OneOf:
		if len(k.Subschemas) > 1 {
			add(at, "oneOf", "matches %d alternatives of which it must match exactly one", len(k.Subschemas))
			return
		}
		closest(out, e, "oneOf", at)
	case *kind.AnyOf:
		closest(out, e, "anyOf", at)
	case *kind.Not:
		add(at, "not", "matches what is excluded")
	default:
		if len(e.Causes) > 0 {
			for _, cause := range e.Causes {
				collect(out, cause)
			}
			return
		}
		keyword := ""
		if path := e.ErrorKind.KeywordPath(); len(path) > 0 {
			keyword = path[0]
		}
		add(at, keyword, "%s", e.ErrorKind.LocalizedString(message.NewPrinter(language.English)))
	}
}

// closest reports the alternative of which a value breaks least, the deepest
// first: that is the one its author most likely meant.
func closest(out *[]Fault, e *jsonschema.ValidationError, keyword, at string) {
	var best []Fault
	bestScore := -1
	for _, cause := range e.Causes {
		var fs []Fault
		collect(&fs, cause)
		if len(fs) == 0 {
			continue
		}
		score := 0
		for _, f := range fs {
			if f.Pointer == at && (f.Keyword == "type" || f.Keyword == "const" || f.Keyword == "enum") {
				score -= 1000
			}
		}
		score += 100 - len(fs)
		if bestScore == -1 && best == nil || score > bestScore {
			best, bestScore = fs, score
		}
	}
	if len(best) == 0 || len(e.Causes) > 1 && allOf(best, at, "type") {
		*out = append(*out, Fault{at, keyword, "matches none of the alternatives"})
		return
	}
	*out = append(*out, best...)
}

func allOf(fs []Fault, pointer, keyword string) bool {
	for _, f := range fs {
		if f.Pointer != pointer || f.Keyword != keyword {
			return false
		}
	}
	return true
}

func pointer(path []string) string {
	var b strings.Builder
	for _, token := range path {
		b.WriteByte('/')
		b.WriteString(source.EscapePointer(token))
	}
	return b.String()
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func oneOf(values []any) string {
	const most = 8
	var b strings.Builder
	if len(values) > 1 {
		b.WriteString("one of ")
	}
	for i, v := range values {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(values)-most)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(show(v))
	}
	return b.String()
}

// exact writes a number with all its digits.
func exact(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	return strings.TrimRight(r.FloatString(20), "0")
}

func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}
