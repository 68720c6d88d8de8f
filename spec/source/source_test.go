package source_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec/source"
)

func parse(t testing.TB, text string) *yaml.Node {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	return &n
}

func TestAppendJSON(t *testing.T) {
	tests := map[string]struct{ yaml, want string }{
		"words that YAML 1.1 reads as booleans": {`[no, yes, on, off, y, n]`, `["no","yes","on","off","y","n"]`},
		"booleans and null":                     {`[true, False, null, ~, ]`, `[true,false,null,null]`},
		"dates":                                 {`[2020-01-01, 2020-01-01T00:00:00Z]`, `["2020-01-01","2020-01-01T00:00:00Z"]`},
		"numbers keep their digits":             {`[1.10, 9007199254740993, 1e3, -0, 1E+2]`, `[1.10,9007199254740993,1e3,-0,1E+2]`},
		"numbers that JSON does not have":       {`[0x10, 0o17, 1_000, .5, +1, 012, .inf, .nan, 1.]`, `["0x10","0o17","1_000",".5","+1","012",".inf",".nan","1."]`},
		"quoted scalars are strings":            {`["1", '2', "true", 'null']`, `["1","2","true","null"]`},
		"a tag makes a string":                  {`[!!str 1]`, `["1"]`},
		"block scalars":                         {"a: |\n  1\nb: >\n  x\n  y\n", `{"a":"1\n","b":"x y\n"}`},
		"names that are no strings":             {`{200: a, no: b, 2020-01-01: c, 0x10: d, 1.10: e}`, `{"200":"a","no":"b","2020-01-01":"c","0x10":"d","1.10":"e"}`},
		"anchors and aliases":                   {"a: &x {n: 1}\nb: *x\n", `{"a":{"n":1},"b":{"n":1}}`},
		"merge keys, the mapping's own first":   {"a: &x {n: 1, m: 2}\nb: {<<: *x, n: 3}\n", `{"a":{"n":1,"m":2},"b":{"n":3,"m":2}}`},
		"merge keys of several":                 {"a: &x {n: 1}\nc: &y {n: 2, k: 3}\nb: {<<: [*x, *y]}\n", `{"a":{"n":1},"c":{"n":2,"k":3},"b":{"n":1,"k":3}}`},
		"members in the author's order":         {`{z: 1, a: 2}`, `{"z":1,"a":2}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := source.AppendJSON(nil, parse(t, tt.yaml))
			if err != nil || string(got) != tt.want {
				t.Errorf("AppendJSON(%s) = %s, %v, want %s", tt.yaml, got, err, tt.want)
			}
		})
	}
}

func TestAppendJSONEndsOnDeepValues(t *testing.T) {
	deep := &yaml.Node{Kind: yaml.SequenceNode}
	deep.Content = []*yaml.Node{deep}
	if _, err := source.AppendJSON(nil, deep); err == nil {
		t.Error("a value that holds itself is written")
	}
}

func TestAppendJSONEndsOnAliasesOfAliases(t *testing.T) {
	text := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 12; i++ {
		text += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), i-1)
	}
	if _, err := source.AppendJSON(nil, parse(t, text)); err == nil || !strings.Contains(err.Error(), "by its aliases") {
		t.Errorf("error = %v, want one about aliases", err)
	}
}

func TestResolve(t *testing.T) {
	set := &source.Set{Open: func(location string) (*source.File, error) {
		if !strings.HasSuffix(location, "other.yaml") {
			return nil, fmt.Errorf("read %s: nothing there", location)
		}
		return &source.File{Location: location, Name: "other.yaml", Root: source.Resolve(parse(t, "X: {y: 1}"))}, nil
	}}
	file := &source.File{Location: "/dir/root.yaml", Name: "root.yaml", Root: source.Resolve(parse(t, "a/b: [10, {m~n: 20}]\n\"\": 3\nü: 4\n"))}
	set.Add(file)
	tests := map[string]struct {
		ref, want string
		err       string
	}{
		"the whole document":               {"#", "", ""},
		"a slash in a name":                {"#/a~1b/0", "10", ""},
		"a tilde in a name":                {"#/a~1b/1/m~0n", "20", ""},
		"a percent-encoded name":           {"#/%C3%BC", "4", ""},
		"another file":                     {"other.yaml#/X/y", "1", ""},
		"another file by a path":           {"./sub/../other.yaml#/X/y", "1", ""},
		"a name that is not there":         {"#/nope", "", `nope of /nope: not found`},
		"an index that is not there":       {"#/a~1b/7", "", "not found"},
		"an anchor":                        {"#here", "", `anchor "here": not found`},
		"a file that cannot be read":       {"missing.yaml#/X", "", "read /dir/missing.yaml: nothing there"},
		"a fragment that cannot be read":   {"#/%zz", "", "invalid URL escape"},
		"a URL that nobody has in the set": {"https://example.com/x.yaml#/X", "", "nothing there"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			place, err := set.Resolve(tt.ref, file)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("Resolve(%s) error = %v, want %q", tt.ref, err, tt.err)
				}
				return
			}
			if err != nil || place.Node.Value != tt.want {
				t.Errorf("Resolve(%s) = %+v, %v, want %s", tt.ref, place.Node, err, tt.want)
			}
		})
	}
	if _, err := set.Resolve("#/nope", file); !errors.Is(err, source.ErrNotFound) {
		t.Errorf("error = %v, want ErrNotFound", err)
	}
}

func TestPositionLeavesOutWhatIsNotKnown(t *testing.T) {
	for want, p := range map[string]source.Position{
		"a.yaml:3:7": {File: "a.yaml", Line: 3, Column: 7},
		"a.yaml:3":   {File: "a.yaml", Line: 3},
		"a.yaml":     {File: "a.yaml"},
		"3:7":        {Line: 3, Column: 7},
		"":           {},
	} {
		if got := p.String(); got != want {
			t.Errorf("%+v = %q, want %q", p, got, want)
		}
	}
}

func FuzzAppendJSON(f *testing.F) {
	for _, seed := range []string{"a: &x [*x]", "<<: {a: b}", "? [a]\n: b", "\"\\ud800\"", "[1e999, -0.0]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var n yaml.Node
		if yaml.Unmarshal([]byte(text), &n) != nil {
			return
		}
		out, err := source.AppendJSON(nil, &n)
		if err == nil && !jsontext.Value(out).IsValid(jsontext.AllowDuplicateNames(true)) {
			t.Errorf("AppendJSON(%q) = %s, which is no JSON", text, out)
		}
	})
}
