package report

import (
	"crypto/sha256"
	_ "embed" // for the page
	"encoding/base64"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
)

//go:embed page/page.html
var pageText string

//go:embed page/page.css
var pageStyle string

//go:embed page/page.js
var pageScript string

// pageTemplate is parsed when a page is wanted: most commands write none.
var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"things": things,
		"where":  where,
		"diff":   diffClass,
		"date":   func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") },
		"took": func(ms float64) string {
			return time.Duration(ms * float64(time.Millisecond)).Round(time.Millisecond).String()
		},
		"join":  strings.Join,
		"mark":  func(state string) string { return marks[state] },
		"word":  func(state string) string { return words[state] },
		"lower": strings.ToLower,
		"ms":    func(ms float64) string { return strconv.FormatFloat(ms, 'f', 1, 64) + " ms" },
	}).Parse(pageText))
})

var (
	marks = map[string]string{Held: "✓", Broken: "✗", Warned: "!", Known: "~", Unexercised: "–", Skipped: "–"}
	words = map[string]string{Held: "held", Broken: "broken", Warned: "warning", Known: "known", Unexercised: "not exercised", Skipped: "skipped"}
)

// maxShown is how many failures of one finding are shown with their exchanges.
const maxShown = 40

// maxListed is how many of them are listed at once.
const maxListed = 6

// page is what the template shows.
type page struct {
	*Run
	Style    template.CSS
	Script   template.JS
	Policy   string // Content-Security-Policy: nothing but this style and script
	Verdict  string
	Bar      []part
	Tried    []shownCase
	Shown    []shownFinding
	Statuses []string
	Rows     []shownRow
	Reasons  []reason
}

// part is a part of the bar of outcomes, in percent of its width.
type part struct {
	State       string
	From, Width float64
}

type shownCase struct {
	Case
	Worst string // outcome
}

type shownFinding struct {
	Finding
	Number  int
	About   Check
	Shown   []shownFailure
	More    []shownFailure
	Rest    []Failure // without their exchanges
	Answers int
	Search  string
}

type shownFailure struct {
	Failure
	Sent, Came []Line
	TookMS     float64
}

type shownRow struct {
	Row
	ByStatus [][]Cell // in the order of page.Statuses
}

// reason is why cells are not exercised.
type reason struct {
	Why   string
	Cells []string
}

// writeHTML writes one page that loads nothing: style and script are in it, and
// its policy forbids the rest.
func writeHTML(w io.Writer, r *Run) error {
	clean := transform.NewWriter(w, runes.Map(printable))
	if err := pageTemplate().Execute(clean, newPage(r)); err != nil {
		return err
	}
	return clean.Close()
}

func newPage(r *Run) *page {
	p := &page{
		Run: r, Style: template.CSS(pageStyle), Script: template.JS(pageScript),
		Policy:  "default-src 'none'; style-src '" + hash(pageStyle) + "'; script-src '" + hash(pageScript) + "'; base-uri 'none'; form-action 'none'",
		Verdict: map[string]string{Conforms: "Conforms", Breaks: "Does not conform", Nothing: "Nothing was checked", Cut: "Cut short"}[r.Outcome],
	}
	p.Bar = bar(r.Counts)
	for _, c := range r.Cases {
		p.Tried = append(p.Tried, shownCase{c, worst(c)})
	}
	for i, f := range r.Findings {
		p.Shown = append(p.Shown, showFinding(r, i+1, f))
	}
	p.matrix()
	return p
}

func bar(c Counts) []part {
	var parts []part
	from, all := 0.0, float64(c.Held+c.Broken+c.Warned+c.Known)
	for _, p := range []struct {
		state string
		count int
	}{{Broken, c.Broken}, {Warned, c.Warned}, {Known, c.Known}, {Held, c.Held}} {
		if p.count > 0 {
			width := 100 * float64(p.count) / all
			parts = append(parts, part{p.state, from, width})
			from += width
		}
	}
	return parts
}

// worst is the outcome of a case: that of its check that weighs most.
func worst(c Case) string {
	order := []string{Skipped, Held, Known, Warned, Broken}
	out := Skipped
	for _, v := range c.Checks {
		if slices.Index(order, v.Outcome) > slices.Index(order, out) {
			out = v.Outcome
		}
	}
	return out
}

// hash is a source of a Content-Security-Policy.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func showFinding(r *Run, number int, f Finding) shownFinding {
	out := shownFinding{Finding: f, Number: number, About: r.Check(f.Check)}
	search := []string{f.Check, out.About.Says, out.About.Source, f.Outcome}
	distinct := f.Distinct()
	out.Answers = len(distinct)
	for i, failure := range distinct {
		search = append(search, failure.Operation, failure.Name, cut(strings.Join(failure.Difference, " "), 300))
		if slices.Equal(failure.Difference, f.Cause) {
			failure.Difference = nil // it is told once
		}
		switch {
		case i < maxListed:
			out.Shown = append(out.Shown, showFailure(failure))
		case i < maxShown:
			out.More = append(out.More, showFailure(failure))
		default:
			out.Rest = append(out.Rest, failure)
		}
	}
	slices.Sort(search)
	out.Search = strings.ToLower(cut(strings.Join(slices.Compact(search), " "), 8<<10))
	return out
}

func showFailure(f Failure) shownFailure {
	return shownFailure{
		Failure: f, TookMS: f.Exchange.TookMS,
		Sent: shortened(showRequest(f.Exchange.Request)), Came: showResponse(f.Exchange, f.Places),
	}
}

// matrix sorts the cells into columns by status.
func (p *page) matrix() {
	for _, row := range p.Matrix {
		for _, c := range row.Cells {
			if !slices.Contains(p.Statuses, c.Status) {
				p.Statuses = append(p.Statuses, c.Status)
			}
		}
	}
	slices.Sort(p.Statuses)
	whys := map[string]int{}
	for _, row := range p.Matrix {
		shown := shownRow{Row: row, ByStatus: make([][]Cell, len(p.Statuses))}
		for _, c := range row.Cells {
			i := slices.Index(p.Statuses, c.Status)
			shown.ByStatus[i] = append(shown.ByStatus[i], c)
			if c.State != Unexercised {
				continue
			}
			at, ok := whys[c.Why]
			if !ok {
				at = len(p.Reasons)
				whys[c.Why] = at
				p.Reasons = append(p.Reasons, reason{Why: c.Why})
			}
			p.Reasons[at].Cells = append(p.Reasons[at].Cells, row.Operation+" "+c.Status)
		}
		p.Rows = append(p.Rows, shown)
	}
}

// Short is a media type in few letters: "json", "problem" for a kind of JSON.
func (c Cell) Short() string {
	if c.MediaType == "" {
		return "no content"
	}
	_, sub, ok := strings.Cut(c.MediaType, "/")
	if !ok || sub == "*" {
		return c.MediaType
	}
	return strings.TrimSuffix(sub, "+json")
}

// diffClass is how a line of a difference looks.
func diffClass(line string) string {
	switch {
	case strings.HasPrefix(line, "- "):
		return "want"
	case strings.HasPrefix(line, "+ "):
		return "got"
	}
	return "line"
}
