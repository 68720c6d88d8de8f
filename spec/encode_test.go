package spec

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/concord-api/concord/spec/schema"
)

// TestEncodeStyleExamples writes the values of the table "Style Examples" of
// OpenAPI 3.1 §4.8.12.5; where its printings differ, by RFC 6570.
func TestEncodeStyleExamples(t *testing.T) {
	const (
		str = `"blue"`
		arr = `["blue","black","brown"]`
		obj = `{"R":100,"G":200,"B":150}`
	)
	tests := []struct {
		in      Location
		style   string
		explode bool
		empty   string
		str     string
		arr     string
		obj     string
	}{
		{InPath, "matrix", false, ";color", ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"},
		{InPath, "matrix", true, ";color", ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"},
		{InPath, "label", false, ".", ".blue", ".blue,black,brown", ".R,100,G,200,B,150"},
		{InPath, "label", true, ".", ".blue", ".blue.black.brown", ".R=100.G=200.B=150"},
		{InPath, "simple", false, "error", "blue", "blue,black,brown", "R,100,G,200,B,150"},
		{InPath, "simple", true, "error", "blue", "blue,black,brown", "R=100,G=200,B=150"},
		{InHeader, "simple", false, "", "blue", "blue,black,brown", "R,100,G,200,B,150"},
		{InHeader, "simple", true, "", "blue", "blue,black,brown", "R=100,G=200,B=150"},
		{InQuery, "form", false, "color=", "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"},
		{InQuery, "form", true, "color=", "color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"},
		{InQuery, "spaceDelimited", false, "color=", "color=blue", "color=blue%20black%20brown", "color=R%20100%20G%20200%20B%20150"},
		{InQuery, "pipeDelimited", false, "color=", "color=blue", "color=blue%7Cblack%7Cbrown", "color=R%7C100%7CG%7C200%7CB%7C150"},
		{InQuery, "deepObject", true, "color=", "color=blue", "color%5B0%5D=blue&color%5B1%5D=black&color%5B2%5D=brown", "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"},
		{InCookie, "form", false, "color=", "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"},
		{InCookie, "form", true, "color=", "color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"},
		{InCookie, "cookie", true, "color=", "color=blue", "color=blue; color=black; color=brown", "R=100; G=200; B=150"},
	}
	for _, tt := range tests {
		p := &Parameter{Name: "color", In: tt.in, Style: tt.style, Explode: tt.explode}
		for value, want := range map[string]string{`""`: tt.empty, str: tt.str, arr: tt.arr, obj: tt.obj} {
			got, err := p.encode(schema.Value(value))
			if err != nil {
				got = "error"
			}
			if got != want {
				t.Errorf("%s, style %s, explode %v: encode(%s) = %s (%v), want %s", tt.in, tt.style, tt.explode, value, got, err, want)
			}
		}
	}
}

func TestEncode(t *testing.T) {
	tests := map[string]struct {
		p     *Parameter
		value string
		want  string // "error: …" for one
	}{
		"what a path would misread is escaped":       {&Parameter{In: InPath, Style: "simple"}, `"a/b?c#d é%"`, "a%2Fb%3Fc%23d%20%C3%A9%25"},
		"a comma of an item is escaped":              {&Parameter{In: InPath, Style: "simple"}, `["a,b","c"]`, "a%2Cb,c"},
		"a dot of an item is escaped under label":    {&Parameter{In: InPath, Style: "label", Explode: true}, `["1.5","2"]`, ".1%2E5.2"},
		"reserved characters may stay in a query":    {&Parameter{In: InQuery, Style: "form", AllowReserved: true}, `"a/b?c:d&e#f+g"`, "p=a/b?c:d%26e%23f%2Bg"},
		"a comma of an item is escaped in any case":  {&Parameter{In: InQuery, Style: "form", AllowReserved: true}, `["a,b"]`, "p=a%2Cb"},
		"an empty list is not sent":                  {&Parameter{In: InQuery, Style: "form", Explode: true}, `[]`, ""},
		"an empty path segment cannot be":            {&Parameter{In: InPath, Style: "simple"}, `[]`, "error: style simple cannot carry it: a segment of a path cannot be empty"},
		"two dots cannot be a segment":               {&Parameter{In: InPath, Style: "simple"}, `".."`, `error: style simple cannot carry it: the segment ".." has a meaning of its own`},
		"a header cannot hold a line feed":           {&Parameter{In: InHeader, Style: "simple"}, `"a\nb"`, "error: style simple cannot carry it: a header cannot hold the byte 0xa"},
		"an item of a header cannot hold a comma":    {&Parameter{In: InHeader, Style: "simple"}, `["a,b"]`, `error: style without escapes cannot carry it: "a,b" holds what divides the parts`},
		"an item of pipeDelimited cannot hold one":   {&Parameter{In: InQuery, Style: "pipeDelimited"}, `["a|b"]`, `error: style without escapes cannot carry it: "a|b" holds what divides the parts`},
		"a member with brackets cannot be deep":      {&Parameter{In: InQuery, Style: "deepObject", Explode: true}, `{"a[b]":1}`, `error: style deepObject cannot carry it: the member "a[b]" cannot stand in brackets`},
		"a deep object goes all the way down":        {&Parameter{In: InQuery, Style: "deepObject", Explode: true}, `{"a":{"b":[1,{"c":2}]}}`, "p%5Ba%5D%5Bb%5D%5B0%5D=1&p%5Ba%5D%5Bb%5D%5B1%5D%5Bc%5D=2"},
		"content is JSON in a query":                 {&Parameter{In: InQuery, Content: &MediaType{Range: "application/json"}}, `{"a":1}`, "p=%7B%22a%22%3A1%7D"},
		"content is JSON in a header":                {&Parameter{In: InHeader, Content: &MediaType{Range: "application/json"}}, `{"a":1}`, `{"a":1}`},
		"a whole query is a form":                    {&Parameter{In: InQueryString, Content: &MediaType{Range: "application/x-www-form-urlencoded"}}, `{"a":1,"b":"x y"}`, "a=1&b=x%20y"},
		"a cookie without escapes cannot hold space": {&Parameter{In: InCookie, Style: "cookie"}, `"a b"`, `error: style cookie cannot carry it: cookies cannot hold "a b"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := tt.p
			p.Name = "p"
			got, err := p.encode(schema.Value(tt.value))
			if err != nil {
				got = "error: " + err.Error()
			}
			if got != tt.want {
				t.Errorf("encode(%s) = %s, want %s", tt.value, got, tt.want)
			}
		})
	}
}

// TestRoundTrip holds every style to its inverse: what it can carry, it brings.
func TestRoundTrip(t *testing.T) {
	const (
		array  = `{type: array, minItems: 1, items: {type: string, pattern: '^[^\[{]'}}`
		number = `{type: array, minItems: 1, items: {type: [integer, boolean]}}`
		object = `{type: object, properties: {a: {type: string}, b: {type: integer}, "c/d é": {type: boolean}}}`
		mixed  = `{type: object, properties: {s: {type: string}, o: {type: object, properties: {n: {type: integer}, l: {type: array, items: {type: string}}}}}}`
	)
	text := rapid.OneOf(rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9 ,.;&=/?%+|:~\-]{0,8}[A-Za-z0-9]`), rapid.StringMatching(`[\x21-\x{2ff}][ -\x{2ff}]{0,5}[\x21-\x{2ff}]`))
	quoted := rapid.Map(text, func(s string) string { return string(schema.Text(s)) })
	plain := rapid.Custom(func(t *rapid.T) string {
		return rapid.OneOf(rapid.Map(rapid.Int(), func(i int) string { return fmt.Sprint(i) }), rapid.SampledFrom([]string{"true", "false"})).Draw(t, "scalar")
	})
	list := func(g *rapid.Generator[string]) *rapid.Generator[string] {
		return rapid.Map(rapid.SliceOfN(g, 1, 4), func(items []string) string { return "[" + strings.Join(items, ",") + "]" })
	}
	flatObject := rapid.Custom(func(t *rapid.T) string {
		members := []string{`"a":` + quoted.Draw(t, "a")}
		if rapid.Bool().Draw(t, "has b") {
			members = append(members, fmt.Sprintf(`"b":%d`, rapid.Int().Draw(t, "b")))
		}
		if rapid.Bool().Draw(t, "has c") {
			members = append(members, `"c/d é":true`)
		}
		return "{" + strings.Join(members, ",") + "}"
	})
	deep := rapid.Custom(func(t *rapid.T) string {
		return `{"s":` + quoted.Draw(t, "s") + `,"o":{"n":` + fmt.Sprint(rapid.Int().Draw(t, "n")) + `,"l":` + list(quoted).Draw(t, "l") + `}}`
	})
	kinds := []struct {
		schema *schema.Schema
		values *rapid.Generator[string]
	}{
		{readSchema(t, colorString), quoted},
		{readSchema(t, array), list(rapid.Map(rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9 ,.;&=/?%+|:~é\-]{0,8}[A-Za-z0-9]`), func(s string) string { return string(schema.Text(s)) }))},
		{readSchema(t, number), list(plain)},
		{readSchema(t, object), flatObject},
	}
	for _, style := range []struct {
		in    Location
		style string
	}{
		{InPath, "simple"}, {InPath, "label"}, {InPath, "matrix"}, {InQuery, "form"}, {InQuery, "spaceDelimited"},
		{InQuery, "pipeDelimited"}, {InQuery, "deepObject"}, {InHeader, "simple"}, {InCookie, "form"}, {InCookie, "cookie"},
	} {
		for _, explode := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s %s explode=%v", style.in, style.style, explode), func(t *testing.T) {
				carried := 0
				rapid.Check(t, func(t *rapid.T) {
					k := kinds[rapid.IntRange(0, len(kinds)-1).Draw(t, "kind")]
					s, value := k.schema, k.values.Draw(t, "value")
					if style.style == "deepObject" && rapid.Bool().Draw(t, "deep") {
						s, value = readSchema(t, mixed), deep.Draw(t, "deep value")
					}
					p := &Parameter{Name: "p q", In: style.in, Style: style.style, Explode: explode, Schema: s,
						AllowReserved: rapid.Bool().Draw(t, "reserved")}
					if style.in == InHeader || style.style == "cookie" {
						p.Name = "p"
					}
					wire, err := p.encode(schema.Value(value))
					if err != nil {
						return // the style says that it cannot carry the value
					}
					carried++
					got, err := decodeOne(p, wire)
					if err != nil || !sameJSON(got, schema.Value(value)) {
						t.Fatalf("decode(encode(%s) = %s) = %s, %v", value, wire, got, err)
					}
				})
				if carried == 0 {
					t.Error("nothing was carried")
				}
			})
		}
	}
}

func sameJSON(a, b schema.Value) bool {
	a, b = a.Clone(), b.Clone()
	return a.Canonicalize() == nil && b.Canonicalize() == nil && string(a) == string(b)
}

func TestEncodeRequest(t *testing.T) {
	id := &Parameter{Name: "id", In: InPath, Style: "simple", Required: true}
	tags := &Parameter{Name: "tags", In: InQuery, Style: "form", Explode: true}
	q := &Parameter{Name: "q", In: InQuery, Style: "form", Explode: true}
	trace := &Parameter{Name: "x-trace", In: InHeader, Style: "simple"}
	session := &Parameter{Name: "session", In: InCookie, Style: "form"}
	o := &Operation{ID: "op", Path: "/things/{id}/parts", Parameters: []*Parameter{id, tags, q, trace, session}}
	got, err := o.EncodeRequest([]ParameterValue{
		{id, schema.Value(`"a/b"`)}, {tags, schema.Value(`["x","y"]`)}, {q, schema.Value(`"1 2"`)},
		{trace, schema.Value(`7`)}, {session, schema.Value(`"s"`)},
	}, schema.Value(`{"a":1}`), &MediaType{Range: "application/json"})
	want := RequestParts{
		Path: "/things/a%2Fb/parts", Query: "tags=x&tags=y&q=1%202",
		Header: http.Header{"X-Trace": {"7"}, "Cookie": {"session=s"}},
		Body:   []byte(`{"a":1}`), ContentType: "application/json",
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	_, err = o.EncodeRequest(nil, nil, nil)
	if err == nil || err.Error() != "path parameter id of op: no value is given" {
		t.Errorf("without a path parameter: error = %v", err)
	}
}
