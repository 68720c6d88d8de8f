package schema_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concord-api/concord/spec/schema"
)

// TestTooBroad holds a value to schemas that cannot be visited one by one.
func TestTooBroad(t *testing.T) {
	levels := func(format string) string {
		var b strings.Builder
		b.WriteString("Top: {$ref: '#/S0'}\n")
		for i := range 60 {
			next := fmt.Sprintf("$ref: '#/S%d'", i+1)
			fmt.Fprintf(&b, "S%d: "+format+"\n", i, next, next)
		}
		return b.String() + "S60: {type: object, required: [a]}\n"
	}
	tests := map[string]struct {
		schema  string
		invalid string // a text that is known not to be valid, "" for none
		problem string
	}{
		"an allOf of the next level twice":        {levels("{allOf: [{%s}, {%s}]}") + "S: {$ref: '#/Top'}", "", "too many schemas"},
		"a oneOf of the next level twice":         {levels("{oneOf: [{%s}, {allOf: [{%s}]}]}") + "S: {$ref: '#/Top'}", "", "too many schemas"},
		"an anyOf of the next level twice":        {levels("{anyOf: [{%s}, {%s, minLength: 1}]}") + "S: {$ref: '#/Top'}", "", "too many schemas"},
		"a member that is too broad":              {levels("{allOf: [{%s}, {%s}]}") + "S: {type: object, required: [b], properties: {b: {$ref: '#/Top'}}}", `{}`, "too many schemas"},
		"a reference to itself":                   {"S: {$ref: '#/S'}", "", "refers to itself"},
		"two references to each other":            {"S: {$ref: '#/U'}\nU: {$ref: '#/S'}", "", "refers to itself"},
		"a member that refers to itself":          {"S: {type: object, required: [b], properties: {b: {$ref: '#/U'}}}\nU: {$ref: '#/U'}", `{}`, "refers to itself"},
		"a member that refers to the whole":       {"S: {type: object, properties: {b: {$ref: '#/S'}}}", `{"b":1}`, ""},
		"a level that is used twice, and no more": {"S: {allOf: [{$ref: '#/U'}, {$ref: '#/U'}]}\nU: {type: string}", `1`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, reader := read(t, schema.V31, tt.schema)
			start := time.Now()
			c := s.Checker(schema.Response)
			if valid := `{"b":{"a":1}}`; tt.invalid != "1" && !c.Valid([]byte(valid)) {
				t.Errorf("Valid(%s) = false", valid)
			}
			if err := c.Err(); err != nil {
				t.Errorf("Err() = %v", err)
			}
			if tt.invalid != "" && c.Valid([]byte(tt.invalid)) {
				t.Errorf("Valid(%s) = true, though the rest of the schema speaks against it", tt.invalid)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
			problems := reader.Problems()
			switch {
			case tt.problem == "" && len(problems) > 0:
				t.Errorf("Problems() = %v, want none", problems)
			case tt.problem != "" && (len(problems) == 0 || !strings.Contains(problems[0].Message, tt.problem)):
				t.Errorf("Problems() = %v, want them to say %q", problems, tt.problem)
			}
		})
	}
}
