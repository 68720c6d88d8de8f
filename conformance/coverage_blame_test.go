package conformance

import (
	"testing"

	"github.com/concord-api/concord/conformance/coverage"
)

func TestTextsThatNameAPlace(t *testing.T) {
	city := coverage.Where{Pointer: "/address/city"}
	limit := coverage.Where{Name: "limit"}
	tests := map[string]struct {
		text string
		at   coverage.Where
		want bool
	}{
		"a JSON pointer":                     {"/address/city", city, true},
		"a JSON pointer as a fragment":       {"#/address/city", city, true},
		"a pointer without its slash":        {"address/city", city, true},
		"dots":                               {"address.city", city, true},
		"brackets":                           {"address[city]", city, true},
		"JSONPath":                           {"$.address['city']", city, true},
		"the member alone":                   {"city", city, true},
		"what holds the member":              {"address", city, true},
		"the part of the request in front":   {"body.address.city", city, true},
		"the body as a whole":                {"body", city, true},
		"the root":                           {"/", city, true},
		"an item of a list":                  {"items[0].sku", coverage.Where{Pointer: "/items/0/sku"}, true},
		"another spelling":                   {"firstName", coverage.Where{Pointer: "/first_name"}, true},
		"a member of the one that is broken": {"address.city", coverage.Where{Pointer: "/address"}, true},
		"a query parameter":                  {"query.limit", limit, true},
		"a parameter called path":            {"path", coverage.Where{Name: "path"}, true},
		"an escaped name":                    {"/a~1b", coverage.Where{Pointer: "/a~1b"}, true},
		"another member":                     {"name", city, false},
		"another member of the same object":  {"address.street", city, false},
		"another parameter":                  {"query.status", limit, false},
		"a misspelt name":                    {"limitt", limit, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := names(tt.text, tt.at); got != tt.want {
				t.Errorf("names(%q, %+v) = %t", tt.text, tt.at, got)
			}
		})
	}
}
