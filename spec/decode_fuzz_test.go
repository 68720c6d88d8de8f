package spec

import (
	"net/http"
	"testing"

	"github.com/concord-api/concord/spec/schema"
)

// anyShape wants everything that a text can be read as.
const anyShape = `{oneOf: [
	{type: object, properties: {a: {type: integer}, b: {type: array, items: {type: [integer, string]}}, c: {$ref: '#/S'}}, additionalProperties: {type: [number, 'null', boolean]}},
	{type: array, items: {oneOf: [{type: integer}, {$ref: '#/S'}]}},
	{type: string}, {type: number}]}`

// wellRead fails where something was read as what is no JSON.
func wellRead(t *testing.T, what, wire string, v schema.Value, err error) {
	t.Helper()
	if err == nil && v != nil && !v.IsValid() {
		t.Errorf("%s: %q was read as %s, which is no JSON", what, wire, v)
	}
}

func FuzzDecodeParameter(f *testing.F) {
	for _, seed := range []string{"blue,black", ";p=R,1,G,2", ".R=1.G=2", "p[a]=1&p[b][]=2&p[c][a]=%33", "p=1|2&p=%7C", "p=a%20b+c", "a=1; p=2&p=3", "%", "p=%ff"} {
		f.Add(seed)
	}
	s := readSchema(f, anyShape)
	f.Fuzz(func(t *testing.T, wire string) {
		for _, in := range []Location{InPath, InQuery, InHeader, InCookie} {
			for _, style := range []string{"simple", "label", "matrix", "form", "spaceDelimited", "pipeDelimited", "deepObject", "cookie"} {
				for _, explode := range []bool{false, true} {
					p := &Parameter{Name: "p", In: in, Style: style, Explode: explode, Schema: s}
					v, err := decodeOne(p, wire)
					wellRead(t, string(in)+" "+style, wire, v, err)
				}
			}
		}
	})
}

func FuzzCheckParameters(f *testing.F) {
	f.Add("x", "n=1&s=a", "7", "c=1")
	f.Add("%41", "n=%31&s=+", " 7 ", "c=%31; d")
	text, number := readSchema(f, `{type: string, maxLength: 9, pattern: '^[a-z]'}`), readSchema(f, `{type: integer, minimum: 3}`)
	parameters := func() []*Parameter {
		return []*Parameter{
			{Name: "id", In: InPath, Style: "simple", Schema: text},
			{Name: "n", In: InQuery, Style: "form", Explode: true, Schema: number},
			{Name: "s", In: InQuery, Style: "form", Explode: true, Schema: text},
			{Name: "h", In: InHeader, Style: "simple", Schema: number},
			{Name: "c", In: InCookie, Style: "form", Schema: number},
		}
	}
	quick, thorough := &Operation{Parameters: parameters()}, &Operation{Parameters: parameters()}
	for _, p := range thorough.Parameters {
		p.codec().quick = slow
	}
	f.Fuzz(func(t *testing.T, id, query, h, cookie string) {
		var v values
		v.push(id)
		r := &Request{Path: v.params([]string{"id"}), Query: query, Header: http.Header{"H": {h}, "Cookie": {cookie}}}
		a, b := quick.checkParameters(r, nil), thorough.checkParameters(r, nil)
		if len(a) != len(b) {
			t.Fatalf("the quick way finds %v, the thorough way %v", a, b)
		}
		for i := range a {
			if a[i] != b[i] {
				t.Errorf("the quick way finds %v, the thorough way %v", a[i], b[i])
			}
		}
	})
}

func FuzzDecodeBody(f *testing.F) {
	f.Add("application/json", `{"a":1}`)
	f.Add("application/json; charset=utf-16", "1\x00")
	f.Add("application/x-www-form-urlencoded", "a=1&b[]=2&c[a]=3&c={}")
	f.Add("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--")
	f.Add("application/xml", `<S a="1"><b>1</b><c><a>2</a></c></S>`)
	f.Add("application/json-seq", "\x1e1\n")
	f.Add("text/plain", "1")
	s := readSchema(f, anyShape)
	f.Fuzz(func(t *testing.T, contentType, body string) {
		mt := &MediaType{Range: "*/*", Schema: s}
		v, err := mt.decodeBody(contentType, []byte(body))
		wellRead(t, contentType, body, v, err)
	})
}

func FuzzEncode(f *testing.F) {
	for _, seed := range []string{`"a"`, `[1,"b",[2]]`, `{"a":{"b":[null]}}`, `1e3`, `"\ud800"`, ` { "a" : 1 } `} {
		f.Add(seed)
	}
	s := readSchema(f, anyShape)
	f.Fuzz(func(t *testing.T, text string) {
		v := schema.Value(text)
		if !v.IsValid() {
			return
		}
		for _, in := range []Location{InPath, InQuery, InHeader, InCookie} {
			for _, style := range []string{"simple", "label", "matrix", "form", "spaceDelimited", "pipeDelimited", "deepObject", "cookie"} {
				for _, explode := range []bool{false, true} {
					p := &Parameter{Name: "p", In: in, Style: style, Explode: explode, Schema: s}
					if wire, err := p.encode(v); err == nil && wire != "" {
						back, err := decodeOne(p, wire)
						wellRead(t, string(in)+" "+style, wire, back, err)
					}
				}
			}
		}
		for _, mediaType := range []string{"application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "text/plain"} {
			mt := &MediaType{Range: mediaType, Schema: s}
			if body, contentType, err := mt.encodeBody(v, ""); err == nil {
				back, err := mt.decodeBody(contentType, body)
				wellRead(t, contentType, string(body), back, err)
			}
		}
	})
}

func BenchmarkCheckParameters(b *testing.B) {
	o := &Operation{Parameters: []*Parameter{
		{Name: "id", In: InPath, Style: "simple", Required: true, Schema: readSchema(b, `{type: string, pattern: '^cust_[0-9a-f]{32}$'}`)},
		{Name: "limit", In: InQuery, Style: "form", Explode: true, Schema: readSchema(b, `{type: integer, minimum: 1, maximum: 100}`)},
		{Name: "Idempotency-Key", In: InHeader, Style: "simple", Schema: readSchema(b, `{type: string, maxLength: 255}`)},
	}}
	var v values
	v.push("cust_550e8400e29b41d4a716446655440000")
	r := &Request{Path: v.params([]string{"id"}), Query: "limit=25", Header: http.Header{"Idempotency-Key": {"dinie-sdk-retry-550e8400"}}}
	if vs := o.checkParameters(r, nil); vs != nil {
		b.Fatal(vs)
	}
	b.ReportAllocs()
	for b.Loop() {
		o.checkParameters(r, nil)
	}
}
