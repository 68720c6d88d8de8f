package mockserver

import (
	"net/url"
	"testing"
)

func TestEscapedPathIsThatOfTheURL(t *testing.T) {
	for _, u := range []url.URL{
		{Path: "/customers/cust_1/biometrics"}, {Path: ""}, {Path: "*"}, {Path: "/a b"}, {Path: "/é"}, {Path: "/a:b@c!$&'()*+,;=[]"}, {Path: "/%"},
		{Path: "/a/b", RawPath: "/a%2Fb"}, {Path: "/ab", RawPath: "/%61b"}, {Path: "/ab", RawPath: "/other"}, {Path: "/a\x00"}, {Path: "//a/"},
	} {
		if got, want := escapedPath(&u), u.EscapedPath(); got != want {
			t.Errorf("escapedPath of %q and %q is %q, want %q", u.Path, u.RawPath, got, want)
		}
	}
}
