package mockserver

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParsePreferences(t *testing.T) {
	tests := map[string]struct {
		header []string
		query  string
		want   preferences
		rest   string
	}{
		"nothing is asked":                         {nil, "limit=3", preferences{}, "limit=3"},
		"a status":                                 {[]string{"code=404"}, "", preferences{asked: true, status: 404}, ""},
		"several in one line":                      {[]string{`code=409, example="in use"`}, "", preferences{asked: true, status: 409, example: "in use"}, ""},
		"several lines are one list":               {[]string{"code=409", "example=x"}, "", preferences{asked: true, status: 409, example: "x"}, ""},
		"names are read in any case":               {[]string{"Code=404, DYNAMIC=True"}, "", preferences{asked: true, status: 404, dynamic: yes}, ""},
		"the first of two counts":                  {[]string{"code=404, code=409"}, "", preferences{asked: true, status: 404}, ""},
		"parameters are passed over":               {[]string{"code=404; foo=bar; baz"}, "", preferences{asked: true, status: 404}, ""},
		"space around the equals sign":             {[]string{"code = 404"}, "", preferences{asked: true, status: 404}, ""},
		"preferences that are not ours":            {[]string{"respond-async, wait=10, return=minimal"}, "", preferences{asked: true}, ""},
		"a comma within quotes belongs to a value": {[]string{`example="a, b", code=404`}, "", preferences{asked: true, status: 404, example: "a, b"}, ""},
		"an escaped quote":                         {[]string{`example="a \" b"`}, "", preferences{asked: true, example: `a " b`}, ""},
		"a name without quotes may have spaces":    {[]string{`example=in use`}, "", preferences{asked: true, example: "in use"}, ""},
		"dynamic without a value":                  {[]string{"dynamic"}, "", preferences{asked: true, dynamic: yes}, ""},
		"dynamic=false":                            {[]string{"dynamic=false"}, "", preferences{asked: true, dynamic: no}, ""},
		"a seed that is a number":                  {[]string{"seed=42"}, "", preferences{asked: true, seed: 42, seeded: true}, ""},
		"lenient handling":                         {[]string{"handling=lenient"}, "", preferences{asked: true, lenient: true}, ""},
		"the query, as Prism has it": {nil, "a=1&__code=404&b=2&__example=x%20y&__dynamic=true",
			preferences{asked: true, status: 404, example: "x y", dynamic: yes}, "a=1&b=2"},
		"the header wins over the query":         {[]string{"code=404"}, "__code=409", preferences{asked: true, status: 404}, ""},
		"a parameter with two underscores stays": {nil, "my__code=1", preferences{}, "my__code=1"},
		"a status that is none": {[]string{"code=abc"}, "",
			preferences{asked: true, faulty: `the preference code="abc" is not a status from 100 to 599`}, ""},
		"a status out of range": {[]string{"code=999"}, "",
			preferences{asked: true, faulty: `the preference code="999" is not a status from 100 to 599`}, ""},
		"an empty header": {[]string{""}, "", preferences{asked: true}, ""},
		"only commas":     {[]string{", ,;,"}, "", preferences{asked: true}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, rest := parsePreferences(tt.header, tt.query)
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(preferences{})); diff != "" {
				t.Errorf("preferences (-want +got):\n%s", diff)
			}
			if rest != tt.rest {
				t.Errorf("the query left is %q, want %q", rest, tt.rest)
			}
		})
	}
}

func TestSeedsAreTexts(t *testing.T) {
	if a, b := parseSeed("monday"), parseSeed("tuesday"); a == b {
		t.Errorf("two texts give the one seed %d", a)
	}
}

func FuzzParsePreferences(f *testing.F) {
	f.Add(`code=404, example="a \" b"; x=y`, "__code=404&a=1")
	f.Add(`"`, "__")
	f.Add(`a="\`, "__example=%")
	f.Fuzz(func(t *testing.T, header, query string) {
		p, _ := parsePreferences([]string{header}, query)
		if p.status != 0 && (p.status < 100 || p.status > 599) {
			t.Errorf("status %d is out of range", p.status)
		}
		// What is told in Preference-Applied reads as what was asked for.
		if p.example != "" {
			again, _ := parsePreferences([]string{"example=" + quote(p.example)}, "")
			if again.example != p.example && !hasControl(p.example) {
				t.Errorf("%q is written as %s and read as %q", p.example, quote(p.example), again.example)
			}
		}
	})
}

func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return true
		}
	}
	return false
}
