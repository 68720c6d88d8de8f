package schema

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestFrame(t *testing.T) {
	tests := map[string]struct {
		schema string
		text   string   // the values between ‹ and › change
		sure   []string // the values of other texts, split by spaces
		not    []string
		none   bool // there is no frame
	}{
		"a member is held to its own schema": {
			schema: `S: {type: object, required: [id], properties: {id: {type: string, pattern: '^c_[0-9]+$'}, at: {type: integer}}}`,
			text:   `{"id":‹"c_1"›,"at":‹3›,"more":‹null›}`,
			sure:   []string{`"c_22" 4 {}`, `"c_1" -1 [1,{"a":2}]`},
			not:    []string{`"d_22" 4 1`, `"c_1" "4" 1`, `"c_1" 4 {"a":1,"a":2}`, `"c_1" 4`, `"c_1" 4 1 1`, `"c_1 4 1`, `"c_1"} 4 1`, `"c_1" 4, 1`},
		},
		"allOf and additionalProperties apply together": {
			schema: `S: {allOf: [{properties: {a: {minLength: 2}}}, {additionalProperties: {type: string}}]}`,
			text:   `{"a":‹"xx"›,"b":‹"y"›}`,
			sure:   []string{`"xyz" ""`},
			not:    []string{`"x" ""`, `"xx" 1`},
		},
		"items of a list": {
			schema: `S: {prefixItems: [{type: integer}], items: {type: object, properties: {n: {maximum: 3}}}}`,
			text:   ` [ ‹1› , {"n" : ‹2›} , {"n":1} ] `,
			sure:   []string{`7 3`},
			not:    []string{`"7" 3`, `7 4`},
		},
		"a choice at the value itself is part of what it is held to": {
			schema: `S: {properties: {a: {anyOf: [{type: string}, {type: 'null'}]}, b: {enum: [x, y]}}}`,
			text:   `{"a":‹null›,"b":‹"x"›}`,
			sure:   []string{`"s" "y"`},
			not:    []string{`1 "y"`, `null "z"`},
		},
		"a choice that looks at no value that changes": {
			schema: `S: {properties: {a: {if: {required: [k]}, then: {required: [l]}}, b: {type: integer}}}`,
			text:   `{"a":{"k":1,"l":2},"b":‹1›}`,
			sure:   []string{`2`},
			not:    []string{`"2"`},
		},
		"a changing value as a whole":                   {schema: `S: {type: string}`, text: `‹"a"›`, sure: []string{`"b"`}, not: []string{`1`}},
		"if looks at members together":                  {schema: `S: {properties: {a: {type: integer}}, if: {properties: {a: {const: 1}}}, then: {required: [a]}}`, text: `{"a":‹1›}`, none: true},
		"oneOf looks at members together":               {schema: `S: {oneOf: [{properties: {a: {type: integer}}}]}`, text: `{"a":‹1›}`, none: true},
		"not looks at members together":                 {schema: `S: {not: {properties: {a: {type: string}}}}`, text: `{"a":‹1›}`, none: true},
		"const compares the whole object":               {schema: `S: {const: {a: 1}}`, text: `{"a":‹1›}`, none: true},
		"uniqueItems compares items":                    {schema: `S: {uniqueItems: true}`, text: `[‹1›,2]`, none: true},
		"contains counts items":                         {schema: `S: {contains: {const: 1}}`, text: `[‹1›,2]`, none: true},
		"dependentSchemas look at other members":        {schema: `S: {dependentSchemas: {b: {properties: {a: {type: integer}}}}}`, text: `{"a":‹1›,"b":2}`, none: true},
		"patterns of names are left to the whole check": {schema: `S: {patternProperties: {'^a': {type: integer}}}`, text: `{"ab":‹1›}`, none: true},
		"unevaluatedProperties are the library's":       {schema: `S: {unevaluatedProperties: {type: integer}}`, text: `{"a":‹1›}`, none: true},
		"a place that is no value":                      {schema: `S: {}`, text: `{"a":‹1,"b":2›}`, none: true},
		"a name that changes":                           {schema: `S: {}`, text: `{‹"a"›:1}`, none: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			text, at := marked(tt.text)
			c := readSchema(t, V31, tt.schema).Checker(Response)
			if !c.Valid(text) {
				t.Fatalf("%s is not valid", text)
			}
			f := c.Frame(text, at)
			if (f == nil) != tt.none {
				t.Fatalf("Frame(%s) = %v, want none: %v", tt.text, f, tt.none)
			}
			for _, values := range tt.sure {
				if text, at := filled(text, at, strings.Split(values, " ")); !f.Sure(text, at) {
					t.Errorf("not sure of %s", text)
				}
			}
			for _, values := range tt.not {
				if text, at := filled(text, at, strings.Split(values, " ")); f.Sure(text, at) {
					t.Errorf("sure of %s", text)
				}
			}
		})
	}
}

