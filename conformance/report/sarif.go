package report

import (
	"io"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// fingerprintName is the name of our fingerprints in SARIF; its number rises when
// they are made in another way.
const fingerprintName = "concordFailure/v1"

// writeSARIF writes SARIF 2.1.0: a rule for each check, a result for each
// failure, at the place in the contract that it breaks. Known failures are
// suppressed (§3.27.23).
func writeSARIF(w io.Writer, r *Run) error {
	run := sarif.NewRunWithInformationURI("concord", "https://github.com/concord-api/concord")
	run.Results = []*sarif.Result{}
	version := r.Tool.Version
	run.Tool.Driver.Version = &version
	for _, c := range r.Checks {
		rule := run.AddRule(c.ID).WithName(c.ID).WithDescription(c.Says).WithFullDescription(sarif.NewMultiformatMessageString().WithText(c.Says))
		rule.WithHelp(sarif.NewMultiformatMessageString().WithText(strings.TrimSpace(c.Why + "\n\nSource: " + c.Source + "\n\nMore: concord explain " + c.ID)))
		rule.WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(sarifLevel(c.Severity == "must")))
	}
	for _, f := range r.Findings {
		for _, failure := range f.Failures {
			run.AddResult(sarifResult(r, f, failure))
		}
	}
	out := sarif.NewReport()
	out.AddRun(run)
	return out.PrettyWrite(w)
}

func sarifResult(r *Run, f Finding, failure Failure) *sarif.Result {
	message := where(failure.Operation, failure.Name) + ": " + failure.Headline + "\n\nExpected: " + failure.Expected + "\n" + strings.Join(failure.Difference, "\n") + "\n\nRepeat: " + failure.Curl
	result := sarif.NewRuleResult(failure.Check).
		WithLevel(sarifLevel(f.Outcome == Broken || r.Check(failure.Check).Severity == "must")).
		WithMessage(sarif.NewTextMessage(message)).
		WithPartialFingerprints(map[string]string{fingerprintName: failure.Fingerprint})
	if f.Outcome == Known {
		result.AddSuppression(sarif.NewSuppression().WithKind("external").WithJustification("it is in the baseline"))
	}
	location := sarif.NewLocation()
	if failure.Operation != "" {
		location.AddLogicalLocation(sarif.NewLogicalLocation().WithName(failure.Operation).WithKind("function"))
	}
	file, line, column := failure.Position.File, failure.Position.Line, failure.Position.Column
	if file == "" {
		file = r.Contract.Location
	}
	if file != "" {
		place := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewSimpleArtifactLocation(uri(file)))
		region := sarif.NewRegion().WithStartLine(max(line, 1))
		if column > 0 {
			region = region.WithStartColumn(column)
		}
		location = location.WithPhysicalLocation(place.WithRegion(region))
	}
	result.AddLocation(location)
	return result
}

func sarifLevel(must bool) string {
	if must {
		return "error"
	}
	return "warning"
}

// where is a case as people find it.
func where(operation, name string) string {
	if operation == "" {
		return name
	}
	return operation + ", " + name
}
