package spec_test

import (
	"testing"

	"github.com/concord-api/concord/spec"
)

func TestNegotiate(t *testing.T) {
	tests := map[string]struct {
		accept string
		offers []string
		want   string // "" means that nothing fits
	}{
		"nothing asked for":                       {"", []string{"application/json", "text/html"}, "application/json"},
		"anything asked for":                      {"*/*", []string{"application/json", "text/html"}, "application/json"},
		"the only one that is asked for":          {"text/html", []string{"application/json", "text/html"}, "text/html"},
		"the higher quality wins":                 {"application/json;q=0.5, text/html;q=0.8", []string{"application/json", "text/html"}, "text/html"},
		"quality 0 forbids":                       {"application/json;q=0, */*", []string{"application/json", "text/html"}, "text/html"},
		"the specific range rules the wide one":   {"text/*, text/html;q=0.1, */*;q=0.5", []string{"text/html", "application/json"}, "application/json"},
		"nothing fits":                            {"image/png", []string{"application/json"}, ""},
		"a JSON client reads a structured suffix": {"application/json", []string{"application/problem+json"}, "application/problem+json"},
		"a vendor type asked for by name":         {"application/vnd.x+json", []string{"application/json", "application/vnd.x+json"}, "application/vnd.x+json"},
		"charset does not matter":                 {"application/json; charset=utf-8", []string{"application/json"}, "application/json"},
		"a range that is documented":              {"image/gif", []string{"image/*"}, "image/gif"},
		"unreadable values are passed over":       {";;, ,application/json", []string{"application/json"}, "application/json"},
		"the star of old Java clients":            {"text/html, *; q=.2", []string{"application/json"}, "application/json"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var offers []*spec.MediaType
			for _, o := range tt.offers {
				offers = append(offers, &spec.MediaType{Range: o})
			}
			var accept []string
			if tt.accept != "" {
				accept = []string{tt.accept}
			}
			if _, got := spec.Negotiate(accept, offers); got != tt.want {
				t.Errorf("Negotiate(%q, %q) = %q, want %q", tt.accept, tt.offers, got, tt.want)
			}
		})
	}
}

func TestConcreteTypeLiesInItsRange(t *testing.T) {
	tests := map[string]string{
		"application/json": "application/json", "*/*": "application/json", "application/*": "application/json",
		"text/*": "text/plain", "image/*": "image/png", "audio/*": "audio/mpeg", "video/*": "video/mp4",
		"font/*": "font/woff2", "model/*": "model/stl", "application/*+json": "application/vnd.api+json",
	}
	for text, want := range tests {
		mt := &spec.MediaType{Range: text}
		got := mt.Concrete()
		if got != want {
			t.Errorf("%s is sent as %s, want %s", text, got, want)
		}
		if in, _ := spec.Negotiate([]string{got}, []*spec.MediaType{mt}); in != mt {
			t.Errorf("%s is no %s", got, text)
		}
	}
}

func FuzzNegotiate(f *testing.F) {
	f.Add(`text/html;q=0.5;a="b,c", */*`)
	offers := []*spec.MediaType{{Range: "application/json"}, {Range: "text/*"}}
	f.Fuzz(func(t *testing.T, accept string) {
		spec.Negotiate([]string{accept}, offers)
	})
}
