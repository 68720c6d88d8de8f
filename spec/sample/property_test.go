package sample_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/concord-api/concord/spec/sample"
	"github.com/concord-api/concord/spec/schema"
)

// TestMain asks for more random schemas than rapid's 100, unless the command
// line says how many.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "1500"); err != nil {
		panic(err)
	}
	flag.Parse()
	os.Exit(m.Run())
}

// randomSchema draws a schema that has values: each keyword it draws leaves
// something, whatever the others are.
func randomSchema(t *rapid.T, version schema.Version, depth int) map[string]any {
	kinds := []string{"string", "text", "pattern", "integer", "number", "boolean", "enum"}
	if depth > 0 {
		kinds = append(kinds, "object", "object", "array", "allOf", "anyOf", "oneOf", "map", "ref")
		if version == schema.V31 {
			kinds = append(kinds, "tuple", "if", "dependent", "union", "contains", "unevaluated")
		}
	}
	m := map[string]any{}
	kind := rapid.SampledFrom(kinds).Draw(t, "kind")
	switch kind {
	case "string":
		m["type"] = "string"
		m["format"] = rapid.SampledFrom([]string{
			"date-time", "date", "time", "duration", "email", "idn-email", "hostname", "ipv4", "ipv6", "uri", "uri-reference",
			"iri", "uri-template", "uuid", "json-pointer", "relative-json-pointer", "regex", "byte", "password", "binary", "unknown",
		}).Draw(t, "format")
	case "text":
		m["type"] = "string"
		low := rapid.IntRange(0, 40).Draw(t, "minLength")
		m["minLength"] = low
		m["maxLength"] = low + rapid.IntRange(0, 10).Draw(t, "more")
	case "pattern":
		m["type"] = "string"
		m["pattern"] = rapid.SampledFrom([]string{
			`^[a-z]+$`, `^[A-Z]{2}\d{4}$`, `\d+`, `^(foo|bar)-[0-9a-f]{8}$`, `^\S+@\S+$`, `^(?=.*\d)[a-z\d]{4,9}$`, `[^/]$`, `^.{3,300}$`,
			`^(?:[01]\d|2[0-3]):[0-5]\d$`, `^\+?[1-9]\d{1,14}$`, `^[\w.-]+(/[\w.-]+)?$`, `^(?!x)\w{5}$`, `^\p{Lu}\p{Ll}*$`,
		}).Draw(t, "pattern")
	case "integer", "number":
		m["type"] = kind
		low := rapid.IntRange(-1000, 1000).Draw(t, "minimum")
		high := low + rapid.IntRange(20, 500).Draw(t, "room")
		if rapid.Bool().Draw(t, "low") {
			m["minimum"] = low
		}
		if rapid.Bool().Draw(t, "high") {
			m["maximum"] = high
		}
		if rapid.Bool().Draw(t, "multiple") {
			m["multipleOf"] = rapid.SampledFrom([]json.Number{"1", "2", "5", "7", "0.5", "0.01"}).Draw(t, "multipleOf")
		}
	case "boolean":
		m["type"] = "boolean"
	case "enum":
		m["enum"] = rapid.SliceOfNDistinct(rapid.SampledFrom([]any{"a", "b", 1, 2.5, true, nil, "c d"}), 1, 4, func(v any) string { return fmt.Sprint(v) }).Draw(t, "enum")
	case "object":
		m = randomObject(t, version, depth)
	case "array":
		m["type"] = "array"
		m["items"] = randomSchema(t, version, depth-1)
		low := rapid.IntRange(0, 3).Draw(t, "minItems")
		m["minItems"] = low
		m["maxItems"] = low + rapid.IntRange(0, 3).Draw(t, "more")
		if rapid.Bool().Draw(t, "unique") {
			m["uniqueItems"] = true
			m["items"] = map[string]any{"type": rapid.SampledFrom([]string{"string", "integer", "number"}).Draw(t, "item")}
		}
	case "tuple":
		m["type"] = "array"
		m["prefixItems"] = []any{randomSchema(t, version, depth-1), randomSchema(t, version, depth-1)}
		m["minItems"] = rapid.IntRange(0, 2).Draw(t, "minItems")
		m["items"] = false
	case "contains":
		m["type"] = "array"
		m["contains"] = randomSchema(t, version, 0)
		m["minContains"] = rapid.IntRange(1, 3).Draw(t, "minContains")
	case "allOf":
		m["allOf"] = []any{named(t, version, depth, "l"), named(t, version, depth, "r")}
	case "anyOf":
		m["anyOf"] = []any{randomSchema(t, version, depth-1), randomSchema(t, version, depth-1)}
	case "oneOf":
		m["oneOf"] = []any{tagged(t, version, depth, "one"), tagged(t, version, depth, "two"), map[string]any{"type": "string"}}
		if rapid.Bool().Draw(t, "discriminated") {
			m["oneOf"] = m["oneOf"].([]any)[:2]
			m["discriminator"] = map[string]any{"propertyName": "tag"}
		}
	case "map":
		m["type"] = "object"
		m["additionalProperties"] = randomSchema(t, version, depth-1)
		m["minProperties"] = rapid.IntRange(0, 3).Draw(t, "minProperties")
	case "ref":
		// Back to the whole, where it may be left out.
		m["type"] = "object"
		m["properties"] = map[string]any{"back": map[string]any{"$ref": "#/S"}, "list": map[string]any{"type": "array", "items": map[string]any{"$ref": "#/S"}}}
		m["required"] = []string{"list"}
	case "if":
		m["type"] = "object"
		m["properties"] = map[string]any{"on": map[string]any{"type": "boolean"}}
		m["if"] = map[string]any{"properties": map[string]any{"on": map[string]any{"const": true}}, "required": []string{"on"}}
		m["then"] = map[string]any{"properties": map[string]any{"t": randomSchema(t, version, depth-1)}, "required": []string{"t"}}
		m["else"] = map[string]any{"properties": map[string]any{"e": randomSchema(t, version, depth-1)}, "required": []string{"e"}}
	case "dependent":
		m = randomObject(t, version, depth)
		m["dependentRequired"] = map[string]any{"a": []string{"x", "y"}}
		m["dependentSchemas"] = map[string]any{"b": map[string]any{"properties": map[string]any{"z": randomSchema(t, version, depth-1)}, "required": []string{"z"}}}
		m["additionalProperties"] = true
		delete(m, "maxProperties")
	case "union":
		m["type"] = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"null", "string", "integer", "array", "object", "boolean"}), 1, 3, rapid.ID[string]).Draw(t, "types")
	case "unevaluated":
		m["allOf"] = []any{named(t, version, depth, "l")}
		m["properties"] = map[string]any{"own": randomSchema(t, version, depth-1)}
		m["unevaluatedProperties"] = false
	}
	if version == schema.V30 && kind != "ref" && rapid.IntRange(0, 4).Draw(t, "nullable") == 0 {
		m["nullable"] = true
	}
	if rapid.IntRange(0, 6).Draw(t, "default") == 0 {
		m["example"] = rapid.SampledFrom([]any{"x", 1, nil, []any{}, map[string]any{"a": 1}}).Draw(t, "example")
	}
	return m
}

