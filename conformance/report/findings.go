package report

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/concord-api/concord/spec"
)

// Findings writes the findings of a contract and script in one of the formats
// that the command check offers. Color applies to text alone.
type Findings struct {
	Found []spec.Finding
	Color bool
}

// FindingFormats lists the formats of Findings.Write, the default first.
var FindingFormats = []string{"text", "json", "sarif", "github"}

// Write writes the findings in a format of [FindingFormats].
func (f Findings) Write(w io.Writer, format string) error {
	switch format {
	case "text":
		return f.text(w)
	case "json":
		return f.json(w)
	case "sarif":
		return f.sarif(w)
	case "github":
		return f.github(w)
	}
	return fmt.Errorf("format %q is not known: one of %s is", format, strings.Join(FindingFormats, ", "))
}

// Worst tells how many findings there are of each severity.
func (f Findings) Worst() (errors, warnings int) {
	for _, x := range f.Found {
		switch x.Severity {
		case spec.Error:
			errors++
		case spec.Warning:
			warnings++
		}
	}
	return errors, warnings
}

func (f Findings) text(w io.Writer) error {
	paint := func(code, s string) string {
		if !f.Color {
			return s
		}
		return "\x1b[" + code + "m" + s + "\x1b[0m"
	}
	for _, x := range f.Found {
		code := map[spec.Severity]string{spec.Error: "31;1", spec.Warning: "33", spec.Note: "36"}[x.Severity]
		place := ""
		if p := x.Position.String(); p != "" {
			place = p + ": "
		}
		if _, err := fmt.Fprintf(w, "%s%s %s %s\n", place, paint(code, string(x.Severity)+":"), oneLine(x.Message), paint("2", "("+x.Rule+")")); err != nil {
			return err
		}
	}
	return nil
}

// oneLine keeps a message on its line, whatever the document's author wrote.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

type jsonFinding struct {
	Severity string `json:"severity"`
	Rule     string `json:"rule"`
	Message  string `json:"message"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Pointer  string `json:"pointer,omitempty"`
}

func (f Findings) json(w io.Writer) error {
	out := make([]jsonFinding, len(f.Found))
	for i, x := range f.Found {
		out[i] = jsonFinding{string(x.Severity), x.Rule, x.Message, x.Position.File, x.Position.Line, x.Position.Column, x.Pointer}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(map[string]any{"findings": out})
}

// sarif writes SARIF 2.1.0, as code scanning services read it.
func (f Findings) sarif(w io.Writer) error {
	levels := map[spec.Severity]string{spec.Error: "error", spec.Warning: "warning", spec.Note: "note"}
	run := sarif.NewRunWithInformationURI("concord", "https://github.com/concord-api/concord")
	run.Results = []*sarif.Result{}
	for _, x := range f.Found {
		run.AddRule(x.Rule)
		result := run.CreateResultForRule(x.Rule).WithLevel(levels[x.Severity]).WithMessage(sarif.NewTextMessage(x.Message))
		if x.Position.File == "" {
			continue
		}
		place := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewSimpleArtifactLocation(uri(x.Position.File)))
		if x.Position.Line > 0 {
			region := sarif.NewRegion().WithStartLine(x.Position.Line)
			if x.Position.Column > 0 {
				region = region.WithStartColumn(x.Position.Column)
			}
			place = place.WithRegion(region)
		}
		result.AddLocation(sarif.NewLocationWithPhysicalLocation(place))
	}
	report := sarif.NewReport()
	report.AddRun(run)
	return report.PrettyWrite(w)
}

// uri is a file's name as a URI reference (SARIF 2.1.0 §3.4.3).
func uri(file string) string {
	if strings.Contains(file, "://") {
		return file
	}
	return (&url.URL{Path: filepath.ToSlash(file)}).String()
}

// github writes the annotations of GitHub Actions' workflow commands.
func (f Findings) github(w io.Writer) error {
	levels := map[spec.Severity]string{spec.Error: "error", spec.Warning: "warning", spec.Note: "notice"}
	for _, x := range f.Found {
		var place []string
		if x.Position.File != "" {
			place = append(place, "file="+escapeProperty(x.Position.File))
		}
		if x.Position.Line > 0 {
			place = append(place, fmt.Sprintf("line=%d", x.Position.Line))
		}
		if x.Position.Column > 0 {
			place = append(place, fmt.Sprintf("col=%d", x.Position.Column))
		}
		place = append(place, "title="+escapeProperty(x.Rule))
		if _, err := fmt.Fprintf(w, "::%s %s::%s\n", levels[x.Severity], strings.Join(place, ","), escapeData(x.Message)); err != nil {
			return err
		}
	}
	return nil
}

var (
	dataEscaper     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscaper = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// escapeData escapes the message of a workflow command.
func escapeData(s string) string { return dataEscaper.Replace(s) }

// escapeProperty escapes a property of a workflow command.
func escapeProperty(s string) string { return propertyEscaper.Replace(s) }
