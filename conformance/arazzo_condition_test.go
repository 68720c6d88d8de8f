package conformance

import (
	"testing"

	"github.com/pb33f/libopenapi/arazzo/expression"
)

func TestCondition(t *testing.T) {
	scope := &expression.Context{StatusCode: 201, ResponseBody: bodyNode([]byte(`{"name":"Ada","n":3,"yes":true,"none":null,"list":[7]}`))}
	tests := map[string]bool{
		"$statusCode == 201":                                    true,
		"$statusCode != 201":                                    false,
		"$statusCode >= 200 && $statusCode < 300":               true,
		"$statusCode==200||$response.body#/n==3":                true,
		"!($statusCode == 200)":                                 true,
		"!$response.body#/yes":                                  false,
		"$response.body#/name == 'ADA'":                         true,
		"$response.body#/name == 'it''s'":                       false,
		"$response.body#/none == null":                          true,
		"$response.body#/list/0 > 6.5":                          true,
		"$response.body#/name > 3":                              false,
		"$response.body#/n == '3'":                              false,
		"true && (false || true)":                               true,
		"$statusCode == 1 || $statusCode == 2 && true || false": false,
	}
	for text, want := range tests {
		c, err := parseCondition(text)
		if err != nil {
			t.Errorf("parseCondition(%q): %v", text, err)
			continue
		}
		if got, err := c.holds(scope); got != want || err != nil {
			t.Errorf("%q = %t, %v, want %t", text, got, err, want)
		}
	}
	for _, text := range []string{"", "(", "$statusCode ==", "1 == 1)", "'open", "a == b", "$statusCode & 1", "$nothing == 1", "== 2"} {
		if _, err := parseCondition(text); err == nil {
			t.Errorf("parseCondition(%q) has no error", text)
		}
	}
}

func FuzzParseCondition(f *testing.F) {
	for _, seed := range []string{"$statusCode == 200", "!(1 < 2) && 'a''b' != null", "((((", "&", "'"} {
		f.Add(seed)
	}
	scope := &expression.Context{StatusCode: 200}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCondition(text)
		if err != nil {
			return
		}
		if _, err := c.holds(scope); err != nil && err.Error() == "" {
			t.Error("an error says nothing")
		}
	})
}