func randomObject(t *rapid.T, version schema.Version, depth int) map[string]any {
	properties := map[string]any{}
	var required []string
	for _, name := range []string{"a", "b", "created_at", "email"}[:rapid.IntRange(0, 4).Draw(t, "members")] {
		p := randomSchema(t, version, depth-1)
		switch rapid.IntRange(0, 6).Draw(t, "way") {
		case 0:
			p["readOnly"] = true
		case 1:
			p["writeOnly"] = true
		}
		properties[name] = p
		if rapid.Bool().Draw(t, "required") {
			required = append(required, name)
		}
	}
	m := map[string]any{"type": "object", "properties": properties}
	if required != nil {
		m["required"] = required
	}
	if rapid.Bool().Draw(t, "closed") {
		m["additionalProperties"] = false
	}
	if rapid.Bool().Draw(t, "bounded") {
		m["maxProperties"] = max(len(required), 1)
	}
	return m
}

// named draws an open object whose member has a name of its own.
func named(t *rapid.T, version schema.Version, depth int, name string) map[string]any {
	m := map[string]any{"type": "object", "properties": map[string]any{name: randomSchema(t, version, depth-1)}}
	if rapid.Bool().Draw(t, "required") {
		m["required"] = []string{name}
	}
	return m
}

// tagged draws an object that its tag tells from others.
func tagged(t *rapid.T, version schema.Version, depth int, tag string) map[string]any {
	m := named(t, version, depth, "v")
	m["properties"].(map[string]any)["tag"] = map[string]any{"type": "string", "enum": []string{tag}}
	m["required"] = []string{"tag"}
	return m
}

