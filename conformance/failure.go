package conformance

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/concord-api/concord/conformance/report"
)

// Failure is one answer that misses a check's demand, told as a bug report.
type Failure struct {
	Step       string   // of a case with several
	Headline   string   // the difference in one line
	Expected   string   // what was wanted, in short
	Because    []string // who says so
	Came       string   // what came, in short
	Body       string   // the beginning of what came, for reading
	Difference []string // line by line; "- " before what was wanted, "+ " before what came
	Curl       string   // a command that sends the request again
	Places     []report.Place
	Exchange   *Exchange // what it is about; its secrets are not masked

	cause string // the same for all failures of one cause
}

// fail makes the failure of a check by an exchange.
func fail(check *Check, x *Exchange, err error) Failure {
	f := Failure{
		Step:     x.step.Name,
		Expected: check.Says,
		Because:  []string{check.Source},
		Came:     came(x),
		Curl:     x.Request.Curl(),
		Places:   places(check, err),
		Exchange: x,
		cause:    cause(check, err),
	}
	if x.step.Expect.Because != "" {
		f.Because = append(f.Because, x.step.Expect.Because)
	}
	if d := x.Documented(); d != nil {
		f.Because = append(f.Because, fmt.Sprintf("%s of the contract, %s", d.Pointer, d.Position))
	}
	hide := newMasks([]*Request{&x.Request}, nil)
	if x.Answered() {
		f.Body = bodyText([]byte(hide.text(string(x.Response.Body))), 1200)
	}
	f.Difference = differenceLines(err)
	f.mask(hide)
	f.Headline = report.Headline(f.Difference)
	return f
}

// came is an answer in one line.
func came(x *Exchange) string {
	if !x.Answered() {
		return "no answer: " + x.Err
	}
	parts := []string{x.Response.Proto + " " + statusText(x.Response.Status)}
	if ct := x.Response.Header.Get("Content-Type"); ct != "" {
		parts = append(parts, shorten(ct, 80))
	}
	parts = append(parts, fmt.Sprintf("%d bytes", len(x.Response.Body)), "in "+x.Took.Round(time.Millisecond/10).String())
	if n := len(x.Waits); n > 0 {
		parts = append(parts, fmt.Sprintf("after %d waits for throttling", n))
	}
	return strings.Join(parts, ", ")
}

// cameInShort is what came without what differs from one time to the next.
func cameInShort(x *Exchange) string {
	if !x.Answered() {
		return "no answer: " + x.Err
	}
	return statusText(x.Response.Status)
}

// differenceLines tells an error of a check as what was wanted and what came.
func differenceLines(err error) []string {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var lines []string
		for _, e := range joined.Unwrap() {
			lines = append(lines, differenceLines(e)...)
		}
		return lines
	}
	var lines []string
	var claim *claimError
	if errors.As(err, &claim) && claim.difference.Path != "" {
		lines = append(lines, claim.difference.Path+" ("+claim.difference.Position.String()+")")
	}
	var m *Mismatch
	if errors.As(err, &m) {
		return append(lines, "- "+shorten(m.Want, 400), "+ "+shorten(m.Got, 400))
	}
	return []string{shorten(err.Error(), 400)}
}

// String returns the failure as lines without an indent.
func (f Failure) String() string {
	var b strings.Builder
	row := func(name string, lines ...string) {
		for i, line := range lines {
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(&b, "%-11s %s\n", name, line)
		}
	}
	if f.Step != "" {
		row("step", f.Step)
	}
	row("expected", f.Expected)
	row("because", f.Because...)
	row("came", f.Came)
	if f.Body != "" {
		row("", strings.Split(f.Body, "\n")...)
	}
	row("difference", f.Difference...)
	row("repeat", f.Curl)
	return strings.TrimRight(b.String(), "\n")
}
