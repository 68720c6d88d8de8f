package schema

import (
	"strings"
	"testing"
)

func TestPropertyEscapesMeanWhatECMASays(t *testing.T) {
	tests := map[string]struct{ pattern, matches, misses string }{
		"a category by its short name":       {`^\p{Lu}+$`, "AÄΩ", "a"},
		"a category by its long name":        {`^\p{Uppercase_Letter}$`, "Ä", "ä"},
		"a category by its kind":             {`^\p{General_Category=Decimal_Number}$`, "٣", "a"},
		"a category by the short kind":       {`^\p{gc=Nd}$`, "7", "a"},
		"a script":                           {`^\p{Script=Greek}+$`, "λόγος", "logos"},
		"a script by its code":               {`^\p{sc=Cyrl}+$`, "да", "da"},
		"the extensions of a script":         {`^\p{scx=Greek}+$`, "λόγος", "logos"},
		"a binary property":                  {`^\p{Alphabetic}+$`, "aΩ", "7"},
		"a binary property by its alias":     {`^\p{Upper}$`, "Ⓐ", "a"},
		"the opposite":                       {`^\P{Upper}$`, "a", "A"},
		"in a class":                         {`^[\p{Alpha}\d-]+$`, "aΩ-7", "a b"},
		"the opposite in a class":            {`^[\P{L}]+$`, "7-", "7a"},
		"in a class that is turned round":    {`^[^\p{L}]+$`, "7-", "7a"},
		"any character":                      {`^\p{Any}$`, "\U0001F600", ""},
		"ASCII":                              {`^\p{ASCII}+$`, "a~", "ä"},
		"what is assigned":                   {`^\p{Assigned}$`, "a", "\u0378"},
		"with look-ahead":                    {`^(?=\p{Upper})\p{L}+$`, "Äb", "äb"},
		"with look-ahead, beyond 16 bits":    {`^(?=\p{Script=Deseret}).+$`, "\U00010400", "a"},
		"a letter without braces, as in Go":  {`^\pL+$`, "aΩ", "7"},
		"a backslash before what looks like": {`^\\p{3}$`, `\ppp`, "Ω"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := CompilePattern(tt.pattern)
			if err != nil {
				t.Fatal(err)
			}
			if !p.MatchString(tt.matches) {
				t.Errorf("%s does not match %q", tt.pattern, tt.matches)
			}
			if p.MatchString(tt.misses) {
				t.Errorf("%s matches %q", tt.pattern, tt.misses)
			}
		})
	}
}

func TestAnUnknownPropertyIsToldAndLeavesTheRest(t *testing.T) {
	for _, pattern := range []string{`\p{Emoji}`, `[\p{Nonsense}]`, `(?=\p{Alphabetic=Yes})`, `\P{Script=Nowhere}`} {
		_, err := CompilePattern(pattern)
		if err == nil || !strings.Contains(err.Error(), "is no property of characters that is known here") {
			t.Errorf("CompilePattern(%s) = %v", pattern, err)
		}
	}
	s := readSchema(t, V31, `S: {type: string, minLength: 2, pattern: '\p{Emoji}'}`)
	if c := s.Checker(Request); c.Err() != nil || c.ValidString("a") || !c.ValidString("ab") {
		t.Errorf("the rest of the schema is not held: %v", c.Err())
	}
}
