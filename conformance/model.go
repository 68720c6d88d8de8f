package conformance

import (
	"encoding/base64"
	"fmt"
	"maps"
	"math"
	"net/http"
	"runtime/debug"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/concord-api/concord/conformance/report"
	"github.com/concord-api/concord/spec/source"
)

// Limits of what a report holds of an exchange, so that a target cannot make a
// report too large to open.
const (
	bodyLimit   = 32 << 10 // bytes of each body
	headerLimit = 4 << 10  // characters of each header
	bodiesLimit = 16 << 20 // bytes of all bodies
)

// Report is the run as the formats of package report tell it. Secrets are masked
// in it, also where the target echoed them.
func (r *Results) Report() *report.Run {
	m := &modeler{results: r, hide: r.masks(), room: bodiesLimit}
	config := r.Plan.Config
	doc := config.Document
	out := &report.Run{
		Schema:     report.SchemaURL,
		Version:    report.Version,
		Tool:       report.Tool{Name: "concord", Version: toolVersion()},
		Contract:   report.Contract{Title: doc.Title, Version: doc.Version, Location: doc.Location},
		Target:     report.Target{BaseURL: m.hide.text(config.BaseURL), Mock: r.Mock},
		Started:    r.Started.UTC().Truncate(time.Millisecond),
		DurationMS: milliseconds(r.Took),
		Outcome:    report.Breaks,
		Strict:     config.Strict,
		Counts:     r.numbers(),
		Checks:     m.checks(),
		Findings:   m.findings(),
		Cases:      m.cases(),
		Matrix:     r.Matrix(),
		Skipped:    m.skipped(),
		Timings:    r.timings(),
		Baseline:   r.Baseline,
		Comparison: r.Comparison,
	}
	for _, row := range out.Matrix {
		for i := range row.Cells {
			row.Cells[i].Why = m.hide.text(row.Cells[i].Why)
		}
	}
	switch {
	case r.Checked() == 0:
		out.Outcome, out.Why = report.Nothing, m.hide.text(whyNothing(r.Plan, r.reasons()))
	case r.Conforms():
		out.Outcome = report.Conforms
	case r.Cut && r.Count(Broken) == 0:
		out.Outcome, out.Why = report.Cut, "the run was cut short; nothing was broken so far"
	}
	return out
}

// masks hides each secret that the run knows.
func (r *Results) masks() *masks {
	variables := maps.Clone(r.secrets)
	maps.Copy(variables, r.Plan.Config.secrets())
	return newMasks(nil, variables)
}

func (r *Results) numbers() report.Counts {
	out := report.Counts{
		Held: r.Count(Held), Broken: r.Count(Broken), Warned: r.Count(Warned), Known: r.Count(Known),
		Skipped: r.Count(Skipped), Inapplicable: r.Count(Inapplicable),
		Cases: len(r.Played), Requests: r.Sent, Unanswered: r.Silent, Waits: len(r.Waits),
	}
	for _, ids := range r.SkippedCases() {
		out.SkippedCases += len(ids)
	}
	for _, w := range r.Waits {
		out.WaitedMS += milliseconds(w.For)
	}
	return out
}

// timings sorts how long each operation took to answer.
func (r *Results) timings() []report.Timing {
	out := []report.Timing{}
	for _, op := range r.Plan.Config.Document.Operations() {
		all := slices.Clone(r.took[op])
		if len(all) == 0 {
			continue
		}
		slices.Sort(all)
		out = append(out, report.Timing{
			Operation: op.ID, Answers: len(all),
			P50: percentile(all, 50), P95: percentile(all, 95), P99: percentile(all, 99), Max: percentile(all, 100),
		})
	}
	return out
}

// percentile is by the nearest rank, in milliseconds.
func percentile(sorted []time.Duration, p int) float64 {
	rank := int(math.Ceil(float64(p) / 100 * float64(len(sorted))))
	return milliseconds(sorted[max(rank, 1)-1])
}

func milliseconds(d time.Duration) float64 {
	return math.Round(float64(d)/float64(time.Microsecond)) / 1000
}

func toolVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(unknown)"
}

// modeler makes the parts of a report.
type modeler struct {
	results *Results
	hide    *masks
	room    int // bytes of bodies that there is still room for
}

func (m *modeler) checks() []report.Check {
	used := map[*Check]bool{}
	for v := range m.results.Verdicts() {
		if v.Outcome != Skipped && v.Outcome != Inapplicable {
			used[v.Check] = true
		}
	}
	out := []report.Check{}
	for _, c := range catalogue {
		if used[c] {
			out = append(out, report.Check{ID: c.ID, Severity: string(c.Severity), Says: c.Says, Source: c.Source, Why: c.Why})
		}
	}
	return out
}

func (m *modeler) findings() []report.Finding {
	out := []report.Finding{}
	for _, outcome := range []Outcome{Broken, Warned, Known} {
		for _, f := range m.results.Findings(outcome) {
			finding := report.Finding{Check: f.Check.ID, Outcome: outcome.String(), Cause: m.hide.texts(f.Failures[0].Failure.Difference)}
			for _, found := range f.Failures {
				finding.Failures = append(finding.Failures, m.failure(found))
			}
			out = append(out, finding)
		}
	}
	return out
}

