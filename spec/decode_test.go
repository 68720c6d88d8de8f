package spec

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// failer is what readSchema needs of a test.
type failer interface {
	Helper()
	Fatal(...any)
}

// readSchema reads one YAML text as a schema of OpenAPI 3.1.
func readSchema(t failer, text string) *schema.Schema {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal([]byte("S: "+text), &root); err != nil {
		t.Fatal(err)
	}
	file := &source.File{Location: "/test.yaml", Name: "test.yaml", Root: &root}
	files := &source.Set{}
	files.Add(file)
	place, err := files.Resolve("#/S", file)
	if err != nil {
		t.Fatal(err)
	}
	return schema.NewReader(schema.V31, files).Read(place)
}

const (
	colorString = `{type: string}`
	colorArray  = `{type: array, items: {type: string}}`
	colorObject = `{type: object, properties: {R: {type: integer}, G: {type: integer}, B: {type: integer}}}`
)

// TestStyleExamples is the table "Style Examples" of OpenAPI 3.1 §4.8.12.5,
// with the forms of both its printings where they differ.
func TestStyleExamples(t *testing.T) {
	const (
		str = `"blue"`
		arr = `["blue","black","brown"]`
		obj = `{"R":100,"G":200,"B":150}`
	)
	tests := []struct {
		in      Location
		style   string
		explode bool
		schema  string
		wire    string
		want    string
	}{
		{InPath, "matrix", false, colorString, ";color", `""`},
		{InPath, "matrix", false, colorString, ";color=blue", str},
		{InPath, "matrix", false, colorArray, ";color=blue,black,brown", arr},
		{InPath, "matrix", false, colorObject, ";color=R,100,G,200,B,150", obj},
		{InPath, "matrix", true, colorString, ";color", `""`},
		{InPath, "matrix", true, colorString, ";color=blue", str},
		{InPath, "matrix", true, colorArray, ";color=blue;color=black;color=brown", arr},
		{InPath, "matrix", true, colorObject, ";R=100;G=200;B=150", obj},
		{InPath, "label", false, colorString, ".", `""`},
		{InPath, "label", false, colorString, ".blue", str},
		{InPath, "label", false, colorArray, ".blue,black,brown", arr},
		{InPath, "label", false, `{type: array, items: {enum: [blue, black, brown]}}`, ".blue.black.brown", arr},
		{InPath, "label", false, colorObject, ".R,100,G,200,B,150", obj},
		{InPath, "label", false, colorObject, ".R.100.G.200.B.150", obj},
		{InPath, "label", true, colorString, ".", `""`},
		{InPath, "label", true, colorString, ".blue", str},
		{InPath, "label", true, colorArray, ".blue.black.brown", arr},
		{InPath, "label", true, colorObject, ".R=100.G=200.B=150", obj},
		{InPath, "simple", false, colorString, "blue", str},
		{InPath, "simple", false, colorArray, "blue,black,brown", arr},
		{InPath, "simple", false, colorObject, "R,100,G,200,B,150", obj},
		{InPath, "simple", true, colorString, "blue", str},
		{InPath, "simple", true, colorArray, "blue,black,brown", arr},
		{InPath, "simple", true, colorObject, "R=100,G=200,B=150", obj},
		{InHeader, "simple", false, colorString, "blue", str},
		{InHeader, "simple", false, colorArray, "blue,black,brown", arr},
		{InHeader, "simple", false, colorArray, "blue, black, brown", arr},
		{InHeader, "simple", false, colorObject, "R,100,G,200,B,150", obj},
		{InHeader, "simple", true, colorObject, "R=100,G=200,B=150", obj},
		{InQuery, "form", false, colorString, "color=", `""`},
		{InQuery, "form", false, colorString, "color=blue", str},
		{InQuery, "form", false, colorArray, "color=blue,black,brown", arr},
		{InQuery, "form", false, colorObject, "color=R,100,G,200,B,150", obj},
		{InQuery, "form", true, colorString, "color=", `""`},
		{InQuery, "form", true, colorString, "color=blue", str},
		{InQuery, "form", true, colorArray, "color=blue&color=black&color=brown", arr},
		{InQuery, "form", true, colorObject, "R=100&G=200&B=150", obj},
		{InQuery, "spaceDelimited", false, colorArray, "color=blue%20black%20brown", arr},
		{InQuery, "spaceDelimited", false, colorArray, "color=blue+black+brown", arr},
		{InQuery, "spaceDelimited", false, colorObject, "color=R%20100%20G%20200%20B%20150", obj},
		{InQuery, "spaceDelimited", true, colorArray, "color=blue&color=black&color=brown", arr},
		{InQuery, "pipeDelimited", false, colorArray, "color=blue%7Cblack%7Cbrown", arr},
		{InQuery, "pipeDelimited", false, colorArray, "color=blue|black|brown", arr},
		{InQuery, "pipeDelimited", false, colorObject, "color=R%7C100%7CG%7C200%7CB%7C150", obj},
		{InQuery, "pipeDelimited", true, colorArray, "color=blue&color=black&color=brown", arr},
		{InQuery, "deepObject", true, colorObject, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150", obj},
		{InQuery, "deepObject", true, colorObject, "color[R]=100&color[G]=200&color[B]=150", obj},
		{InCookie, "form", false, colorString, "color=blue", str},
		{InCookie, "form", false, colorArray, "color=blue,black,brown", arr},
		{InCookie, "form", false, colorObject, "color=R,100,G,200,B,150", obj},
		{InCookie, "form", true, colorArray, "color=blue&color=black&color=brown", arr},
		{InCookie, "form", true, colorObject, "R=100&G=200&B=150", obj},
		{InCookie, "cookie", true, colorString, "other=1; color=blue", str},
		{InCookie, "cookie", true, colorArray, "color=blue; color=black; color=brown", arr},
		{InCookie, "cookie", true, colorObject, "R=100; G=200; B=150", obj},
	}
	for _, tt := range tests {
		p := &Parameter{Name: "color", In: tt.in, Style: tt.style, Explode: tt.explode, Schema: readSchema(t, tt.schema)}
		got, err := decodeOne(p, tt.wire)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s, style %s, explode %v: decode(%s) = %s, %v, want %s", tt.in, tt.style, tt.explode, tt.wire, got, err, tt.want)
		}
	}
}

