package sample_test

import (
	"fmt"
	"testing"

	"github.com/concord-api/concord/spec/sample"
	"github.com/concord-api/concord/spec/schema"
)

var customer = `
S:
  type: object
  required: [id, email, tags]
  properties:
    id: {type: string, pattern: '^cust_[0-9a-f]{8}$', readOnly: true}
    email: {type: string, format: email}
    city: {type: string}
    born: {type: string, format: date}
    credit: {type: number, minimum: 0, multipleOf: 0.01}
    tags: {type: array, items: {enum: [new, good]}, minItems: 2, uniqueItems: true}
    parent: {$ref: '#/S'}
`

func ExampleGenerate() {
	s, err := tryRead(schema.V31, customer)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range []sample.Options{
		{Direction: schema.Request},
		{Direction: schema.Response},
		{Direction: schema.Response, Seed: 1},
	} {
		v, err := sample.Generate(s, o)
		fmt.Println(string(v), err)
	}
	// Output:
	// {"email":"elena@example.com","city":"Oslo","born":"2025-04-11","credit":77.15,"tags":["new","good"]} <nil>
	// {"id":"cust_9827d976","email":"bruno@example.com","city":"Recife","born":"2025-03-28","credit":11.38,"tags":["new","good"]} <nil>
	// {"id":"cust_27ba18e9","email":"ana@example.com","city":"Valencia","born":"2025-05-05","credit":55.92,"tags":["new","good"]} <nil>
}

func ExampleMend() {
	s, err := tryRead(schema.V31, customer)
	if err != nil {
		fmt.Println(err)
		return
	}
	example := schema.Value(`{"email": "me@example.org", "credit": -5}`)
	v, changed, err := sample.Mend(example, s, sample.Options{})
	fmt.Println(string(v), changed, err)
	// Output: {"email":"me@example.org","credit":46.87,"tags":["new","good"]} true <nil>
}

func ExampleAppendXML() {
	s, err := tryRead(schema.V31, `S: {type: object, xml: {name: pet}, properties: {id: {type: integer, xml: {attribute: true}}}}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := sample.AppendXML(nil, schema.Value(`{"id":7,"name":"Rex"}`), s, "")
	fmt.Println(string(text), err)
	// Output: <pet id="7"><name>Rex</name></pet> <nil>
}

func BenchmarkGenerate(b *testing.B) {
	for name, text := range map[string]string{
		"object": customer,
		"oneOf":  satisfiable["a discriminator"],
		"list":   satisfiable["a list that may end"],
	} {
		s := read(b, schema.V31, text)
		for _, o := range []sample.Options{{}, {Dynamic: true, Seed: 1}} {
			b.Run(fmt.Sprintf("%s/dynamic=%v", name, o.Dynamic), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := sample.Generate(s, o); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
