package report_test

import (
	"bytes"
	"testing"

	"github.com/concord-api/concord/conformance/report"
)

// FuzzFormats writes what a target may have sent in every format, and demands
// that each is well-formed and shows nothing as markup or command of its own.
func FuzzFormats(f *testing.F) {
	for name, text := range hostile {
		if name != "megabytes" {
			f.Add(text)
		}
	}
	f.Add(`{"a":[1,{"b":null}],"a":2}}}`)
	f.Add(`[[[[[[[[[[`)
	schema := strictSchema(f)
	f.Fuzz(func(t *testing.T, text string) {
		run := sample(text)
		// The body itself, as the page takes it apart.
		first := &run.Findings[0].Failures[0]
		first.Exchange.Response.Body = &report.Body{Text: text, Encoding: "utf-8", Bytes: len(text), Truncated: len(text)%2 == 0}
		first.Places = append(first.Places, report.Place{In: "body", Pointer: ""}, report.Place{In: "body", Pointer: "/" + text}, report.Place{In: "body", Pointer: text})
		checkPage(t, write(t, "html", run))
		first.Places = first.Places[:1] // only pointers are told as pointers
		checkJSON(t, schema, write(t, "json", run))
		checkXML(t, write(t, "junit", run))
		checkAnnotations(t, write(t, "github", run))
		if _, err := readSARIF(write(t, "sarif", run)); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := report.Summary(&b, run); err != nil {
			t.Fatal(err)
		}
		checkSummary(t, b.String())
	})
}
