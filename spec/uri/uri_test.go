package uri_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/concord-api/concord/spec/uri"
)

func ExampleCheck() {
	fmt.Println(uri.Check("https://api.example/pets?tag=a%20b"))
	fmt.Println(uri.Check("/pets/1"))
	fmt.Println(uri.Check("/pets/1 2"))
	// Output:
	// true <nil>
	// false <nil>
	// false ' ' in the path must be percent-encoded
}

func ExampleCheckTemplate() {
	fmt.Println(uri.CheckTemplate("/pets{/id}{?page,tags*}"))
	fmt.Println(uri.CheckTemplate("/pets/{pet-id}"))
	// Output:
	// <nil>
	// the expression {pet-id} has "pet-id", which is no name of a variable
}

func FuzzReference(f *testing.F) {
	for _, s := range []string{"https://u@h:1/p?q#f", "a:b", "//[v1.x]/", "%41", ":", "[::1", "#"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := uri.Check(s); err != nil {
			return
		}
		for i := range len(s) {
			if s[i] <= ' ' || s[i] >= 0x7f || strings.IndexByte("\"<>\\^`{|}", s[i]) >= 0 {
				t.Fatalf("%q passes with the byte %q, which no URI has", s, s[i])
			}
		}
	})
}

func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"/a{/b,c*}{?d:3}", "{+x.y}", "{", "%4", "{}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if uri.CheckTemplate(s) == nil && strings.Count(s, "{") != strings.Count(s, "}") {
			t.Fatalf("%q passes with braces that do not pair", s)
		}
	})
}
