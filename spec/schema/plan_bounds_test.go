package schema

import (
	"strconv"
	"strings"
	"testing"
)

// TestPlanIsBounded gives plans what would cost a careless one its stack or
// years: it ends at once, and is not sure.
func TestPlanIsBounded(t *testing.T) {
	nested := func(open, closing string, n int) string {
		return strings.Repeat(open, n) + "1" + strings.Repeat(closing, n)
	}
	tests := map[string]struct{ schema, text string }{
		"arrays nested a million deep":            {`S: {}`, nested("[", "]", 1_000_000)},
		"objects nested a million deep":           {`S: {}`, nested(`{"a":`, "}", 1_000_000)},
		"alternatives that read each level twice": {`S: {anyOf: [{type: object, properties: {a: {$ref: '#/S'}}, required: [y]}, {type: object, properties: {a: {$ref: '#/S'}}, required: [z]}]}`, nested(`{"a":`, "}", 200)},
		"alternatives of themselves":              {`S: {anyOf: [{$ref: '#/S'}, {$ref: '#/S'}, {$ref: '#/S'}]}`, `"a"`},
		"a schema that is all of itself":          {`S: {allOf: [{$ref: '#/S'}]}`, `1`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if readSchema(t, V31, tt.schema).Checker(Request).Sure([]byte(tt.text)) {
				t.Error("sure")
			}
		})
	}
}

// TestPlanOfManyNames keeps to linear time and to its memory where an object has
// more unknown names than fit the first table.
func TestPlanOfManyNames(t *testing.T) {
	c := readSchema(t, V31, `S: {type: object, additionalProperties: {type: integer}}`).Checker(Request)
	var b strings.Builder
	for i := range 50_000 {
		b.WriteString(`,"n` + strconv.Itoa(i) + `":1`)
	}
	text := "{" + b.String()[1:] + "}"
	if !c.Sure([]byte(text)) {
		t.Error("an object of 50,000 names is not sure")
	}
	if c.Sure([]byte(text[:len(text)-1] + `,"n0":1}`)) {
		t.Error("sure of an object with a name twice")
	}
}
