package sample_test

import (
	"strings"
	"testing"

	"github.com/concord-api/concord/spec/sample"
	"github.com/concord-api/concord/spec/schema"
)

// A strict reader of OpenAPI 3.0.3 takes null for invalid where `nullable`
// stands beside a combination; a lax one takes it for valid. Both must be
// content with a sample.
func TestSamplesLeaveOutTheNullThatOnlyLaxReadersAllow(t *testing.T) {
	s := read(t, schema.V30, `
S:
 type: object
 required: [a, b, c]
 properties:
  a: {nullable: true, allOf: [{type: object, required: [x], properties: {x: {type: integer}}}]}
  b: {nullable: true, oneOf: [{type: string}, {type: integer}]}
  c: {nullable: true, anyOf: [{type: string}, {type: integer}]}
`)
	if !s.Checker(schema.Response).Valid([]byte(`{"a":null,"b":null,"c":null}`)) {
		t.Error("null is refused")
	}
	for seed := range uint64(200) {
		v, err := sample.Generate(s, sample.Options{Direction: schema.Response, Dynamic: true, Seed: seed})
		if err != nil || strings.Contains(string(v), "null") {
			t.Fatalf("seed %d gives %s, %v", seed, v, err)
		}
	}
}
