package sample_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"testing"

	"pgregory.net/rapid"

	"github.com/concord-api/concord/spec/sample"
	"github.com/concord-api/concord/spec/schema"
)

func TestAppendXML(t *testing.T) {
	tests := map[string]struct {
		schema, root, value, want string
	}{
		"members become elements":                 {`S: {}`, "animals", `{"a":1,"b":"x"}`, `<animals><a>1</a><b>x</b></animals>`},
		"a name of its own":                       {`S: {xml: {name: animal}, properties: {a: {xml: {name: id}}}}`, "x", `{"a":1}`, `<animal><id>1</id></animal>`},
		"an attribute, a namespace and a prefix":  {`S: {type: object, properties: {id: {type: integer, xml: {attribute: true}}, name: {type: string, xml: {namespace: 'https://example.com/schema/sample', prefix: sample}}}}`, "Person", `{"id":123,"name":"example"}`, `<Person id="123"><sample:name xmlns:sample="https://example.com/schema/sample">example</sample:name></Person>`},
		"an array that is not wrapped":            {`S: {properties: {books: {type: array, items: {type: string, xml: {name: animal}}}}}`, "r", `{"books":["a","b"]}`, `<r><animal>a</animal><animal>b</animal></r>`},
		"a wrapped array":                         {`S: {properties: {animals: {type: array, items: {type: string}, xml: {wrapped: true}}}}`, "r", `{"animals":["a","b"]}`, `<r><animals><animals>a</animals><animals>b</animals></animals></r>`},
		"a wrapped array with names for both":     {`S: {properties: {animals: {type: array, items: {type: string, xml: {name: animal}}, xml: {name: aliens, wrapped: true}}}}`, "r", `{"animals":["a"]}`, `<r><aliens><animal>a</animal></aliens></r>`},
		"an array's name counts only if wrapped":  {`S: {properties: {animals: {type: array, items: {type: string}, xml: {name: aliens}}}}`, "r", `{"animals":["a"]}`, `<r><animals>a</animals></r>`},
		"an array at the root has one root":       {"S: {type: array, items: {$ref: '#/Pet'}}\nPet: {type: object}", "Pets", `[{"n":1},{}]`, `<Pets><Pet><n>1</n></Pet><Pet></Pet></Pets>`},
		"the component's name is the root's":      {"S: {$ref: '#/Pet'}\nPet: {type: object}", "", `{}`, `<Pet></Pet>`},
		"null is left out":                        {`S: {}`, "r", `{"a":null,"b":false}`, `<r><b>false</b></r>`},
		"what XML cannot hold is escaped":         {`S: {}`, "r", `{"a":"<&>\"","1 b":2}`, `<r><a>&lt;&amp;&gt;&#34;</a><_1_b>2</_1_b></r>`},
		"the valid alternative names its members": {`S: {oneOf: [{type: object, required: [a], properties: {a: {xml: {name: A}}}}, {type: object, required: [b], properties: {b: {xml: {name: B}}}}]}`, "r", `{"b":1}`, `<r><B>1</B></r>`},
		"text and attribute by nodeType of 3.2":   {`S: {properties: {id: {xml: {nodeType: attribute}}, t: {type: string, xml: {nodeType: text}}}}`, "r", `{"id":1,"t":"x"}`, `<r id="1">x</r>`},
		"cdata by nodeType of 3.2":                {`S: {properties: {t: {type: string, xml: {nodeType: cdata}}}}`, "r", `{"t":"<b>"}`, `<r><![CDATA[<b>]]></r>`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := sample.AppendXML(nil, schema.Value(tt.value), read(t, schema.V31, tt.schema), tt.root)
			if err != nil || string(got) != tt.want {
				t.Errorf("AppendXML(%s) = %s, %v\nwant %s", tt.value, got, err, tt.want)
			}
		})
	}
}

func TestEverySampleIsWellFormedXML(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, _, text := drawn(t)
		v, err := sample.Generate(s, options(t))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := sample.AppendXML([]byte(xml.Header), v, s, "sample")
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(bytes.NewReader(doc))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				t.Fatalf("%s: %s is no XML: %v", text, doc, err)
			}
		}
	})
}
