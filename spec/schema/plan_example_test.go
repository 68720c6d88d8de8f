package schema_test

import (
	"fmt"
	"testing"

	"github.com/concord-api/concord/spec/schema"
)

// A checker is sure of most valid texts by itself, and asks the library about
// the rest.
func ExampleChecker() {
	s, _ := read(&testing.T{}, schema.V31, `S: {type: object, required: [id], properties: {id: {type: string, pattern: '^cust_[0-9a-f]{4}$'}}}`)
	c := s.Checker(schema.Request)

	fmt.Println(c.Sure([]byte(`{"id": "cust_00ff"}`)), c.Valid([]byte(`{"id": "cust_00ff"}`)))
	fmt.Println(c.Sure([]byte(`{"\u0069d": "cust_00ff"}`)), c.Valid([]byte(`{"\u0069d": "cust_00ff"}`)))
	found, _ := c.Check([]byte(`{"id": "cust_1"}`))
	fmt.Println(found)
	// Output:
	// true true
	// false true
	// [{/id pattern does not match the pattern ^cust_[0-9a-f]{4}$}]
}

// The value of a parameter is a string without quotes.
func ExampleChecker_ValidString() {
	s, _ := read(&testing.T{}, schema.V31, `S: {type: string, format: uuid}`)
	c := s.Checker(schema.Request)

	fmt.Println(c.ValidString("550e8400-e29b-41d4-a716-446655440000"), c.ValidString("550e8400"))
	fmt.Println(c.CheckString("550e8400"))
	// Output:
	// true false
	// [{ format is no valid uuid}]
}
