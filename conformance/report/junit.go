package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// The JUnit form that GitLab, Jenkins and the reporters of GitHub agree on. There
// is no standard; this is the part of the Jenkins schema that all of them read.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		Properties *junitProps     `xml:"properties,omitempty"`
		Cases      []junitTestcase `xml:"testcase"`

		seconds float64
	}
	junitProps struct {
		Properties []junitProperty `xml:"property"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitTestcase struct {
		Class      string        `xml:"classname,attr"`
		Name       string        `xml:"name,attr"`
		Time       string        `xml:"time,attr"`
		Properties *junitProps   `xml:"properties,omitempty"`
		Skipped    *junitSkipped `xml:"skipped,omitempty"`
		Failure    *junitFailure `xml:"failure,omitempty"`
		Error      *junitFailure `xml:"error,omitempty"`
		Out        string        `xml:"system-out,omitempty"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Body    string `xml:",chardata"`
	}
)

// wholeAPI is where cases that are about no operation are shown.
const wholeAPI = "the API"

// writeJUnit writes a test case for each case, under one suite for each
// operation. A case keeps its name whatever becomes of it, so that a service can
// tell a new failure from an old one.
func writeJUnit(w io.Writer, r *Run) error {
	b := junitBuilder{run: r, byName: map[string]*junitSuite{}, failures: map[string][]found{}}
	for _, f := range r.Findings {
		for _, failure := range f.Failures {
			b.failures[failure.Case] = append(b.failures[failure.Case], found{f, failure})
		}
	}
	for i := range r.Cases {
		b.add(&r.Cases[i])
	}
	b.comparison()
	if r.Outcome == Nothing || r.Outcome == Cut {
		s := b.suite("the run")
		s.Tests++
		s.Errors++
		s.Cases = append(s.Cases, junitTestcase{Class: "the run", Name: "everything is checked", Time: seconds(0),
			Error: &junitFailure{Message: r.Why, Type: r.Outcome, Body: r.Why}})
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(b.all()); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// found is a failure with what it is one of.
type found struct {
	finding Finding
	failure Failure
}

type junitBuilder struct {
	run      *Run
	order    []string
	byName   map[string]*junitSuite
	failures map[string][]found // by case
}

func (b *junitBuilder) suite(name string) *junitSuite {
	if name == "" {
		name = wholeAPI
	}
	if b.byName[name] == nil {
		b.order = append(b.order, name)
		b.byName[name] = &junitSuite{Name: name, Timestamp: b.run.Started.UTC().Format(time.RFC3339), Properties: &junitProps{[]junitProperty{
			{"target", b.run.Target.BaseURL},
			{"contract", strings.TrimSpace(b.run.Contract.Title + " " + b.run.Contract.Version)},
			{"contract.location", b.run.Contract.Location},
			{"concord", b.run.Tool.Version},
		}}}
	}
	return b.byName[name]
}

// add adds a case.
func (b *junitBuilder) add(c *Case) {
	s := b.suite(c.Operation)
	out := junitTestcase{Class: s.Name, Name: c.Phase + ": " + c.Name, Time: seconds(c.TookMS), Properties: &junitProps{[]junitProperty{{"case", c.ID}}}}
	s.Tests++
	s.seconds += c.TookMS
	var broken, rest []found
	for _, f := range b.failures[c.ID] {
		out.Properties.Properties = append(out.Properties.Properties, junitProperty{"fingerprint." + f.failure.Check, f.failure.Fingerprint})
		if f.finding.Outcome == Broken || f.finding.Outcome == Warned && b.run.Strict {
			broken = append(broken, f)
		} else {
			rest = append(rest, f)
		}
	}
	out.Out = b.tell(rest)
	switch {
	case len(broken) > 0:
		s.Failures++
		first := broken[0]
		message := first.failure.Headline + ": " + b.run.Check(first.failure.Check).Says
		if n := len(broken) - 1; n > 0 {
			message += fmt.Sprintf(" (and %d more)", n)
		}
		out.Failure = &junitFailure{Message: message, Type: first.failure.Check, Body: b.tell(broken)}
	case c.Skip != "":
		s.Skipped++
		out.Skipped = &junitSkipped{c.Skip}
	case len(rest) > 0 && rest[0].finding.Outcome == Known:
		s.Skipped++
		out.Skipped = &junitSkipped{"a known failure: it is in the baseline"}
	}
	s.Cases = append(s.Cases, out)
}

// tell is failures as text, each as the console prints it.
func (b *junitBuilder) tell(all []found) string {
	var out strings.Builder
	for i, f := range all {
		if i > 0 {
			out.WriteString("\n")
		}
		fmt.Fprintf(&out, "%s: %s (%s)\n%s", f.finding.Outcome, f.failure.Headline, f.failure.Check, f.failure.text())
	}
	return out.String()
}

// comparison adds the differences between two targets, a case each.
func (b *junitBuilder) comparison() {
	if b.run.Comparison == nil {
		return
	}
	s := b.suite("comparison with " + b.run.Comparison.BaseURL)
	for _, d := range b.run.Comparison.Differences {
		s.Tests++
		s.Failures++
		text := "one:   " + d.One + "\nother: " + d.Other + "\n"
		for _, at := range d.At {
			text += "in " + at.Case + "\n  " + at.Curl + "\n"
		}
		s.Cases = append(s.Cases, junitTestcase{Class: s.Name, Name: d.Place.String() + " in " + d.At[0].Case, Time: seconds(0),
			Failure: &junitFailure{Message: d.Place.String() + ": " + d.One + ", other: " + d.Other, Type: "comparison", Body: text}})
	}
	if len(s.Cases) == 0 {
		s.Tests++
		s.Cases = []junitTestcase{{Class: s.Name, Name: "both answer alike", Time: seconds(0)}}
	}
}

func (b *junitBuilder) all() junitSuites {
	out := junitSuites{Name: strings.TrimSpace("Concord: " + b.run.Contract.Title), Time: seconds(b.run.DurationMS)}
	for _, name := range b.order {
		s := b.byName[name]
		s.Time = seconds(s.seconds)
		out.Tests, out.Failures, out.Errors, out.Skipped = out.Tests+s.Tests, out.Failures+s.Failures, out.Errors+s.Errors, out.Skipped+s.Skipped
		out.Suites = append(out.Suites, *s)
	}
	return out
}

func seconds(ms float64) string { return strconv.FormatFloat(ms/1000, 'f', 3, 64) }
