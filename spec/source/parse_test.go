package source_test

import (
	"testing"

	"github.com/concord-api/concord/spec/source"
)

func TestParseReadsWhatJSONHasAndYAMLHasNot(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"an escaped slash":                  {`{"a\/b": "c\/d"}`, `{"a/b":"c/d"}`},
		"a pair of surrogates":              {`["\ud83d\ude00", "\uD83D\uDE00!"]`, `["😀","😀!"]`},
		"a lone surrogate":                  {`["\ud83d", "\ud83dx", "\ude00"]`, "[\"\uFFFD\",\"\uFFFDx\",\"\uFFFD\"]"},
		"two high surrogates and a low one": {`["\ud83d\ud83d\ude00"]`, "[\"\uFFFD😀\"]"},
		"an escaped backslash before":       {`["\\/", "\\ud83d", "\/"]`, `["\\/","\\ud83d","/"]`},
		"the other escapes":                 {`["\b\f\n\r\t\"\u00e9\/"]`, `["\b\f\n\r\t\"é/"]`},
		"a byte order mark":                 {"\ufeff[1]", `[1]`},
		"YAML that looks like JSON":         {`{a: '\/', b: '"\ud83d'}`, `{"a":"\\/","b":"\"\\ud83d"}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			root, err := source.Parse([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			got, err := source.AppendJSON(nil, root)
			if err != nil || string(got) != tt.want {
				t.Errorf("Parse(%s) = %s, %v, want %s", tt.text, got, err, tt.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"a": "\ud83d\ude00\/"}`))
	f.Add([]byte(`["\ud83d`))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, _ = source.Parse(text) // any bytes: an error, never a panic
	})
}
