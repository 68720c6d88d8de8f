package conformance

import "testing"

func TestAKeyInACookieIsSentOnce(t *testing.T) {
	tests := map[string]struct {
		has  []string
		want string
	}{
		"no cookie before":                    {nil, "sid=a+b"},
		"another cookie before":               {[]string{"lang=en"}, "lang=en; sid=a+b"},
		"the key, as a parameter":             {[]string{"sid=sample"}, "sid=a+b"},
		"the key among others":                {[]string{"lang=en; sid=sample; x=1"}, "lang=en; x=1; sid=a+b"},
		"several lines":                       {[]string{"lang=en", "sid=sample"}, "lang=en; sid=a+b"},
		"a cookie whose name begins so":       {[]string{"sid2=1"}, "sid2=1; sid=a+b"},
		"a cookie whose name differs by case": {[]string{"SID=1"}, "SID=1; sid=a+b"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := withCookie(tt.has, "sid", "a+b"); got != tt.want {
				t.Errorf("Cookie: %q, want %q", got, tt.want)
			}
		})
	}
}
