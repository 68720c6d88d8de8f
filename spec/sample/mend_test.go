package sample_test

import (
	"testing"

	"github.com/concord-api/concord/spec/sample"
	"github.com/concord-api/concord/spec/schema"
)

func TestMend(t *testing.T) {
	const customer = `S: {type: object, required: [id, name], additionalProperties: false, properties: {
		id: {type: string, pattern: '^c_[0-9]+$'}, name: {type: string, minLength: 1}, age: {type: integer, minimum: 0},
		secret: {type: string, writeOnly: true}, tags: {type: array, items: {type: string}, maxItems: 2}}}`
	const pets = `S: {oneOf: [{$ref: '#/Cat'}, {$ref: '#/Dog'}], discriminator: {propertyName: kind}}
Cat: {type: object, required: [kind, lives], properties: {kind: {const: Cat}, lives: {type: integer, const: 9}}}
Dog: {type: object, required: [kind, loud], properties: {kind: {const: Dog}, loud: {type: boolean}}}`
	tests := map[string]struct {
		schema, example, want string
	}{
		"a valid example stays, byte for byte":       {customer, `{ "name": "A",  "id": "c_1" }`, `{ "name": "A",  "id": "c_1" }`},
		"a missing member is added":                  {`S: {type: object, required: [a, ok], properties: {a: {type: string}, ok: {type: boolean}}}`, `{"a":"x"}`, `{"a":"x","ok":true}`},
		"a broken member is replaced, others stay":   {customer, `{"id":"c_7","name":"","age":3}`, `{"id":"c_7","name":"Elena Rossi","age":3}`},
		"a member that is not allowed goes":          {customer, `{"id":"c_7","name":"B","colour":"red"}`, `{"id":"c_7","name":"B"}`},
		"an array that is too long is cut":           {customer, `{"id":"c_7","name":"B","tags":["a","b","c"]}`, `{"id":"c_7","name":"B","tags":["a","b"]}`},
		"a broken item is replaced":                  {`S: {type: array, items: {enum: [a, b]}}`, `["b","z"]`, `["b","a"]`},
		"a number written as a string is a number":   {`S: {type: object, properties: {n: {type: integer}}}`, `{"n":"12"}`, `{"n":12}`},
		"a string written as a number is a string":   {`S: {type: object, properties: {s: {type: string}}}`, `{"s":12}`, `{"s":"12"}`},
		"the alternative that was meant is kept":     {pets, `{"kind":"Dog","loud":"yes","name":"Rex"}`, `{"kind":"Dog","loud":true,"name":"Rex"}`},
		"nested members are mended where they stand": {`S: {type: object, properties: {o: {type: object, required: [x], properties: {x: {const: 1}, y: {type: string}}}}}`, `{"o":{"y":"kept"}}`, `{"o":{"y":"kept","x":1}}`},
		"where nothing can be kept it is generated":  {`S: {type: array, items: {const: 1}, minItems: 1}`, `"junk"`, `[1]`},
		"what is no JSON is generated":               {`S: {const: 1}`, `{"a":`, `1`},
		"items that must differ do":                  {`S: {type: array, uniqueItems: true, minItems: 2, items: {enum: [a, b]}}`, `["b","b"]`, `["b","a"]`},
		"a writeOnly member leaves a mended answer":  {customer, `{"id":"x","name":"B","secret":"s"}`, `{"id":"c_30","name":"B"}`},
		"numbers keep their digits":                  {`S: {type: object, required: [a], properties: {n: {type: number}}}`, `{"n":12345678901234567890.10}`, `{"n":12345678901234567890.10,"a":"fjord"}`},
		"an object where a list is wanted is listed": {`S: {type: array, items: {type: object, required: [a], properties: {a: {type: string}}}}`, `{"a":"x"}`, `[{"a":"x"}]`},
		"of a list where one is wanted the first is": {`S: {type: object, required: [a], properties: {a: {type: string}}}`, `[{"a":"x"},{"a":"y"}]`, `{"a":"x"}`},
		"an escaped text keeps its meaning":          {`S: {type: object, required: [ok], properties: {ok: {const: true}}}`, `{"t":"\u00e9\/"}`, `{"t":"\u00e9\/","ok":true}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := read(t, schema.V31, tt.schema)
			v, changed, err := sample.Mend(schema.Value(tt.example), s, sample.Options{Direction: schema.Response})
			if err != nil {
				t.Fatal(err)
			}
			if string(v) != tt.want || changed != (tt.want != tt.example) {
				t.Errorf("Mend(%s) = %s, %v, want %s", tt.example, v, changed, tt.want)
			}
			if !s.Checker(schema.Response).Valid(v) {
				t.Errorf("%s is not valid", v)
			}
		})
	}
}

func TestChoose(t *testing.T) {
	s := read(t, schema.V31, `S: {type: object, required: [n], properties: {n: {type: integer}}, example: {n: 1}}`)
	good, bad := schema.Value(`{"n":5}`), schema.Value(`{"n":"x"}`)
	tests := map[string]struct {
		examples []schema.Value
		schema   *schema.Schema
		options  sample.Options
		want     string
		changed  bool
	}{
		"the media type's example comes first":   {[]schema.Value{good, bad}, s, sample.Options{}, `{"n":5}`, false},
		"a broken one is mended":                 {[]schema.Value{bad, good}, s, sample.Options{}, `{"n":47}`, true},
		"verbatim sends it as written":           {[]schema.Value{bad}, s, sample.Options{Verbatim: true}, `{"n":"x"}`, false},
		"without a schema it stands as it is":    {[]schema.Value{bad}, nil, sample.Options{}, `{"n":"x"}`, false},
		"else the schema's example":              {nil, s, sample.Options{}, `{"n":1}`, false},
		"dynamic looks at neither":               {[]schema.Value{good}, s, sample.Options{Dynamic: true}, `{"n":672}`, false},
		"dynamic without a schema has no choice": {[]schema.Value{good}, nil, sample.Options{Dynamic: true}, `{"n":5}`, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			v, changed, err := sample.Choose(tt.examples, tt.schema, tt.options)
			if err != nil || string(v) != tt.want || changed != tt.changed {
				t.Errorf("Choose = %s, %v, %v, want %s, %v", v, changed, err, tt.want, tt.changed)
			}
		})
	}
	if _, _, err := sample.Choose(nil, nil, sample.Options{}); err == nil {
		t.Error("Choose with nothing gives no error")
	}
}
