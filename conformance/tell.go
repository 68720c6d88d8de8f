package conformance

import (
	"errors"
	"fmt"
	"os"

	"github.com/concord-api/concord/conformance/report"
)

// outputs reads which reports are wanted, so that a misspelt one is known before
// anything is sent.
func (o *VerifyOptions) outputs() ([]report.Output, error) {
	wanted := o.Report
	if o.JUnit != "" {
		wanted = append(wanted, "junit="+o.JUnit)
	}
	var out []report.Output
	stdout := ""
	for _, text := range wanted {
		output, err := report.ParseOutput(text)
		if err != nil {
			return nil, usage("read --report: %w", err)
		}
		if output.Path == "-" {
			if stdout != "" {
				return nil, usage("read --report: %s and %s cannot both go to the standard output", stdout, text)
			}
			stdout = text
		}
		out = append(out, output)
	}
	return out, nil
}

// tell prints the results, writes the reports and the baseline, and returns the
// exit code. Where a report other than GitHub's annotations goes to the standard
// output, it has it for itself.
func (o *VerifyOptions) tell(r *Results, outputs []report.Output, ok bool) (int, error) {
	alone := false
	for _, output := range outputs {
		alone = alone || output.Path == "-" && output.Format.Name != "github"
	}
	if !alone {
		printResults(*o, r)
	}
	if err := o.write(r, outputs); err != nil {
		return ExitUsage, err
	}
	if r.Plan.Config.UpdateBaseline {
		if err := r.updateBaseline(); err != nil {
			return ExitUsage, err
		}
		if r.Checked() > 0 {
			return ExitConforms, nil
		}
	}
	if !ok || !r.Conforms() || r.differs() {
		return ExitBroken, nil
	}
	return ExitConforms, nil
}

// write writes the reports, all that can be written.
func (o *VerifyOptions) write(r *Results, outputs []report.Output) error {
	if len(outputs) == 0 {
		return nil
	}
	run := r.Report()
	var failed []error
	for _, output := range outputs {
		failed = append(failed, output.Write(o.Out, run))
		if output.Format.Name == "github" {
			failed = append(failed, stepSummary(run))
		}
	}
	return errors.Join(failed...)
}

// stepSummary adds the run to the summary of the step of GitHub Actions that it
// runs in, if it does.
func stepSummary(run *report.Run) error {
	file := os.Getenv("GITHUB_STEP_SUMMARY")
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write step summary: %w", err)
	}
	if err := errors.Join(report.Summary(f, run), f.Close()); err != nil {
		return fmt.Errorf("write step summary to %s: %w", file, err)
	}
	return nil
}
