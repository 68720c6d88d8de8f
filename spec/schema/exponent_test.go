package schema

import (
	"testing"
	"time"
)

func TestExponentsOfAnySizeAreHeldToTheSchema(t *testing.T) {
	tests := map[string]struct {
		schema, text string
		valid        bool
	}{
		"above a maximum":                  {"{type: number, maximum: 1e300}", "1e99999999", false},
		"below a maximum":                  {"{type: number, maximum: 1e300}", "-1E+99999999", true},
		"above a minimum":                  {"{type: number, minimum: 1}", "1e999999999999999999999", true},
		"nearly nothing":                   {"{type: number, exclusiveMinimum: 0}", "1e-99999999", true},
		"no multiple":                      {"{type: number, multipleOf: 0.01}", "1e-99999999", false},
		"a multiple":                       {"{type: number, multipleOf: 0.01}", "3e99999999", true},
		"a whole number":                   {"{type: integer}", "1e99999999", true},
		"no whole number":                  {"{type: integer}", "1e-99999999", false},
		"nothing":                          {"{type: number, maximum: 0}", "0e99999999", true},
		"zeros in front":                   {"{type: number, maximum: 1000}", "1e0000000000003", true},
		"among others":                     {"{type: array, items: {type: number, maximum: 5}}", "[1, 1e99999999, 2e0]", false},
		"a text that looks like one":       {`{type: object, properties: {a: {const: "1e99999999\""}, b: {maximum: 1}}}`, `{"a": "1e99999999\"", "b": 1e-9999999}`, true},
		"of 64 bits":                       {"{type: integer, format: int64}", "1e99999999", false},
		"among those listed":               {"{enum: [1e99999999]}", "1e99999999", true},
		"in a list without the same twice": {"{type: array, uniqueItems: true}", "[1e99999999, 1]", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := readSchema(t, V31, "S: "+tt.schema).Checker(Request)
			start := time.Now()
			if got := c.Valid([]byte(tt.text)); got != tt.valid {
				t.Errorf("%s under %s: valid %v, want %v", tt.text, tt.schema, got, tt.valid)
			}
			if fs, err := c.Check([]byte(tt.text)); err != nil || (len(fs) == 0) != tt.valid {
				t.Errorf("%s under %s: %v, %v", tt.text, tt.schema, fs, err)
			}
			if took := time.Since(start); took > time.Second {
				t.Errorf("%s takes %v", tt.text, took)
			}
		})
	}
}
