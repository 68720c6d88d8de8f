package report_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/concord-api/concord/conformance/report"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

var found = report.Findings{Found: []spec.Finding{
	{Severity: spec.Error, Rule: "reference", Message: `reference "#/x" leads nowhere`, Position: source.Position{File: "api.yaml", Line: 3, Column: 7}, Pointer: "/paths"},
	{Severity: spec.Warning, Rule: "example.invalid", Message: "two\nlines, 100% <b>", Position: source.Position{File: "a,b:c.yaml", Line: 1}},
	{Severity: spec.Note, Rule: "note", Message: "no place"},
}}

func TestFindings(t *testing.T) {
	for _, format := range report.FindingFormats {
		t.Run(format, func(t *testing.T) {
			var b bytes.Buffer
			if err := found.Write(&b, format); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "findings."+format)
			if *update {
				if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestFindingsAreValidSARIF(t *testing.T) {
	for name, f := range map[string]report.Findings{"some": found, "none": {}} {
		var b bytes.Buffer
		if err := f.Write(&b, "sarif"); err != nil {
			t.Fatal(err)
		}
		read, err := sarif.FromBytes(b.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := read.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFindingsRefuseAnUnknownFormat(t *testing.T) {
	if err := found.Write(&bytes.Buffer{}, "pdf"); err == nil {
		t.Error("format pdf is accepted")
	}
}
