package schema_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// read reads the member "S" of a YAML text as a schema.
func read(t testing.TB, version schema.Version, text string) (*schema.Schema, *schema.Reader) {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(text), &root); err != nil {
		t.Fatal(err)
	}
	file := &source.File{Location: "/test.yaml", Name: "test.yaml", Root: &root}
	files := &source.Set{}
	files.Add(file)
	place, err := files.Resolve("#/S", file)
	if err != nil {
		t.Fatal(err)
	}
	reader := schema.NewReader(version, files)
	return reader.Read(place), reader
}

func TestChecker(t *testing.T) {
	tests := map[string]struct {
		version schema.Version
		schema  string
		valid   []string
		invalid map[string][]schema.Fault
	}{
		"a schema that refers to itself ends": {
			schema.V31,
			`S: {type: object, required: [n], properties: {n: {type: integer}, next: {$ref: '#/S'}}}`,
			[]string{`{"n":1}`, `{"n":1,"next":{"n":2}}`},
			map[string][]schema.Fault{
				`{"n":1,"next":{}}`: {{"/next/n", "required", "is required"}},
			},
		},
		"nullable of 3.0 accepts null": {
			schema.V30,
			`S: {type: string, nullable: true, enum: [a, b]}`,
			[]string{`null`, `"a"`},
			map[string][]schema.Fault{`"c"`: {{"", "enum", `must be one of "a", "b", null`}}},
		},
		"numbers beyond 2^53 stay exact": {
			schema.V31,
			`S: {type: integer, maximum: 9007199254740993}`,
			[]string{`9007199254740993`},
			map[string][]schema.Fault{`9007199254740994`: {{"", "maximum", "must be at most 9007199254740993"}}},
		},
		"words of a string schema stay words": {
			schema.V31,
			`S: {type: string, enum: [no, 1.10, 2020-01-01, 0x10, true]}`,
			[]string{`"no"`, `"1.10"`, `"2020-01-01"`, `"0x10"`, `"true"`},
			nil,
		},
		"a pattern with look-ahead is ECMA-262": {
			schema.V31,
			`S: {type: string, pattern: '^(?=.*\d)[a-z\d]{4,}$'}`,
			[]string{`"abc1"`},
			map[string][]schema.Fault{`"abcd"`: {{"", "pattern", `does not match the pattern ^(?=.*\d)[a-z\d]{4,}$`}}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, reader := read(t, tt.version, tt.schema)
			c := s.Checker(schema.Request)
			if c.Err() != nil || len(reader.Problems()) > 0 {
				t.Fatalf("err = %v, problems = %v", c.Err(), reader.Problems())
			}
			for _, text := range tt.valid {
				if fs, err := c.Check([]byte(text)); err != nil || len(fs) > 0 {
					t.Errorf("Check(%s) = %v, %v, want valid", text, fs, err)
				}
			}
			for text, want := range tt.invalid {
				got, err := c.Check([]byte(text))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("Check(%s): (-want +got)\n%s", text, diff)
				}
			}
		})
	}
}

func TestTextThatIsNotUTF8IsNoJSON(t *testing.T) {
	s, _ := read(t, schema.V31, `S: {type: string}`)
	c := s.Checker(schema.Request)
	if _, err := c.Check([]byte("\"a\xff\"")); err == nil || c.Valid([]byte("\"a\xff\"")) {
		t.Errorf("a text with the byte FF is accepted, error = %v", err)
	}
}