// decodeOne decodes a parameter from the part of a request that it travels in.
func decodeOne(p *Parameter, wire string) (schema.Value, error) {
	switch p.In {
	case InPath:
		return p.decodePath(wire)
	case InHeader:
		return p.decodeHeader([]string{wire})
	case InCookie:
		return p.decodeCookie([]string{wire})
	case InQueryString:
		return p.decodeQueryString(wire)
	}
	var q query
	q.parse(wire)
	return p.decodeQuery(&q, nil)
}

func TestDecode(t *testing.T) {
	const query = "query"
	tests := map[string]struct {
		in, style string
		explode   bool
		schema    string
		wire      string
		want      string // "error: …" for one
	}{
		"digits under string stay text":                      {query, "form", true, `{type: string}`, "p=12", `"12"`},
		"digits under no schema stay text":                   {query, "form", true, `{}`, "p=12", `"12"`},
		"digits under integer are a number":                  {query, "form", true, `{type: integer}`, "p=12", `12`},
		"integer is tried before string":                     {query, "form", true, `{type: [integer, string]}`, "p=12", `12`},
		"string is what remains":                             {query, "form", true, `{type: [integer, string]}`, "p=1x", `"1x"`},
		"a bound decides between types":                      {query, "form", true, `{oneOf: [{type: integer, maximum: 9}, {type: string}]}`, "p=12", `"12"`},
		"a number keeps its digits":                          {query, "form", true, `{type: integer}`, "p=9007199254740993", `9007199254740993`},
		"a leading zero is no number":                        {query, "form", true, `{type: integer}`, "p=012", `"012"`},
		"true is a boolean where one is wanted":              {query, "form", true, `{type: boolean}`, "p=true", `true`},
		"yes is no boolean":                                  {query, "form", true, `{type: boolean}`, "p=yes", `"yes"`},
		"null where only an integer is the other":            {query, "form", true, `{type: [integer, 'null']}`, "p=null", `null`},
		"null under a nullable string is a word":             {query, "form", true, `{type: [string, 'null']}`, "p=null", `"null"`},
		"null where the words are listed":                    {query, "form", true, `{enum: [a, null]}`, "p=null", `null`},
		"the type comes from an enum":                        {query, "form", true, `{enum: [1, 2]}`, "p=2", `2`},
		"types are narrowed by allOf":                        {query, "form", true, `{allOf: [{type: [integer, string]}, {type: integer}]}`, "p=2", `2`},
		"a plus sign is a space in a query":                  {query, "form", true, `{type: string}`, "p=a+b%2Bc", `"a b+c"`},
		"a plus sign is itself in a path":                    {"path", "simple", false, `{type: string}`, "a+b%2Fc", `"a+b/c"`},
		"a percent sign is itself in a header":               {"header", "simple", false, `{type: string}`, "100%", `"100%"`},
		"a header's commas are text under string":            {"header", "simple", false, `{type: string}`, "Mon, 2 Jan", `"Mon, 2 Jan"`},
		"an encoded comma belongs to its item":               {query, "form", false, colorArray, "p=a%2Cb,c", `["a,b","c"]`},
		"an encoded comma divides where it must":             {query, "form", false, `{type: array, items: {type: integer}}`, "p=1%2C2", `[1,2]`},
		"items have their own types":                         {query, "form", false, `{type: array, prefixItems: [{type: integer}], items: {type: boolean}}`, "p=1,true", `[1,true]`},
		"an empty text is an array of one empty string":      {query, "form", false, colorArray, "p=", `[""]`},
		"an empty text is an empty array of numbers":         {query, "form", false, `{type: array, items: {type: integer}}`, "p=", `[]`},
		"a scalar given twice is refused":                    {query, "form", true, `{type: integer}`, "p=1&p=2", "error: is given 2 times where one value is needed"},
		"an array in one text given twice is refused":        {query, "form", false, colorArray, "p=1&p=2", "error: is given 2 times where one text is needed"},
		"one value or many":                                  {query, "form", true, `{oneOf: [{type: string}, {type: array, items: {type: string}}]}`, "p=a&p=b", `["a","b"]`},
		"one value of one or many":                           {query, "form", true, `{oneOf: [{type: string}, {type: array, items: {type: string}}]}`, "p=a", `"a"`},
		"a broken escape":                                    {query, "form", true, `{type: string}`, "p=%zz", `error: has a broken percent-encoding: "%zz"`},
		"an escape cut short":                                {"path", "simple", false, `{type: string}`, "a%2", `error: has a broken percent-encoding: "%2"`},
		"bytes that are no UTF-8":                            {query, "form", true, `{type: string}`, "p=%ff", "error: is not valid UTF-8"},
		"a name without its value":                           {"path", "simple", false, colorObject, "R,1,G", `error: has no value for its last member "G"`},
		"a label without its dot":                            {"path", "label", false, colorString, "blue", `error: must begin with "." (style label)`},
		"a matrix without its name":                          {"path", "matrix", false, colorString, ";x=1", `error: must begin with ";p=" (style matrix)`},
		"a parameter that is not there":                      {query, "form", true, `{type: string}`, "q=1", ``},
		"a deep object goes on deeper":                       {query, "deepObject", true, `{type: object, properties: {a: {type: object, properties: {b: {type: integer}}}}}`, "p[a][b]=1", `{"a":{"b":1}}`},
		"a deep array by empty brackets":                     {query, "deepObject", true, `{type: object, properties: {a: {type: array, items: {type: integer}}}}`, "p[a][]=1&p[a][]=2", `{"a":[1,2]}`},
		"a deep array by numbers":                            {query, "deepObject", true, `{type: object, properties: {a: {type: array, items: {type: integer}}}}`, "p[a][1]=2&p[a][0]=1", `{"a":[1,2]}`},
		"a deep array by repetition":                         {query, "deepObject", true, `{type: object, properties: {a: {type: array, items: {type: integer}}}}`, "p[a]=1&p[a]=2", `{"a":[1,2]}`},
		"a deep array that is the parameter":                 {query, "deepObject", true, colorArray, "p[]=x&p[]=y", `["x","y"]`},
		"a deep object or a number, as number":               {query, "deepObject", true, `{anyOf: [{type: object, properties: {gt: {type: integer}}}, {type: integer}]}`, "p=5", `5`},
		"a deep object or a number, as object":               {query, "deepObject", true, `{anyOf: [{type: object, properties: {gt: {type: integer}}}, {type: integer}]}`, "p[gt]=5", `{"gt":5}`},
		"a deep object that is given as a value, too":        {query, "deepObject", true, colorObject, "p[R]=5&p=3", "error: is given both as one value and with members"},
		"alternatives that want different types":             {query, "deepObject", true, `{oneOf: [{properties: {k: {const: n}, v: {type: integer}}}, {properties: {k: {const: s}, v: {type: string}}}]}`, "p[k]=s&p[v]=5", `{"k":"s","v":"5"}`},
		"an exploded object of a map":                        {query, "form", true, `{type: object, additionalProperties: {type: integer}}`, "a=1&b=2", `{"a":1,"b":2}`},
		"an exploded object leaves what it does not declare": {query, "form", true, colorObject, "R=1&other=2", `{"R":1}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &Parameter{Name: "p", In: Location(tt.in), Style: tt.style, Explode: tt.explode, Schema: readSchema(t, tt.schema)}
			v, err := decodeOne(p, tt.wire)
			got := string(v)
			if err != nil {
				got = "error: " + err.Error()
			}
			if got != tt.want {
				t.Errorf("decode(%s) = %s, want %s", tt.wire, got, tt.want)
			}
		})
	}
}

func TestCheckParameters(t *testing.T) {
	integer := readSchema(t, `{type: integer, minimum: 1, maximum: 100}`)
	id := readSchema(t, `{type: string, pattern: '^cust_[0-9a-f]{4}$'}`)
	o := &Operation{Parameters: []*Parameter{
		{Name: "id", In: InPath, Style: "simple", Required: true, Schema: id},
		{Name: "limit", In: InQuery, Style: "form", Explode: true, Schema: integer},
		{Name: "cursor", In: InQuery, Style: "form", Explode: true, Required: true, Schema: readSchema(t, `{type: string, minLength: 1}`)},
		{Name: "flag", In: InQuery, Style: "form", Explode: true, AllowEmptyValue: true, Schema: readSchema(t, `{type: boolean}`)},
		{Name: "filter", In: InQuery, Style: "deepObject", Explode: true, Schema: readSchema(t, colorObject)},
		{Name: "near", In: InQuery, Content: &MediaType{Range: "application/json", Schema: readSchema(t, `{type: object, required: [lat]}`)}},
		{Name: "x-trace", In: InHeader, Style: "simple", Required: true, Schema: integer},
		{Name: "Accept", In: InHeader, Style: "simple", Required: true, Schema: integer},
		{Name: "session", In: InCookie, Style: "form", Explode: true, Required: true, Schema: integer},
	}}
	header := func(trace, cookie string) http.Header {
		return http.Header{"X-Trace": {trace}, "Cookie": {cookie}}
	}
	tests := map[string]struct {
		path, query string
		header      http.Header
		want        string
	}{
		"all is well": {"cust_00ff", "cursor=a&limit=5", header("7", "a=b; session=3"), ""},
		"all is well, the long way": {"cust_%300ff", "cursor=%61&limit=%35&flag&filter[R]=1&near=%7B%22lat%22:1%7D",
			header(" 7 ", "session=3"), ""},
		"nothing is there": {"cust_00ff", "", http.Header{}, `
query cursor is required
header x-trace is required
cookie session is required`},
		"each is wrong": {"cust_x", "cursor=&limit=500&flag=maybe&filter[R]=red&near=%7B%7D", header("a", "session=0"), `
path id does not match the pattern ^cust_[0-9a-f]{4}$
query limit must be at most 100
query cursor has 0 characters, at least 1 are needed
query flag must be boolean, not string
query filter/R must be integer, not string
query near/lat is required
header x-trace must be integer, not string
cookie session must be at least 1`},
		"what cannot be read": {"cust_%", "cursor=%&near={", header("7", "session=3"), `
path id has a broken percent-encoding: "%"
query cursor has a broken percent-encoding: "%"
query near is not JSON: unexpected EOF after offset 1`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var v values
			v.push(tt.path)
			r := &Request{Path: v.params([]string{"id"}), Query: tt.query, Header: tt.header}
			var got strings.Builder
			for _, violation := range o.checkParameters(r, nil) {
				got.WriteString("\n" + violation.String())
			}
			if diff := cmp.Diff(tt.want, got.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	if got := o.UnknownQuery("limit=1&x=1&filter[R]=1&filters=1&x=2&near="); !cmp.Equal(got, []string{"x", "filters"}) {
		t.Errorf("UnknownQuery = %q", got)
	}
}
