package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"
)

// VerifyOptions are what a run outside of `go test` can be told.
type VerifyOptions struct {
	LabelFilter string   `help:"Run only the nodes that Ginkgo's label filter lets through: operations, tags, statuses, phases, check ids, must, should." env:"CONCORD_LABEL_FILTER" placeholder:"FILTER"`
	Focus       []string `help:"Run only the nodes whose text matches." env:"CONCORD_FOCUS" placeholder:"REGEXP" sep:"none"`
	Report      []string `help:"Write a report: html, json, junit, sarif or github, and where to; - is the standard output. Can be given again." placeholder:"FORMAT=FILE" sep:"none" env:"CONCORD_REPORT"`
	JUnit       string   `name:"junit" help:"Short for --report junit=FILE." env:"CONCORD_JUNIT" placeholder:"FILE"`
	Compare     string   `help:"Make the same exchanges with a second target, and tell how its answers differ in status, headers and shape." env:"CONCORD_COMPARE" placeholder:"URL"`
	DryRun      bool     `help:"List what would be checked, and send nothing."`
	Verbose     bool     `short:"v" help:"Also list what held."`

	// Out gets the report for people; nil is the standard output.
	Out io.Writer `kong:"-"`
	// Color colours it.
	Color bool `kong:"-"`
	// Progress is told how far the run has come; nil is nobody.
	Progress io.Writer `kong:"-"`
	// Live says that Progress is a terminal.
	Live bool `kong:"-"`
}

// The exit codes of [Verify].
const (
	ExitConforms    = 0
	ExitBroken      = 1 // the target does not conform, or nothing was checked
	ExitUsage       = 2 // wrong flags, or files that cannot be used
	ExitUnreachable = 3 // no answer from the target
)

// suiteName is how Ginkgo calls the suite.
const suiteName = "Concord conformance"

// failed notes that RunSpecs failed.
type failed bool

// Fail implements ginkgo.GinkgoTestingT.
func (f *failed) Fail() { *f = true }

// Verify runs the suite from a plain main, without the Go toolchain, and prints
// what it found. It returns the exit code; the error, where there is one, is for
// the standard error. It can be called once in a process, as Ginkgo runs once.
func Verify(ctx context.Context, c Config, o VerifyOptions) (int, error) {
	if o.Out == nil {
		o.Out = os.Stdout
	}
	if _, err := types.ParseLabelFilter(o.LabelFilter); err != nil {
		return ExitUsage, usage("read --label-filter %q: %s", o.LabelFilter, strings.TrimSpace(err.Error()))
	}
	for _, focus := range o.Focus {
		if _, err := regexp.Compile(focus); err != nil {
			return ExitUsage, usage("read --focus %q: %w", focus, err)
		}
	}
	outputs, err := o.outputs()
	if err != nil {
		return ExitUsage, err
	}
	c.KeepExchanges = c.KeepExchanges || o.Compare != ""
	p, err := NewPlan(c)
	if err != nil {
		return exitCode(err), err
	}
	if _, err := p.Config.base(); err != nil {
		return exitCode(err), err
	}
	p.progress = newProgress(o.Progress, o.Live)
	s, ok := p.runSpecs(ctx, o)
	if o.DryRun {
		return dryRun(o.Out, p, s)
	}
	if errors.Is(s.run.err, context.Canceled) {
		return ExitBroken, errors.New("cut short before anything was sent")
	}
	if s.run.err != nil {
		return exitCode(s.run.err), s.run.err
	}
	if session := s.run.session; session != nil {
		s.results.Mock = session.Mock
		s.results.Guest = session.tidy(ctx)
		s.results.Sent += int(session.player.aside.Load())
		session.close()
	}
	s.results.Cut = ctx.Err() != nil
	s.results.finish()
	if s.results.Sent > 0 && s.results.Silent == s.results.Sent {
		err := &UnreachableError{p.Config.BaseURL, "it answered at first, and then none of the requests"}
		return ExitUnreachable, err
	}
	if o.Compare != "" && !s.results.Cut {
		if s.results.Comparison, err = s.results.compare(ctx, o.Compare); err != nil {
			return exitCode(err), fmt.Errorf("compare: %w", err)
		}
	}
	return o.tell(s.results, outputs, ok)
}

// runSpecs lets Ginkgo run the tree, without a word of its own.
func (p *Plan) runSpecs(ctx context.Context, o VerifyOptions) (*suite, bool) {
	ginkgo.GinkgoWriter.ClearTeeWriters()
	formatter.ColorableStdOut = io.Discard
	sc, rc := ginkgo.GinkgoConfiguration()
	s := newSuite(ctx, p)
	s.single(types.SuiteConfig{LabelFilter: o.LabelFilter, FocusStrings: o.Focus})
	s.around()
	sc.DryRun, rc.NoColor = o.DryRun, true
	var t failed
	return s, ginkgo.RunSpecs(&t, suiteName, sc, rc) && !bool(t)
}

func exitCode(err error) int {
	var unreachable *UnreachableError
	var wrong *UsageError
	switch {
	case errors.As(err, &unreachable):
		return ExitUnreachable
	case errors.As(err, &wrong):
		return ExitUsage
	}
	return ExitBroken
}

// dryRun lists the cases that would be sent.
func dryRun(w io.Writer, p *Plan, s *suite) (int, error) {
	n := 0
	for _, c := range p.Cases {
		if !s.ahead[c] {
			continue
		}
		n++
		note := ""
		if c.Skip != "" {
			note = "  (skipped: " + c.Skip + ")"
		}
		checks := 0
		for i := range c.checks {
			if p.asks(c, i) {
				checks++
			}
		}
		fmt.Fprintf(w, "%s  %s%s\n", c.ID, count(checks, "check"), note)
	}
	if n == 0 {
		return ExitBroken, errors.New("nothing would be checked: " + whyNothing(p, map[string]int{}))
	}
	fmt.Fprintf(w, "%d cases would be tried at %s; nothing was sent\n", n, p.Config.BaseURL)
	return ExitConforms, nil
}