func drawn(t *rapid.T) (*schema.Schema, schema.Version, string) {
	version := rapid.SampledFrom([]schema.Version{schema.V30, schema.V31}).Draw(t, "version")
	text, err := json.Marshal(map[string]any{"S": randomSchema(t, version, 3)})
	if err != nil {
		t.Fatal(err)
	}
	s, err := tryRead(version, string(text))
	if err != nil {
		t.Fatal(err)
	}
	return s, version, string(text)
}

func options(t *rapid.T) sample.Options {
	return sample.Options{
		Seed:      rapid.Uint64Range(0, 1000).Draw(t, "seed"),
		Direction: rapid.SampledFrom([]schema.Direction{schema.Request, schema.Response}).Draw(t, "direction"),
		Dynamic:   rapid.Bool().Draw(t, "dynamic"),
	}
}

func TestEveryRandomSchemaHasASample(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, _, text := drawn(t)
		o := options(t)
		c := s.Checker(o.Direction)
		if c.Err() != nil {
			t.Fatalf("%s: %v", text, c.Err())
		}
		v, err := sample.Generate(s, o)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if faults, err := c.Check(v); err != nil || len(faults) > 0 || !c.Valid(v) {
			t.Fatalf("%s: %s: %v %v", text, v, err, faults)
		}
	})
}

func TestEveryJunkIsMended(t *testing.T) {
	values := rapid.SampledFrom([]string{
		`null`, `1`, `"x"`, `{}`, `[]`, `{"a":1,"b":"x","tag":"two","v":null}`, `[1,1,"x"]`, `{"list":[{"list":[]}],"back":{}}`, `{"a":`, ``, `true`,
		`{"email":"me@example.org","created_at":"never"}`, `{"l":{},"r":[],"own":1,"extra":2}`,
	})
	rapid.Check(t, func(t *rapid.T) {
		s, _, text := drawn(t)
		o := options(t)
		example := schema.Value(values.Draw(t, "junk"))
		c := s.Checker(o.Direction)
		v, changed, err := sample.Mend(example, s, o)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if !c.Valid(v) {
			t.Fatalf("%s: %s was mended to %s, which is not valid", text, example, v)
		}
		if changed == c.Valid(example) || !changed && string(v) != string(example) {
			t.Fatalf("%s: %s became %s, changed = %v", text, example, v, changed)
		}
	})
}

// FuzzGenerate holds that no schema makes the generator panic, run on, or give
// an invalid value.
func FuzzGenerate(f *testing.F) {
	for _, text := range satisfiable {
		f.Add([]byte(text), uint64(0))
	}
	f.Add([]byte("S: {type: number, minimum: 1e999999, multipleOf: 1e-99999}"), uint64(1))
	f.Add([]byte("S: {type: array, minItems: 99999999999, items: {$ref: '#/S'}}"), uint64(2))
	f.Add([]byte("S: {type: string, minLength: 99999999, pattern: '((a{1000}){1000}){1000}'}"), uint64(3))
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		if len(text) > 4096 {
			return
		}
		// What runs on is ended with its input, which a check afterwards could not.
		defer time.AfterFunc(8*time.Second, func() { panic(fmt.Sprintf("%q with seed %d runs on", text, seed)) }).Stop()
		for _, version := range []schema.Version{schema.V30, schema.V31} {
			s, err := tryRead(version, string(text))
			if err != nil {
				return
			}
			o := sample.Options{Seed: seed, Dynamic: seed%2 == 1, Direction: schema.Direction(seed / 2 % 2)}
			v, err := sample.Generate(s, o)
			if err != nil {
				if !errors.Is(err, sample.ErrUnsatisfiable) {
					t.Fatalf("error %v", err)
				}
				continue
			}
			if !s.Checker(o.Direction).Valid(v) {
				t.Fatalf("%s is not valid", v)
			}
		}
	})
}