// marked takes the marks out of a text and tells where they were.
func marked(text string) (out []byte, at []Span) {
	for {
		before, rest, ok := strings.Cut(text, "‹")
		out = append(out, before...)
		if !ok {
			return out, at
		}
		value, after, _ := strings.Cut(rest, "›")
		at = append(at, Span{len(out), len(out) + len(value)})
		out, text = append(out, value...), after
	}
}

// filled puts other values into a text; those that are too many stand nowhere.
func filled(text []byte, at []Span, values []string) (out []byte, spans []Span) {
	done := 0
	for i, v := range values {
		if i < len(at) {
			out = append(out, text[done:at[i].Start]...)
			done = at[i].End
		}
		spans = append(spans, Span{len(out), len(out) + len(v)})
		out = append(out, v...)
	}
	return append(out, text[done:]...), spans
}

// holdFrame makes a schema and a valid text of bytes, changes some values of the
// text, and holds what a frame is sure of against the library.
func holdFrame(t testing.TB, n *tally, data []byte) {
	c := &choices{data: data, plain: true}
	text := fmt.Sprintf(`{"S":%s,"A":%s,"B":%s}`, c.schema(0), c.schema(2), c.schema(2))
	s, err := parseSchema(V31, text)
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	c.plain = false
	checker := s.Checker(Direction(c.n(2)))
	if checker.Err() != nil {
		return
	}
	for range 8 {
		var b strings.Builder
		c.sample(&b, s, 0)
		sample := []byte(b.String())
		if tooLong(b.String()) || !libraryAccepts(checker, sample) {
			continue
		}
		at := c.places(sample)
		f := checker.Frame(sample, at)
		n.texts++
		if f == nil || len(at) == 0 {
			continue
		}
		n.accepted++
		for range 4 {
			var values []string
			for _, place := range at {
				var v strings.Builder
				if c.sometimes(3) {
					c.value(&v, 3)
				} else {
					v.Write(sample[place.Start:place.End])
				}
				values = append(values, c.mutate(v.String()))
			}
			other, spans := filled(sample, at, values)
			if tooLong(string(other)) || !f.Sure(other, spans) {
				continue
			}
			n.sure++
			if !Value(other).IsValid() || !libraryAccepts(checker, other) {
				t.Errorf("the frame of %s is sure of %s, the library refuses it under\n%s", sample, other, text)
				return
			}
		}
	}
}

// places chooses values of a text that are not within each other.
func (c *choices) places(text []byte) []Span {
	var out []Span
	r := run{text: text, depth: maxDepth, fuel: minFuel + fuelPerByte*len(text)}
	defer r.release()
	for i := 0; i < len(text); i++ {
		if strings.IndexByte(` ,:]}`, text[i]) >= 0 || !c.sometimes(3) {
			continue
		}
		r.at = i
		if r.value(anything) == valid && (r.at == len(text) || strings.IndexByte(` ,]}`, text[r.at]) >= 0) {
			out = append(out, Span{i, r.at})
			i = r.at - 1
		}
	}
	return out
}

// FuzzFrame holds frames against the library, for schemas and values made from
// bytes.
func FuzzFrame(f *testing.F) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		f.Add(randomBytes(random, 500))
	}
	f.Fuzz(func(t *testing.T, data []byte) { holdFrame(t, &tally{}, data) })
}

// TestFrameAgreesWithLibrary is FuzzFrame for fixed seeds, and demands that
// frames are of some use.
func TestFrameAgreesWithLibrary(t *testing.T) {
	n := tally{}
	soak(t, 1000, func(random *rand.Rand) { holdFrame(t, &n, randomBytes(random, 200+random.IntN(800))) })
	t.Logf("%d texts, %d frames with values that change, sure of %d other texts", n.texts, n.accepted, n.sure)
	if n.accepted < 50 || n.sure < 50 {
		t.Errorf("%d frames, sure of %d texts", n.accepted, n.sure)
	}
}
