package report

import (
	"fmt"
	"html"
	"io"
	"strings"
)

// maxSummary is the size that a step's summary is kept under; GitHub refuses more
// than 1 MiB.
const maxSummary = 900 << 10

// Summary writes the run as GitHub's Markdown, for $GITHUB_STEP_SUMMARY. What the
// target sent appears in code only, where it means nothing.
func Summary(w io.Writer, r *Run) error {
	s := &summary{run: r}
	s.head()
	s.findings(Broken, "Broken")
	s.findings(Warned, "Warnings")
	s.comparison()
	s.baseline()
	s.matrix()
	s.skipped()
	_, err := io.WriteString(w, s.String())
	return err
}

type summary struct {
	strings.Builder
	run *Run
}

func (s *summary) line(format string, args ...any) { fmt.Fprintf(s, format+"\n", args...) }

// room tells whether there is room for more, and says so once where there is not.
func (s *summary) room(left int) bool {
	if s.Len() < maxSummary {
		return true
	}
	s.line("\n_%d more are left out, for the size of this summary._\n", left)
	return false
}

func (s *summary) head() {
	r := s.run
	title := map[string]string{Conforms: "✅ conforms", Breaks: "❌ does not conform", Nothing: "❌ nothing was checked", Cut: "❌ cut short"}[r.Outcome]
	s.line("## %s: %s\n", plain(strings.TrimSpace(r.Contract.Title+" "+r.Contract.Version)), title)
	if r.Why != "" {
		s.line("%s\n", plain(r.Why))
	}
	s.line("%s: %d held, %d broken, %s, %d known; %s to %s in %.1f s\n",
		things(r.Counts.Cases, "case"), r.Counts.Held, r.Counts.Broken, things(r.Counts.Warned, "warning"), r.Counts.Known,
		things(r.Counts.Requests, "request"), code(r.Target.BaseURL), r.DurationMS/1000)
}

func (s *summary) findings(outcome, title string) {
	all := s.run.Failing(outcome)
	if len(all) == 0 {
		return
	}
	s.line("### %s: %s\n", title, things(len(all), "cause"))
	for i, f := range all {
		if !s.room(len(all) - i) {
			return
		}
		distinct := f.Distinct()
		first := distinct[0]
		s.line("<details><summary><b>%s</b> %s, %s</summary>\n", html.EscapeString(where(first.Operation, first.Name)+": "+first.Headline), code(f.Check), things(len(distinct), "answer"))
		s.line("%s: %s\n", plain(first.Expected), plain(strings.Join(first.Because, "; ")))
		s.fence("diff", strings.Join(first.Difference, "\n"))
		s.fence("sh", first.Curl)
		for n, other := range distinct[1:] {
			if n == 9 {
				s.line("- and %d more", len(distinct)-10)
				break
			}
			s.line("- also %s", code(where(other.Operation, other.Name)))
		}
		s.line("\n</details>\n")
	}
}

func (s *summary) comparison() {
	c := s.run.Comparison
	if c == nil {
		return
	}
	s.line("### Compared with %s: %s\n", code(c.BaseURL), things(len(c.Differences), "difference"))
	for i, d := range c.Differences {
		if !s.room(len(c.Differences) - i) {
			return
		}
		s.line("- %s: %s, other %s, in %s", code(d.Place.String()), code(d.One), code(d.Other), things(len(d.At), "exchange"))
	}
	s.line("")
}

func (s *summary) baseline() {
	b := s.run.Baseline
	if b == nil {
		return
	}
	s.line("### Baseline %s: %d known, %d new\n", code(b.File), b.Known, b.New)
	for _, e := range b.Healed {
		s.line("- healed, please remove: %s in %s", code(e.Check), code(e.Case))
	}
	for _, e := range b.Gone {
		s.line("- gone, please remove: %s in %s", code(e.Check), code(e.Case))
	}
	s.line("")
}

func (s *summary) matrix() {
	mark := map[string]string{Held: "✅", Broken: "❌", Warned: "⚠️", Known: "☑️", Unexercised: "–"}
	s.line("<details><summary><b>Operations and their documented answers</b> (✅ held, ❌ broken, ⚠️ warning, ☑️ known, – not exercised)</summary>\n")
	s.line("| operation | answers |\n|---|---|")
	for i, row := range s.run.Matrix {
		if !s.room(len(s.run.Matrix) - i) {
			break
		}
		var cells []string
		for _, c := range row.Cells {
			cells = append(cells, mark[c.State]+" "+code(strings.TrimSpace(c.Status+" "+c.MediaType)))
		}
		s.line("| %s | %s |", code(row.Operation), strings.Join(cells, "<br>"))
	}
	s.line("\n</details>\n")
}

func (s *summary) skipped() {
	if len(s.run.Skipped) == 0 {
		return
	}
	s.line("<details><summary><b>Not tried</b></summary>\n")
	for i, skip := range s.run.Skipped {
		if !s.room(len(s.run.Skipped) - i) {
			break
		}
		s.line("- %s: %s", things(len(skip.Cases), "case"), plain(skip.Reason))
	}
	s.line("\n</details>")
}

// fence writes a code block that nothing in the text can close.
func (s *summary) fence(language, text string) {
	text = controlFree(cut(text, maxText))
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	s.line("%s%s\n%s\n%s\n", fence, language, text, fence)
}

// code is a text as HTML code, which Markdown leaves alone.
func code(s string) string { return "<code>" + plain(s) + "</code>" }

var plainEscaper = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;",
	"|", "&#124;", "`", "&#96;", "*", "&#42;", "_", "&#95;", "[", "&#91;", "]", "&#93;",
	"~", "&#126;", "#", "&#35;", "@", "&#64;", "\\", "&#92;", "!", "&#33;", ":", "&#58;", "$", "&#36;")

// plain is a text that Markdown and HTML leave alone.
func plain(s string) string {
	return plainEscaper.Replace(controlFree(oneLine(cut(s, maxText))))
}

// maxText is how many bytes of one text of the target the summary holds.
const maxText = 4 << 10

// cut is the beginning of a text, and says how much is left out.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + fmt.Sprintf("… (%d more bytes)", len(s)-n)
}

// controlFree replaces what is no text: control characters but for line feeds and
// tabs, and bytes that are no UTF-8.
func controlFree(s string) string {
	return strings.Map(printable, strings.ToValidUTF8(s, "\uFFFD"))
}

// printable replaces characters that control something: a terminal, or the
// direction of what is read.
func printable(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r < ' ', r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return '\uFFFD'
	}
	return r
}
