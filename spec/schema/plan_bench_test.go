package schema

import (
	"encoding/json"
	"testing"
)

const memberSchema = `S:
  type: object
  required: [id, cpf, email, name, phone, status, amount, address]
  additionalProperties: false
  properties:
    id: {type: string, pattern: '^cust_[0-9a-f]{32}$'}
    cpf: {type: string, pattern: '^\d{3}\.\d{3}\.\d{3}-\d{2}$'}
    cnpj: {type: [string, 'null'], pattern: '^\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}$'}
    email: {type: string, format: email, maxLength: 254}
    name: {type: string, minLength: 1, maxLength: 200}
    phone: {type: string, pattern: '^\+[1-9]\d{1,14}$'}
    status: {type: string, enum: [creating, pending_kyc, under_review, active, denied]}
    amount: {type: number, minimum: 0, maximum: 1000000}
    created_at: {type: integer, format: int64, minimum: 0}
    active: {type: boolean}
    tags: {type: array, items: {type: string, maxLength: 20}, maxItems: 10, uniqueItems: true}
    address:
      type: object
      required: [street, city, zip]
      properties:
        street: {type: string, minLength: 1}
        city: {type: string, minLength: 1}
        zip: {type: string, pattern: '^\d{5}-\d{3}$'}
`

var memberBody = []byte(`{"id":"cust_550e8400e29b41d4a716446655440000","cpf":"123.456.789-00","cnpj":"12.345.678/0001-95","email":"maria.silva@example.com","name":"Maria da Silva","phone":"+5511999998888","status":"pending_kyc","amount":1234.56,"created_at":1772553600,"active":true,"tags":["vip","retail"],"address":{"street":"Rua das Flores 123","city":"São Paulo","zip":"01310-100"}}`)

// BenchmarkCheck compares what a body of twelve members costs: the plan, the
// library behind it, and what decoding alone takes.
func BenchmarkCheck(b *testing.B) {
	c := readSchema(b, V31, memberSchema).Checker(Request)
	if !c.Sure(memberBody) || !libraryAccepts(c, memberBody) {
		b.Fatal("the body is not valid")
	}
	run := func(name string, f func() bool) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(memberBody)))
			for b.Loop() {
				if !f() {
					b.Fatal("not valid")
				}
			}
		})
	}
	run("plan", func() bool { return c.Valid(memberBody) })
	run("json.Valid", func() bool { return json.Valid(memberBody) })
	run("json.Unmarshal", func() bool {
		var v any
		return json.Unmarshal(memberBody, &v) == nil
	})
	run("library", func() bool { return libraryAccepts(c, memberBody) })
}

// TestPlanDoesNotAllocate holds for texts with escapes, unknown names and
// alternatives too.
func TestPlanDoesNotAllocate(t *testing.T) {
	tests := map[string]struct{ schema, text string }{
		"the body of the benchmark": {memberSchema, string(memberBody)},
		"escapes":                   {`S: {pattern: '^a|b'}`, `"\u0061\n"`},
		"unknown names":             {`S: {additionalProperties: {type: integer}}`, `{"a":1,"b":2,"c":3}`},
		"alternatives":              {`S: {anyOf: [{required: [a]}, {required: [b]}, {type: string}]}`, `{"b":{"c":[1,2]}}`},
		"members by pattern":        {`S: {patternProperties: {'^x-': {type: integer}}}`, `{"x-a":1,"b":2}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, text := readSchema(t, V31, tt.schema).Checker(Request), []byte(tt.text)
			if !c.Sure(text) {
				t.Fatal("not sure")
			}
			if n := testing.AllocsPerRun(200, func() { c.Sure(text) }); n > poolAllocs {
				t.Errorf("%v allocations", n)
			}
		})
	}
}
