package scenarios_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

var update = flag.Bool("update", false, "write the golden files")

func shop(t testing.TB) *spec.Document {
	t.Helper()
	doc, err := spec.Load(context.Background(), "testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// load reads a script that is written in a test.
func load(t testing.TB, script string) *scenarios.Script {
	t.Helper()
	s, err := scenarios.Load(context.Background(), shop(t), scenarios.FS("", fstest.MapFS{"script.yaml": {Data: []byte(script)}}))
	if err != nil {
		t.Fatal("\n" + err.Error())
	}
	return s
}

// TestFaultsAreToldAtOnce holds the messages for faulty scripts to golden files.
func TestFaultsAreToldAtOnce(t *testing.T) {
	files, err := filepath.Glob("testdata/errors/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no faulty scripts", err)
	}
	doc := shop(t)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			_, err := scenarios.Load(context.Background(), doc, scenarios.Path(file))
			var faults *scenarios.Error
			if !errors.As(err, &faults) {
				t.Fatalf("Load = %v, want an *Error", err)
			}
			got := err.Error() + "\n"
			golden := strings.TrimSuffix(file, ".yaml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("messages differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFilesOfOneScript(t *testing.T) {
	const a = "fixtures: {order: o_1}\nscenarios:\n- {name: one, operation: getOrder, request: {path: {order_id: '${fixtures.order}'}}, response: {status: 200}}\n"
	tests := map[string]struct {
		files fstest.MapFS
		want  string // of the error, "" for none
		names string // of the scenarios
	}{
		"fixtures are shared, scenarios in the order of file names": {
			fstest.MapFS{
				"b.yaml": {Data: []byte(a)},
				"a.yml":  {Data: []byte("scenarios:\n- {name: two, operation: getOrder, request: {path: {order_id: 'x${fixtures.order}'}}, response: {status: 200}}\n")},
				"c.json": {Data: []byte("not read")},
			}, "", "two one",
		},
		"a fixture is given once": {
			fstest.MapFS{"a.yaml": {Data: []byte(a)}, "b.yaml": {Data: []byte("fixtures: {order: o_2}")}},
			`b.yaml:1:12: fixture "order" is given twice, first at a.yaml:1:12`, "",
		},
		"a behaviour is given once": {
			fstest.MapFS{"a.yaml": {Data: []byte("behaviour: {request_id: {}}")}, "b.yaml": {Data: []byte("behaviour: {request_id: {}}")}},
			`b.yaml:1:25: behaviour request_id is given twice, first at a.yaml:1:25`, "",
		},
		"an empty file says nothing": {fstest.MapFS{"a.yaml": {Data: []byte("# nothing\n")}}, "", ""},
		"no YAML":                    {fstest.MapFS{"a.yaml": {Data: []byte("a: [")}}, "a.yaml:2:1: the file is no YAML", ""},
		"two documents":              {fstest.MapFS{"a.yaml": {Data: []byte("---\nscenarios: []\n---\nscenarios: []\n")}}, "one YAML document", ""},
		"no files":                   {fstest.MapFS{}, "has no file *.yaml or *.yml", ""},
	}
	doc := shop(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := scenarios.Load(context.Background(), doc, scenarios.FS("", tt.files))
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Fatalf("Load = %v, want %q", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for sc := range s.Scenarios() {
				names = append(names, sc.Name)
			}
			if got := strings.Join(names, " "); got != tt.names {
				t.Errorf("scenarios are %q, want %q", got, tt.names)
			}
		})
	}
}

// FuzzLoad feeds the loader whatever bytes: it never panics, and it tells of a
// fault or gives a script.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/errors/*.yaml", "dinie/*.yaml"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			if data, err := os.ReadFile(file); err == nil && len(data) < 8<<10 {
				f.Add(data)
			}
		}
	}
	f.Add([]byte("a: &a [*a]\nscenarios: *a"))
	f.Add([]byte("fixtures: &f {a: *f}"))
	f.Add([]byte("scenarios:\n- {name: a, operation: getOrder, response: {status: 200, body: '${\"'}}"))
	doc := shop(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := scenarios.Load(context.Background(), doc, scenarios.FS("", fstest.MapFS{"a.yaml": {Data: data}}))
		if (s == nil) == (err == nil) {
			t.Errorf("Load = %v, %v", s, err)
		}
		if err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}
