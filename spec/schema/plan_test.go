package schema

import (
	"bytes"
	"testing"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/jsonschema/v6"

	"github.com/concord-api/concord/spec/source"
)

// readSchema reads the member "S" of a YAML text as a schema.
func readSchema(t testing.TB, version Version, text string) *Schema {
	t.Helper()
	s, err := parseSchema(version, text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func parseSchema(version Version, text string) (*Schema, error) {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(text), &root); err != nil {
		return nil, err
	}
	file := &source.File{Location: "/test.yaml", Name: "test.yaml", Root: &root}
	files := &source.Set{}
	files.Add(file)
	place, err := files.Resolve("#/S", file)
	if err != nil {
		return nil, err
	}
	return NewReader(version, files).Read(place), nil
}

// libraryAccepts asks the library alone.
func libraryAccepts(c *Checker, text []byte) bool {
	lib := c.library()
	if lib == nil {
		return Value(text).IsValid()
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	return err == nil && lib.Validate(v) == nil
}

func TestPlan(t *testing.T) {
	tests := map[string]struct {
		schema  string
		sure    []string
		unsure  []string // valid, but left to the library
		invalid []string
	}{
		"the empty schema takes any JSON": {
			`S: {}`,
			[]string{`null`, ` true `, `-0.5e+10`, `"a\u00e9\ud83d\ude00"`, `[]`, `{}`, `{"a":[{"b":{}}],"c":1}`, "\t[1 , 2]\n"},
			[]string{`{"a":1,"a":2}`, `{"\u0061":1}`, `"\ud800"`},
			[]string{``, ` `, `1 2`, `01`, `1.`, `-`, `+1`, `tru`, `nulll`, `"a`, "\"\x01\"", `[1,]`, `[1 2]`, `{"a"}`, `{"a":}`, `{,}`, `{"a":1,}`, `{a:1}`, `"\x"`, `"\u12"`, `[`, `{`, `.5`, `1e`, "\ufeff1"},
		},
		"types, with 1.0 an integer": {
			`S: {type: [integer, "null"]}`,
			[]string{`1`, `-5`, `1.0`, `null`, `123456789012345678901234567890`},
			[]string{`1e3`},
			[]string{`1.5`, `"1"`, `true`, `[]`, `{}`},
		},
		"enum and const compare values, not texts": {
			`S: {enum: [a, "\"", 1, 2.50, null, true]}`,
			[]string{`"a"`, `"\""`, `"\u0061"`, `1`, `1.0`, `2.5`, `2.500`, `null`, `true`},
			[]string{`10e-1`},
			[]string{`"b"`, `false`, `2`, `[]`, `{}`, `-1`},
		},
		"bounds are exact decimals": {
			`S: {type: number, minimum: 0.1, exclusiveMaximum: 1.3, multipleOf: 0.1}`,
			[]string{`0.1`, `0.10`, `1.2`, `0.3`, `1`},
			[]string{`1e-1`},
			[]string{`0.09`, `1.3`, `1.30`, `0.15`, `0`, `-1`, `100000000000000000000`},
		},
		"lengths count characters": {
			`S: {type: string, minLength: 2, maxLength: 3}`,
			[]string{`"ab"`, `"äöü"`, `"😀😀"`, `"\ud83d\ude00\u00e9"`, `"\n\t"`},
			nil,
			[]string{`"a"`, `"abcd"`, `"😀"`, `"\ud83d\ude00"`},
		},
		"patterns of plain shape and others": {
			`S: {type: object, properties: {a: {pattern: '^cust_[0-9a-f]{4}$'}, b: {pattern: '(x|y)+z'}, c: {pattern: '^(?=.*\d)\w+$'}, d: {pattern: '^[^/]+/\w*$'}, e: {pattern: '^(?:[0-9]{3}-[0-9]{2}|[0-9]{5})$'}}}`,
			[]string{`{"a":"cust_00ff"}`, `{"b":"--xyz--"}`, `{"d":"ä/b"}`, `{"d":"a/"}`, `{"e":"123-45"}`, `{"e":"12345"}`},
			[]string{`{"c":"a1"}`},
			[]string{`{"a":"cust_00fg"}`, `{"a":"cust_00ff0"}`, `{"a":"xcust_00ff"}`, `{"b":"z"}`, `{"c":"a"}`, `{"d":"/b"}`, `{"d":"a/b/"}`, `{"e":"123-456"}`, `{"e":"1234"}`},
		},
		"formats": {
			`S: {properties: {t: {format: date-time}, d: {format: date}, u: {format: uuid}, m: {format: email}, r: {format: uri}, i: {format: int32}, x: {format: made-up}, p: {format: json-pointer}}}`,
			[]string{`{"t":"2026-03-03T16:00:00Z"}`, `{"t":"2024-02-29t23:59:59.123+02:00"}`, `{"d":"2000-02-29"}`, `{"u":"550e8400-e29b-41d4-a716-446655440000"}`,
				`{"m":"a.b+c@example.com"}`, `{"r":"https://example.com:80/a?b=c#d"}`, `{"r":"urn:a:b"}`, `{"i":2147483647}`, `{"i":"x"}`, `{"x":"anything"}`},
			[]string{`{"t":"1990-12-31T23:59:60Z"}`, `{"m":"\"a b\"@example.com"}`, `{"r":"http://[::1]/"}`, `{"p":"/a"}`, `{"i":1.0e1}`},
			[]string{`{"t":"2026-02-29T16:00:00Z"}`, `{"t":"2026-03-03 16:00:00Z"}`, `{"d":"1900-02-29"}`, `{"u":"550e8400"}`, `{"m":"a..b@example.com"}`, `{"m":"a@-b.com"}`, `{"r":"/a"}`, `{"i":2147483648}`, `{"i":1.5}`, `{"p":"a"}`},
		},
		"objects": {
			`S: {type: object, required: [a, b], properties: {a: {type: integer}, b: {}, 'q"': {type: string}}, additionalProperties: {type: string}, minProperties: 2, maxProperties: 4}`,
			[]string{`{"a":1,"b":2}`, `{"b":2,"a":1}`, `{"b":{"x":1,"y":[1]},"a":1,"c":"d"}`},
			[]string{`{"a":1,"a":2,"b":3}`, `{"a":1,"b":2,"q\"":"s"}`, `{"a":1,"b":2,"c":"d","c":"e"}`},
			[]string{`{"a":1}`, `{"a":"x","b":1}`, `{"a":1,"b":2,"c":3}`, `{"a":1,"b":2,"c":"","d":"","e":""}`, `[]`, `{"a":1,"b":2,"q\"":3}`},
		},
		"members by pattern, name and dependency": {
			`S: {patternProperties: {'^x-': {type: integer}}, properties: {x-a: {minimum: 3}, b: {}}, additionalProperties: false, propertyNames: {maxLength: 4}, dependentRequired: {b: [x-a]}, dependentSchemas: {b: {required: [x-b]}}}`,
			[]string{`{"x-a":3}`, `{"x-c":1}`, `{"b":1,"x-a":5,"x-b":1}`, `{}`},
			nil,
			[]string{`{"x-a":2}`, `{"x-a":"s"}`, `{"c":1}`, `{"x-abc":1}`, `{"b":1}`, `{"b":1,"x-a":5}`},
		},
		"arrays": {
			`S: {type: array, prefixItems: [{type: string}], items: {type: integer}, minItems: 1, maxItems: 4, uniqueItems: true, contains: {type: integer, minimum: 5}, minContains: 1, maxContains: 2}`,
			[]string{`["a",5]`, `["a",1,7]`, ` [ "a" , 6 , 7 ] `},
			[]string{`["a",5.0]`},
			[]string{`[]`, `[1]`, `["a",5,5]`, `["a",5,6,7]`, `["a",1,2,3,5]`, `["a","b"]`, `["a",7,7.0]`},
		},
		"allOf and $ref are merged, each with its own additionalProperties": {
			`S: {allOf: [{$ref: '#/B'}, {properties: {c: {type: integer}}, required: [c]}], $ref: '#/A'}
A: {properties: {c: {minimum: 1}}}
B: {type: object, properties: {b: {type: string}, c: {}}, additionalProperties: false}`,
			[]string{`{"c":1}`, `{"b":"","c":2}`},
			nil,
			[]string{`{"c":0}`, `{}`, `{"c":1,"d":1}`, `{"b":1,"c":1}`},
		},
		"anyOf, oneOf, not and if": {
			`S: {properties: {
  any: {anyOf: [{type: string, maxLength: 2}, {type: object, required: [a]}, {type: object, required: [b]}]},
  one: {oneOf: [{type: integer, multipleOf: 3}, {type: integer, multipleOf: 5}, {type: object, required: [k], properties: {k: {const: x}}}, {type: object, required: [k], properties: {k: {const: y}}}]},
  non: {not: {type: object, required: [a]}},
  con: {if: {properties: {t: {const: n}}, required: [t]}, then: {required: [n]}, else: {required: [s]}}}}`,
			[]string{`{"any":"ab"}`, `{"any":{"b":1}}`, `{"one":3}`, `{"one":10}`, `{"one":{"k":"y","z":[1]}}`, `{"non":{"b":1}}`, `{"non":1}`, `{"con":{"t":"n","n":1}}`, `{"con":{"t":"x","s":1}}`},
			[]string{`{"non":{"b":1,"b":2}}`},
			[]string{`{"any":"abc"}`, `{"any":{}}`, `{"one":15}`, `{"one":4}`, `{"one":{"k":"z"}}`, `{"non":{"a":1}}`, `{"con":{"t":"n"}}`, `{"con":{}}`},
		},
		"a doubled name cannot make an alternative look wrong": {
			`S: {oneOf: [{properties: {x: {type: string}}}, {}]}`,
			[]string{`{"x":1}`},
			nil,
			[]string{`{"x":"a"}`, `{"x":1,"x":"a"}`},
		},
		"recursion ends": {
			`S: {type: object, properties: {next: {$ref: '#/S'}, all: {type: array, items: {$ref: '#/S'}}}, additionalProperties: false}`,
			[]string{`{}`, `{"next":{"next":{}},"all":[{},{"all":[]}]}`},
			nil,
			[]string{`{"next":{"next":{"x":1}}}`},
		},
		"false is valid for nothing": {
			`S: {type: object, properties: {a: false, b: true}}`,
			[]string{`{"b":1}`},
			nil,
			[]string{`{"a":1}`},
		},
		"a schema that is part of itself ends": {
			`S: {allOf: [{$ref: '#/A'}]}
A: {anyOf: [{$ref: '#/A'}, {type: string}]}`,
			[]string{`"a"`}, nil, []string{`1`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := readSchema(t, V31, tt.schema).Checker(Request)
			hold := func(texts []string, sure, valid bool) {
				for _, text := range texts {
					if got := c.Sure([]byte(text)); got != sure {
						t.Errorf("Sure(%s) = %v", text, got)
					}
					if got := c.Valid([]byte(text)); got != valid {
						t.Errorf("Valid(%s) = %v", text, got)
					}
				}
			}
			hold(tt.sure, true, true)
			hold(tt.unsure, false, true)
			hold(tt.invalid, false, false)
			for _, text := range tt.sure {
				if !libraryAccepts(c, []byte(text)) {
					t.Errorf("the library refuses %s", text)
				}
			}
		})
	}
}
