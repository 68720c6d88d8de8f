package sample_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec/sample"
	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// read reads the member "S" of a YAML text as a schema.
func read(t testing.TB, version schema.Version, text string) *schema.Schema {
	t.Helper()
	s, err := tryRead(version, text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tryRead(version schema.Version, text string) (*schema.Schema, error) {
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
	return schema.NewReader(version, files).Read(place), nil
}

// satisfiable are schemas that have values, one for each way of being hard.
var satisfiable = map[string]string{
	"the schema true": `S: true`,
	"names that begin alike, of patternProperties": `S: {type: object, patternProperties: {^x-: {type: integer}}, additionalProperties: false, minProperties: 3}`,
	"names that begin alike, of propertyNames":     `S: {type: object, propertyNames: {pattern: ^x-}, minProperties: 2}`,
	"names that both allow":                        `S: {type: object, patternProperties: {^x-: {type: integer}}, propertyNames: {pattern: ^x-}, minProperties: 2}`,
	"an allOf of itself":                           `S: {allOf: [{$ref: '#/S'}], type: string}`,
	"a reference to itself":                        `S: {$ref: '#/S'}`,
	"no keyword at all":                            `S: {}`,
	"members without a type":                       `S: {properties: {a: {type: string}}, required: [a, b]}`,
	"items without a type":                         `S: {items: {type: integer}, minItems: 2}`,
	"allOf with bounds in both":                    `S: {allOf: [{type: integer, minimum: 5}, {maximum: 6, exclusiveMinimum: 5}]}`,
	"allOf that closes no one":                     `S: {allOf: [{type: object, properties: {a: {type: string}}, required: [a]}, {properties: {b: {enum: [1, 2]}, a: {minLength: 4}}, required: [b]}]}`,
	"enums that overlap":                           `S: {allOf: [{enum: [1, 2, 3]}, {enum: [3, 4]}]}`,
	"const beside enum":                            `S: {enum: [a, b], const: b}`,
	"oneOf of overlapping numbers":                 `S: {oneOf: [{type: number}, {type: integer}]}`,
	"oneOf of multiples":                           `S: {type: integer, oneOf: [{multipleOf: 3}, {multipleOf: 5}]}`,
	"oneOf by required":                            `S: {type: object, properties: {a: {type: string}, b: {type: string}}, oneOf: [{required: [a]}, {required: [b]}]}`,
	"oneOf of open objects":                        `S: {oneOf: [{type: object, properties: {a: {type: integer}}}, {type: object, properties: {b: {type: integer}}, required: [b]}]}`,
	"oneOf of objects without required":            `S: {oneOf: [{type: object, properties: {a: {type: integer}}}, {type: object, properties: {b: {type: integer}}}]}`,
	"not of a type":                                `S: {not: {type: [string, object, array]}}`,
	"not of members":                               `S: {type: object, properties: {a: {type: string}, b: {type: string}}, not: {required: [a, b]}}`,
	"not of a const":                               `S: {type: boolean, not: {const: true}}`,
	"not of a pattern":                             `S: {type: string, minLength: 1, not: {pattern: '^[a-m]'}}`,
	"if and then":                                  `S: {type: object, required: [c, z], properties: {c: {enum: [US, CA]}, z: {type: string}}, if: {properties: {c: {const: US}}}, then: {properties: {z: {pattern: '^\d{5}$'}}}, else: {properties: {z: {pattern: '^[A-Z]\d[A-Z]$'}}}}`,
	"an if that never holds":                       `S: {type: integer, if: {type: string}, then: false, else: {minimum: 3}}`,
	"dependentRequired":                            `S: {type: object, properties: {a: {type: string}}, dependentRequired: {a: [b], b: [c]}}`,
	"dependentSchemas":                             `S: {type: object, properties: {a: {type: string}}, dependentSchemas: {a: {properties: {b: {type: integer}}, required: [b]}}}`,
	"a dependent schema that is false":             `S: {type: object, properties: {a: {type: string}}, dependentSchemas: {a: false}}`,
	"a tuple":                                      `S: {type: array, prefixItems: [{type: string}, {type: integer}], items: false, minItems: 2}`,
	"a short tuple":                                `S: {type: array, prefixItems: [{type: string}, {type: integer}], maxItems: 1}`,
	"contains":                                     `S: {type: array, items: {type: integer}, contains: {minimum: 10, maximum: 12}, minContains: 2, maxContains: 2, minItems: 4}`,
	"contains nothing":                             `S: {type: array, items: {type: integer}, contains: {const: 1}, minContains: 0, maxContains: 0, minItems: 2}`,
	"unique items of an enum":                      `S: {type: array, uniqueItems: true, items: {enum: [a, b, c]}, minItems: 3}`,
	"unique items of few numbers":                  `S: {type: array, uniqueItems: true, items: {type: integer, minimum: 1, maximum: 5}, minItems: 5}`,
	"unique booleans and null":                     `S: {type: array, uniqueItems: true, items: {type: [boolean, 'null']}, minItems: 3}`,
	"unique short texts":                           `S: {type: array, uniqueItems: true, items: {type: string, pattern: '^[ab]$'}, minItems: 2}`,
	"unique objects":                               `S: {type: array, uniqueItems: true, items: {type: object, required: [k], properties: {k: {enum: [x, y]}}}, minItems: 2}`,
	"patternProperties":                            `S: {type: object, patternProperties: {'^x-[a-z]+$': {type: integer}}, additionalProperties: false, minProperties: 2}`,
	"propertyNames":                                `S: {type: object, propertyNames: {pattern: '^[a-z]{3}$'}, minProperties: 3}`,
	"propertyNames of an enum":                     `S: {type: object, propertyNames: {enum: [a, b, c]}, minProperties: 3, additionalProperties: {type: integer}}`,
	"unevaluatedProperties":                        `S: {type: object, allOf: [{properties: {a: {type: string}}}], properties: {b: {type: string}}, required: [a, b], unevaluatedProperties: false}`,
	"unevaluatedProperties with a schema":          `S: {type: object, allOf: [{properties: {a: {type: string}}}], minProperties: 2, unevaluatedProperties: {type: integer}}`,
	"unevaluatedItems":                             `S: {type: array, prefixItems: [{type: string}], unevaluatedItems: {type: integer}, minItems: 3}`,
	"minProperties":                                `S: {type: object, minProperties: 4, additionalProperties: {type: boolean}}`,
	"maxProperties":                                `S: {type: object, maxProperties: 1, properties: {a: {type: string}, b: {type: string}}, required: [b]}`,
	"numbers beyond 2^53":                          `S: {type: integer, minimum: 9007199254740993, maximum: 9007199254740993}`,
	"a narrow fraction":                            `S: {type: number, exclusiveMinimum: 0.1, exclusiveMaximum: 0.10001}`,
	"multipleOf with decimals":                     `S: {type: number, multipleOf: 0.01, minimum: 3.141, maximum: 3.159}`,
	"a number with a format of integers":           `S: {type: number, format: int32, minimum: 1, maximum: 25}`,
	"halves with a format of integers":             `S: {type: number, format: int64, multipleOf: 1.5, minimum: 1}`,
	"two multipleOf":                               `S: {allOf: [{type: integer, multipleOf: 4}, {multipleOf: 6}], minimum: 13}`,
	"only negative":                                `S: {type: integer, exclusiveMaximum: 0}`,
	"lengths in characters":                        `S: {type: string, minLength: 7, maxLength: 7}`,
	"the empty text":                               `S: {type: string, maxLength: 0}`,
	"a pattern with lengths":                       `S: {type: string, pattern: '^[a-z]+(-[a-z]+)*$', minLength: 20, maxLength: 22}`,
	"a pattern with a long repeat":                 `S: {type: string, pattern: '^[\s\S]{1,2048}$', minLength: 1500}`,
	"a pattern without anchors":                    `S: {type: string, pattern: '\d{3}', minLength: 10}`,
	"a pattern with look-ahead":                    `S: {type: string, pattern: '^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z\d]{8,16}$'}`,
	"a pattern with a special character":           `S: {type: string, pattern: '^(?=.*[A-Z])(?=.*\d)(?=.*[!@#$%])[A-Za-z\d!@#$%]{8,}$'}`,
	"a pattern that looks back":                    `S: {type: string, pattern: '(?<=\p{Alpha})-b$'}`,
	"a pattern with properties":                    `S: {type: string, pattern: '^[\p{Upper}\d]{4}\p{Script=Greek}\P{L}$'}`,
	"a pattern that looks away":                    `S: {type: string, pattern: '^(?!foo)[a-z]{3}$'}`,
	"a pattern with a back reference":              `S: {type: string, pattern: '^(a|b)\1$'}`,
	"a pattern of Unicode":                         `S: {type: string, pattern: '^\p{L}{3}\u0041$'}`,
	"two patterns":                                 `S: {allOf: [{type: string, pattern: '[0-9]'}, {pattern: '[a-z]'}]}`,
	"a pattern and a format":                       `S: {type: string, format: uri, pattern: '^https://'}`,
	"a pattern that narrows a format":              `S: {type: string, format: date-time, pattern: 'Z$'}`,
	"an e-mail of another domain":                  `S: {type: string, format: email, pattern: '^[a-z]+@corp\.test$'}`,
	"a short e-mail":                               `S: {type: string, format: email, maxLength: 6}`,
	"a long e-mail":                                `S: {type: string, format: email, minLength: 100}`,
	"a long host name":                             `S: {type: string, format: hostname, minLength: 200}`,
	"a list that may end":                          `S: {type: object, required: [next], properties: {next: {anyOf: [{$ref: '#/S'}, {type: 'null'}]}}}`,
	"a tree whose branches are required":           `S: {type: object, required: [kids], properties: {kids: {type: array, items: {$ref: '#/S'}}}}`,
	"an optional self":                             `S: {type: object, properties: {self: {$ref: '#/S'}, n: {type: integer}}}`,
	"siblings of $ref":                             "S: {$ref: '#/T', maxLength: 3}\nT: {type: string, minLength: 3}",
	"an example that breaks the schema":            `S: {type: object, required: [n], properties: {n: {type: integer}, s: {type: string}}, example: {n: x, s: kept}}`,
	"a default that breaks the schema":             `S: {type: object, properties: {n: {type: integer, default: none}}}`,
	"a discriminator":                              "S: {oneOf: [{$ref: '#/Cat'}, {$ref: '#/Dog'}], discriminator: {propertyName: kind, mapping: {dog: '#/Dog'}}}\nCat: {type: object, required: [kind], properties: {kind: {type: string, enum: [Cat]}}}\nDog: {type: object, required: [kind], properties: {kind: {type: string, enum: [dog]}}}",
	"a closed object that needs no more":           `S: {type: object, additionalProperties: false}`,
	"required beside a closed pattern":             `S: {type: object, required: [ab], patternProperties: {'^a': {type: integer}}, additionalProperties: false}`,
}

func TestGenerate(t *testing.T) {
	for name, text := range satisfiable {
		t.Run(name, func(t *testing.T) {
			s := read(t, schema.V31, text)
			if err := s.Checker(schema.Request).Err(); err != nil {
				t.Fatal(err)
			}
			for _, o := range []sample.Options{{}, {Direction: schema.Response}, {Dynamic: true, Seed: 1}, {Dynamic: true, Seed: 2}, {Seed: 3}} {
				v, err := sample.Generate(s, o)
				if err != nil {
					t.Fatalf("Generate(%+v): %v", o, err)
				}
				if faults, err := s.Checker(o.Direction).Check(v); err != nil || len(faults) > 0 {
					t.Fatalf("Generate(%+v) = %s: %v %v", o, v, err, faults)
				}
				again, err := sample.Generate(s, o)
				if err != nil || string(again) != string(v) {
					t.Errorf("Generate(%+v) = %s and then %s", o, v, again)
				}
				if o == (sample.Options{}) {
					t.Logf("%s", v)
				}
			}
		})
	}
}

func TestGenerateNamesWhatCannotBe(t *testing.T) {
	tests := map[string]struct{ schema, want string }{
		"the schema false":                {`S: false`, "accepts nothing"},
		"bounds that cross":               {`S: {type: integer, minimum: 5, maximum: 4}`, "its bounds leave no number"},
		"lengths that cross":              {`S: {type: string, minLength: 5, maxLength: 4}`, "minLength 5 is above maxLength 4"},
		"types that exclude each other":   {`S: {allOf: [{type: string}, {type: integer}]}`, "leave no type"},
		"recursion without end":           {`S: {type: object, required: [s], properties: {s: {$ref: '#/S'}}}`, "recursion does not end"},
		"two equal alternatives of oneOf": {`S: {oneOf: [{type: string}, {type: string}]}`, "oneOf"},
		"more unique items than values":   {`S: {type: array, uniqueItems: true, minItems: 3, items: {type: boolean}}`, "differs"},
		"a required member that is false": {`S: {type: object, required: [a], properties: {a: false}}`, `member "a"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			v, err := sample.Generate(read(t, schema.V31, tt.schema), sample.Options{})
			if !errors.Is(err, sample.ErrUnsatisfiable) || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "test.yaml:1:") {
				t.Fatalf("Generate = %s, %v, want an error with %q", v, err, tt.want)
			}
		})
	}
}

// TestHostileSchemasEnd holds the generator to its bounds on schemas that grow
// without end, or beyond what any sample should be.
func TestHostileSchemasEnd(t *testing.T) {
	var wide, tower strings.Builder
	for level := range 12 {
		fmt.Fprintf(&wide, "L%d: {type: object, properties: {", level)
		for m := range 12 {
			fmt.Fprintf(&wide, "m%d: {$ref: '#/L%d'}, ", m, level+1)
		}
		wide.WriteString("}}\n")
		fmt.Fprintf(&tower, "L%d: {allOf: [{$ref: '#/L%d'}, {$ref: '#/L%d'}], oneOf: [{required: [a%d]}, {required: [b%d]}, {required: [c%d]}]}\n", level, level+1, level+1, level, level, level)
	}
	tests := map[string]struct {
		schema string
		fails  bool
	}{
		"twelve levels of twelve members":   {"S: {$ref: '#/L0'}\n" + wide.String() + "L12: {type: string}", false},
		"thirty-six alternatives at once":   {"S: {$ref: '#/L0'}\n" + tower.String() + "L12: {type: object}", false},
		"two who need each other":           {"S: {type: object, required: [b], properties: {b: {$ref: '#/B'}}}\nB: {type: array, minItems: 2, items: {$ref: '#/S'}}", true},
		"a list with billions of items":     {`S: {type: array, minItems: 9999999999, items: {type: string}}`, true},
		"a text with billions of letters":   {`S: {type: string, minLength: 9999999999}`, true},
		"an object with billions of names":  {`S: {type: object, minProperties: 9999999999}`, true},
		"a number with a million digits":    {`S: {type: integer, minimum: 1e999999}`, true},
		"a pattern that backtracks":         {`S: {type: string, pattern: '^(?=.*x)(\w+\s?)*$(?!.*)'}`, true},
		"a pattern that nothing matches":    {`S: {type: object, required: [z], if: {properties: {c: {const: US}}}, then: {properties: {z: {type: string, pattern: '^\d{5}$AZ'}}}, else: false}`, true},
		"nested repeats":                    {`S: {type: string, pattern: '^((a{1000}){1000}){1000}$'}`, true},
		"a choice of recursions that fails": {"S: {oneOf: [{$ref: '#/A'}, {$ref: '#/B'}]}\nA: {type: object, required: [x], properties: {x: {$ref: '#/S'}}}\nB: {type: array, minItems: 3, items: {$ref: '#/S'}}", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := read(t, schema.V31, tt.schema)
			start := time.Now()
			v, err := sample.Generate(s, sample.Options{})
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
			if tt.fails != errors.Is(err, sample.ErrUnsatisfiable) || len(v) > 1<<20 {
				t.Errorf("Generate = %d bytes, %v", len(v), err)
			}
		})
	}
}
