package spec

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/concord-api/concord/spec/schema"
)

const customer = `{type: object, required: [name], properties: {name: {type: string}, age: {type: integer}, tags: {type: array, items: {type: string}},
	address: {type: object, properties: {city: {type: string}, zip: {type: integer}}}, lines: {type: array, items: {type: object, properties: {n: {type: integer}}}},
	photo: {type: string, format: binary}, active: {type: boolean}}}`

func TestDecodeBody(t *testing.T) {
	const (
		form  = "application/x-www-form-urlencoded"
		parts = "multipart/form-data; boundary=b"
	)
	// part writes one part, its headers before the first empty line.
	part := func(name, more, content string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"" + more + "\r\n\r\n" + content + "\r\n"
	}
	tests := map[string]struct {
		contentType string
		schema      string
		encoding    []Encoding
		body        string
		want        string // "error: …" for one, "none" for nothing to be judged
	}{
		"JSON is itself":                                          {"application/json", `{}`, nil, ` {"a": 1} `, ` {"a": 1} `},
		"JSON with a byte order mark":                             {"application/json", `{}`, nil, "\ufeff1", `1`},
		"JSON of a structured suffix":                             {"application/vnd.x+json", `{}`, nil, `1`, `1`},
		"JSON in another charset":                                 {"application/json; charset=iso-8859-1", `{}`, nil, "\"\xe9\"", `"é"`},
		"JSON that is cut":                                        {"application/json", `{}`, nil, `{"a":`, `error: is not JSON: unexpected EOF within "/a" after offset 5`},
		"JSON with something after it":                            {"application/json", `{}`, nil, `1 2`, "error: is not JSON: something follows the value, at byte 1"},
		"JSON with a member twice":                                {"application/json", `{}`, nil, `{"a":1,"a":2}`, `error: is not JSON: duplicate object member name "a"`},
		"JSON that is not there":                                  {"application/json", `{}`, nil, ` `, "error: is empty, not JSON"},
		"a charset that nobody knows":                             {"text/plain; charset=klingon", `{}`, nil, `x`, `error: has the charset "klingon", which is not known`},
		"JSON texts, one a line":                                  {"application/x-ndjson", `{}`, nil, "1\n{\"a\":2}\n", `[1,{"a":2}]`},
		"JSON texts of which one is none":                         {"application/json-seq", `{}`, nil, "\x1e1\n\x1e{\n", "error: is no sequence of JSON texts: text 2 is not JSON"},
		"text is a string":                                        {"text/plain", `{type: string}`, nil, `12`, `"12"`},
		"text is a number where one is wanted":                    {"text/plain", `{type: integer}`, nil, `12`, `12`},
		"text is JSON where an object is wanted":                  {"text/plain", customer, nil, `{"name":"A"}`, `{"name":"A"}`},
		"plain text where an object is wanted":                    {"text/plain", customer, nil, `A`, `"A"`},
		"other text where an object is wanted":                    {"text/csv", customer, nil, "name\nA\n", "none"},
		"a form where a string is wanted":                         {form, `{type: string}`, nil, "a+b", `"a b"`},
		"a part where a string is wanted":                         {parts, `{type: string}`, nil, part("value", "", "a b") + "--b--", `"a b"`},
		"an attribute that is an object":                          {"application/xml", `{properties: {a: {type: object, xml: {attribute: true}}}}`, nil, `<x a="{&#34;b&#34;:1}"></x>`, `{"a":{"b":1}}`},
		"a member whose name XML does not allow":                  {"application/xml", `{properties: {"@type": {type: string}, 5g: {type: string}}}`, nil, `<x><_type>a</_type><_5g>b</_5g></x>`, `{"@type":"a","5g":"b"}`},
		"a member without a name":                                 {"application/xml", `{properties: {"": {type: string}}}`, nil, `<x><_>a</_></x>`, `{"":"a"}`},
		"elements that two members claim":                         {"application/xml", `{properties: {a: {type: array, items: {type: string, xml: {name: i}}}, b: {type: array, items: {type: string, xml: {name: i}}}}}`, nil, `<x><i>1</i></x>`, "none"},
		"bytes are not judged":                                    {"application/octet-stream", `{type: string, format: binary}`, nil, "\xff", "none"},
		"a form":                                                  {form, customer, nil, "name=A+B%21&age=5&active=true", `{"name":"A B!","age":5,"active":true}`},
		"a form's repeated field is an array":                     {form, customer, nil, "tags=a&tags=b", `{"tags":["a","b"]}`},
		"a form's single field is an array of one":                {form, customer, nil, "tags=a", `{"tags":["a"]}`},
		"a form's single field is an array where null may be too": {form, `{properties: {tags: {type: [array, 'null'], items: {type: string}}}}`, nil, "tags=a", `{"tags":["a"]}`},
		"a form's field of a list of itself ends":                 {form, `{properties: {tags: {type: [array, string], maxLength: 1, maxItems: 0}}}`, nil, "tags=ab", `{"tags":"ab"}`},
		"a form's object in brackets":                             {form, customer, nil, "address[city]=X&address[zip]=12", `{"address":{"city":"X","zip":12}}`},
		"a form's object as JSON":                                 {form, customer, nil, "address=%7B%22zip%22%3A12%7D", `{"address":{"zip":12}}`},
		"a form's objects in numbered brackets":                   {form, customer, nil, "lines[0][n]=1&lines[1][n]=2", `{"lines":[{"n":1},{"n":2}]}`},
		"a form's array by its encoding":                          {form, customer, []Encoding{{Name: "tags", Style: "pipeDelimited"}}, "tags=a|b", `{"tags":["a","b"]}`},
		"a form's object by its encoding":                         {form, customer, []Encoding{{Name: "address", Style: "deepObject", Explode: true}}, "address%5Bzip%5D=1", `{"address":{"zip":1}}`},
		"a form's object whose members stand by themselves":       {form, customer, []Encoding{{Name: "address", Explode: true, styled: true}}, "name=A&city=X&zip=12", `{"name":"A","address":{"city":"X","zip":12}}`},
		"a form's exploded object as JSON all the same":           {form, customer, []Encoding{{Name: "address", Style: "form", Explode: true, styled: true}}, "address=%7B%22zip%22%3A12%7D", `{"address":{"zip":12}}`},
		"a form's string that is JSON by its encoding":            {form, `{type: object, properties: {m: {type: object}}}`, []Encoding{{Name: "m", ContentType: "application/json"}}, "m={}", `{"m":{}}`},
		"a form's field given twice":                              {form, customer, nil, "name=a&name=b", "error: member name is given 2 times where one value is needed"},
		"a form with a broken escape":                             {form, customer, nil, "name=%x", `error: member name has a broken percent-encoding: "%x"`},
		"a form of alternatives":                                  {form, `{oneOf: [{properties: {k: {const: n}, v: {type: integer}}}, {properties: {k: {const: s}, v: {type: string}}}]}`, nil, "k=s&v=5", `{"k":"s","v":"5"}`},
		"an empty form is an empty object":                        {form, customer, nil, "", `{}`},
		"parts":                                                   {parts, customer, nil, part("name", "", "Zoë") + part("age", "", "5") + part("tags", "", "a") + part("tags", "", "b") + "--b--", `{"name":"Zoë","age":5,"tags":["a","b"]}`},
		"a part that is JSON":                                     {parts, customer, nil, part("address", "\r\nContent-Type: application/json", `{"zip":1}`) + "--b--", `{"address":{"zip":1}}`},
		"a part that is JSON without saying so":                   {parts, customer, nil, part("address", "", `{"zip":1}`) + "--b--", `{"address":{"zip":1}}`},
		"a part in another charset":                               {parts, customer, nil, part("name", "\r\nContent-Type: text/plain; charset=iso-8859-1", "Zo\xeb") + "--b--", `{"name":"Zoë"}`},
		"a file is the string of its bytes":                       {parts, customer, nil, part("photo", "; filename=\"x.bin\"\r\nContent-Type: application/octet-stream", "\x00\xff") + "--b--", `{"photo":"\u0000ÿ"}`},
		"a part that is sent twice":                               {parts, customer, nil, part("name", "", "a") + part("name", "", "b") + "--b--", "error: part name is sent 2 times"},
		"parts that end too early":                                {parts, customer, nil, part("name", "", "a"), "error: is not multipart: unexpected EOF"},
		"parts without a boundary":                                {"multipart/form-data", customer, nil, "", "error: has no boundary in its Content-Type"},
		"parts that are a list":                                   {"multipart/mixed; boundary=b", `{type: array, items: {type: object}}`, nil, "--b\r\nContent-Type: application/json\r\n\r\n{}\r\n--b--", `[{}]`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			mt := &MediaType{Range: tt.contentType, Schema: readSchema(t, tt.schema), Encoding: tt.encoding}
			v, err := mt.decodeBody(tt.contentType, []byte(tt.body))
			got := string(v)
			switch {
			case err != nil:
				got = "error: " + err.Error()
			case v == nil:
				got = "none"
			}
			if got != tt.want {
				t.Errorf("decodeBody = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestDecodeXML(t *testing.T) {
	tests := map[string]struct{ schema, body, want string }{
		"elements are members": {customer, `<?xml version="1.0"?><c><name>A &amp; B</name><age> 5 </age><address><zip>1</zip></address></c>`,
			`{"name":"A & B","age":5,"address":{"zip":1}}`},
		"attributes by the xml object": {`{type: object, properties: {id: {type: integer, xml: {attribute: true}}, n: {type: string, xml: {name: N}}}}`,
			`<c id="7"><N>x</N></c>`, `{"id":7,"n":"x"}`},
		"prefixes and namespaces": {`{type: object, properties: {n: {type: string, xml: {prefix: p, namespace: "urn:p"}}}}`,
			`<c xmlns:p="urn:p"><p:n>x</p:n></c>`, `{"n":"x"}`},
		"an array side by side": {customer, `<c><name>n</name><tags>a</tags><tags>b</tags></c>`, `{"name":"n","tags":["a","b"]}`},
		"an array whose items have a name": {`{type: object, properties: {animals: {type: array, items: {type: string, xml: {name: animal}}}}}`,
			`<c><animal>a</animal><animal>b</animal></c>`, `{"animals":["a","b"]}`},
		"a wrapped array": {`{type: object, properties: {animals: {type: array, xml: {wrapped: true, name: aliens}, items: {type: string, xml: {name: animal}}}}}`,
			`<c><aliens><animal>a</animal></aliens></c>`, `{"animals":["a"]}`},
		"a wrapped array that is empty": {`{type: object, properties: {animals: {type: array, xml: {wrapped: true}, items: {type: string}}}}`,
			`<c><animals/></c>`, `{"animals":[]}`},
		"a required array without items": {`{type: object, required: [a], properties: {a: {type: array, items: {type: string}}}}`, `<c/>`, `{"a":[]}`},
		"a root that is an array":        {`{type: array, items: {type: integer}}`, `<list><n>1</n><n>2</n></list>`, `[1,2]`},
		"nil is null":                    {`{type: object, properties: {n: {type: [integer, 'null']}}}`, `<c><n xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/></c>`, `{"n":null}`},
		"text of an element of 3.2":      {`{type: object, properties: {u: {type: string, xml: {nodeType: attribute}}, v: {type: number, xml: {nodeType: text}}}}`, `<c u="m">1.5</c>`, `{"u":"m","v":1.5}`},
		"an element that is not known":   {customer, `<c><name>n</name><x>1</x></c>`, `{"name":"n","x":"1"}`},
		"another root":                   {`{type: object, xml: {name: cat}}`, `<dog/>`, `error: has the root element "dog" where "cat" is needed`},
		"an element twice":               {customer, `<c><name>a</name><name>b</name></c>`, `error: has the element "name" 2 times`},
		"entities of the body's own":     {customer, `<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]><c><name>&x;</name></c>`, `error: declares entities, which are not read`},
		"an end that is missing":         {customer, `<c><name>`, `error: is not XML: XML syntax error on line 1: unexpected EOF`},
		"two roots":                      {customer, `<c/><c/>`, `error: is not XML: it has two root elements`},
		"text beside the root":           {customer, `<c/>x`, `error: is not XML: text stands outside of the root element`},
		"nothing":                        {customer, ``, `error: is not XML: it has no element`},
		"too deep":                       {customer, strings.Repeat("<a>", 70), `error: nests deeper than 64 levels`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			mt := &MediaType{Range: "application/xml", Schema: readSchema(t, tt.schema)}
			v, err := mt.decodeBody("", []byte(tt.body))
			got := string(v)
			if err != nil {
				got = "error: " + err.Error()
			}
			if got != tt.want {
				t.Errorf("decodeBody = %s, want %s", got, tt.want)
			}
		})
	}
}

// TestBodyRoundTrip holds every kind of body to its inverse.
func TestBodyRoundTrip(t *testing.T) {
	const object = `{type: object, properties: {
		name: {type: string}, age: {type: integer}, active: {type: boolean},
		tags: {type: array, minItems: 1, items: {type: string}},
		ids: {type: array, xml: {wrapped: true, name: numbers}, items: {type: integer, xml: {name: id}}},
		address: {type: object, properties: {city: {type: string, xml: {attribute: true}}, zip: {type: integer, xml: {prefix: z, namespace: "urn:z"}}}},
		lines: {type: array, minItems: 1, items: {type: object, properties: {n: {type: integer}}}}}}`
	text := rapid.Map(rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9 ,.;&=/?%+|:~<>"'é\-]{0,10}`), func(s string) string { return string(schema.Text(s)) })
	list := func(t *rapid.T, name string, g func(i int) string) string {
		var items []string
		for i := range rapid.IntRange(1, 3).Draw(t, name) {
			items = append(items, g(i))
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	value := rapid.Custom(func(t *rapid.T) string {
		number := func(int) string { return fmt.Sprint(rapid.Int().Draw(t, "number")) }
		members := []string{
			`"name":` + text.Draw(t, "name"), `"age":` + number(0), `"active":true`,
			`"tags":` + list(t, "tags", func(int) string { return text.Draw(t, "tag") }),
			`"ids":` + list(t, "ids", number),
			`"address":{"city":` + text.Draw(t, "city") + `,"zip":` + number(0) + `}`,
			`"lines":` + list(t, "lines", func(i int) string { return `{"n":` + number(i) + `}` }),
		}
		kept := members[:0:0]
		for _, m := range members {
			if rapid.Bool().Draw(t, "keep") {
				kept = append(kept, m)
			}
		}
		return "{" + strings.Join(kept, ",") + "}"
	})
	encodings := map[string][]Encoding{
		"application/json":                  nil,
		"application/x-www-form-urlencoded": nil,
		"multipart/form-data":               nil,
		"application/xml":                   nil,
		"multipart/form-data; boundary=x":   {{Name: "tags", ContentType: "application/json"}, {Name: "address", ContentType: "application/xml"}},
		"application/x-www-form-urlencoded; charset=utf-8": {
			{Name: "tags", Style: "form"}, {Name: "address", Style: "deepObject", Explode: true},
			{Name: "ids", Style: "pipeDelimited"}, {Name: "lines", ContentType: "application/json"},
		},
	}
	for mediaType, encoding := range encodings {
		t.Run(mediaType, func(t *testing.T) {
			mt := &MediaType{Range: mediaType, Schema: readSchema(t, object), Encoding: encoding}
			rapid.Check(t, func(t *rapid.T) {
				v := value.Draw(t, "value")
				body, contentType, err := mt.encodeBody(schema.Value(v), "")
				if err != nil {
					t.Fatalf("encodeBody(%s): %v", v, err)
				}
				got, err := mt.decodeBody(contentType, body)
				if err != nil || !sameJSON(got, schema.Value(v)) {
					t.Fatalf("decodeBody(encodeBody(%s)) = %s, %v, by way of\n%s", v, got, err, body)
				}
			})
		})
	}
}
