package conformance

import "testing"

func TestValuesThatMeanTheSame(t *testing.T) {
	for name, tt := range map[string]struct {
		a, b string
		want bool
	}{
		"equal texts":                        {`"a b"`, `"a b"`, true},
		"texts of another case":              {`"Ana@Example.com"`, `"ana@example.com"`, true},
		"a telephone number in another form": {`"+55 (11) 99999-0000"`, `"+5511999990000"`, true},
		"other texts":                        {`"tea"`, `"coffee"`, false},
		"texts of nothing but signs":         {`"🙂"`, `"🙁"`, false},
		"numbers in another form":            {`1.50`, `1.5`, true},
		"a number as a text":                 {`7`, `"7.0"`, true},
		"numbers beyond a float":             {`9007199254740993`, `9007199254740992`, false},
		"other numbers":                      {`1`, `2`, false},
		"a sign that counts":                 {`-1`, `1`, false},
		"times in another zone":              {`"2026-01-01T12:00:00Z"`, `"2026-01-01T09:00:00-03:00"`, true},
		"other times":                        {`"2026-01-01T12:00:00Z"`, `"2026-01-01T12:00:01Z"`, false},
		"false and nothing":                  {`false`, `null`, true},
		"true and nothing":                   {`true`, `null`, false},
		"true and false":                     {`true`, `false`, false},
		"an empty list and nothing":          {`[]`, `null`, true},
		"lists in another order":             {`["a", "b"]`, `["B", "A"]`, true},
		"lists of other items":               {`["a"]`, `["b"]`, false},
		"lists of other lengths":             {`["a"]`, `["a", "b"]`, false},
		"an object and more of it":           {`{"a": 1}`, `{"a": 1, "b": 2}`, true},
		"another object":                     {`{"a": 1}`, `{"a": 2}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			var a, b any
			if err := decodeExact([]byte(tt.a), &a); err != nil {
				t.Fatal(err)
			}
			if err := decodeExact([]byte(tt.b), &b); err != nil {
				t.Fatal(err)
			}
			if got := alike(a, b); got != tt.want {
				t.Errorf("alike(%s, %s) = %t, want %t", tt.a, tt.b, got, tt.want)
			}
		})
	}
}