func (m *modeler) failure(found Found) report.Failure {
	c, f := found.Verdict.Case, found.Failure
	out := report.Failure{
		Check:       found.Verdict.Check.ID,
		Fingerprint: entry(found.Verdict).Fingerprint(),
		Case:        c.ID,
		Name:        c.Name,
		Step:        f.Step,
		Headline:    m.hide.text(f.Headline),
		Expected:    f.Expected,
		Because:     f.Because,
		Came:        m.hide.text(f.Came),
		Difference:  m.hide.texts(f.Difference),
		Places:      append([]report.Place{}, f.Places...),
		Curl:        m.hide.shell(f.Curl),
		Exchange:    m.exchange(f.Exchange),
	}
	if c.Operation != nil {
		out.Operation = c.Operation.ID
		out.Position = position(c.Operation.Position)
	}
	if d := f.Exchange.Documented(); d != nil {
		out.Position = position(d.Position)
	}
	return out
}

func position(p source.Position) report.Position {
	return report.Position{File: p.File, Line: p.Line, Column: p.Column}
}

func (m *modeler) exchange(x *Exchange) report.Exchange {
	r := &x.Request
	out := report.Exchange{
		Request: report.Request{Method: r.Method, URL: m.show(r.maskedURL()), Headers: []report.Header{}, Body: m.body(r.Body, r.Body != nil)},
		TookMS:  milliseconds(x.Took),
	}
	if body := out.Request.Body; body != nil && r.Padding > 0 {
		body.Text, body.Bytes = fmt.Sprintf("(%d spaces)\n%s", r.Padding, body.Text), body.Bytes+r.Padding
	}
	for _, name := range sortedKeys(r.Header) {
		for _, value := range r.Header[name] {
			out.Request.Headers = append(out.Request.Headers, report.Header{Name: name, Value: m.show(r.maskedHeader(name, value))})
		}
	}
	if !x.Answered() {
		out.Error = m.show(x.Err)
		return out
	}
	out.Response = &report.Response{
		Status: x.Response.Status, Text: statusText(x.Response.Status), Proto: x.Response.Proto, Cut: m.hide.text(x.Response.Cut),
		Headers: m.headers(x.Response.Header), Body: m.body(x.Response.Body, len(x.Response.Body) > 0),
	}
	return out
}

func (m *modeler) headers(h http.Header) []report.Header {
	out := []report.Header{}
	for _, name := range sortedKeys(h) {
		for _, value := range h[name] {
			out = append(out, report.Header{Name: m.show(name), Value: m.show(value)})
		}
	}
	return out
}

// show is a text that may hold secrets or bytes that are no text.
func (m *modeler) show(s string) string { return shorten(m.hide.text(s), headerLimit) }

// body is the beginning of a body, as far as there is room.
func (m *modeler) body(data []byte, has bool) *report.Body {
	if !has {
		return nil
	}
	out := &report.Body{Bytes: len(data), Encoding: "utf-8"}
	text := m.hide.text(string(data)) // before it is cut, so that no part of a secret is left
	if limit := min(bodyLimit, m.room); len(text) > limit {
		text, out.Truncated = text[:limit], true
		for i := 0; i < utf8.UTFMax && text != ""; i++ { // not in the middle of a character
			if r, size := utf8.DecodeLastRuneInString(text); r != utf8.RuneError || size > 1 {
				break
			}
			text = text[:len(text)-1]
		}
	}
	m.room -= len(text)
	out.Text = text
	if !utf8.ValidString(text) {
		out.Text, out.Encoding = base64.StdEncoding.EncodeToString([]byte(text)), "base64"
	}
	return out
}

func (m *modeler) cases() []report.Case {
	byCase := map[*Case][]report.Verdict{}
	for v := range m.results.Verdicts() {
		if v.Outcome != Inapplicable {
			byCase[v.Case] = append(byCase[v.Case], report.Verdict{Check: v.Check.ID, Outcome: v.Outcome.String()})
		}
	}
	out := []report.Case{}
	for _, c := range m.results.Plan.Cases {
		p := m.results.Played[c.ID]
		if p == nil {
			continue
		}
		made := report.Case{ID: c.ID, Phase: c.Phase, Name: c.Name, Skip: m.hide.text(p.Skip), TookMS: milliseconds(p.Took), Checks: byCase[c]}
		if made.Checks == nil {
			made.Checks = []report.Verdict{}
		}
		if c.Operation != nil {
			made.Operation = c.Operation.ID
		}
		out = append(out, made)
	}
	return out
}

func (m *modeler) skipped() []report.Skip {
	out := []report.Skip{}
	skipped := m.results.SkippedCases()
	for _, reason := range sortedKeys(skipped) {
		out = append(out, report.Skip{Reason: m.hide.text(reason), Cases: skipped[reason]})
	}
	return out
}
