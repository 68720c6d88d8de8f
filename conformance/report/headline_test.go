package report

import (
	"strings"
	"testing"
)

func TestHeadlineTellsADifferenceInOneLine(t *testing.T) {
	long := strings.Repeat("é", 200)
	for name, tt := range map[string]struct {
		difference []string
		want       string
	}{
		"nothing":                        {nil, ""},
		"what was wanted, and what came": {[]string{"- 401 Unauthorized", "+ 200 OK"}, "wanted 401 Unauthorized, got 200 OK"},
		"a sentence":                     {[]string{"header Allow is missing"}, "header Allow is missing"},
		"a claim of a script":            {[]string{"/type (a.yaml:3:4)", "- x", "+ y"}, "/type: wanted x, got y"},
		"several":                        {[]string{"- a", "+ b", "body /id is missing", "body /name is missing"}, "wanted a, got b (and 2 more)"},
		"several lines in one":           {[]string{"- {\n  \"a\": 1\n}", "+ {}"}, `wanted { "a": 1 }, got {}`},
		"long texts":                     {[]string{"- " + long, "+ short"}, "wanted " + strings.Repeat("é", 100) + "…, got short"},
		"a wanted text alone":            {[]string{"- a"}, "- a"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Headline(tt.difference); got != tt.want {
				t.Errorf("Headline(%q) = %q, want %q", tt.difference, got, tt.want)
			}
		})
	}
}
