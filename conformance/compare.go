package conformance

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/concord-api/concord/conformance/report"
	"github.com/concord-api/concord/spec/source"
)

// compare makes the exchanges of the results again with another target, and tells
// how its answers differ: in status, headers and shape. Values are not compared,
// since ids and dates always differ.
func (r *Results) compare(ctx context.Context, baseURL string) (*report.Comparison, error) {
	config := r.Plan.Config
	config.BaseURL = baseURL
	other := &Plan{Config: config, Cases: r.Plan.Cases, hide: r.Plan.hide}
	if _, err := other.Config.base(); err != nil {
		return nil, err
	}
	session, err := other.open(ctx)
	if err != nil {
		return nil, err
	}
	defer session.close()
	var cases []*Case
	for _, c := range r.Plan.Cases {
		if p := r.Played[c.ID]; p != nil && p.Skip == "" {
			cases = append(cases, c)
		}
	}
	m := merger{comparison: &report.Comparison{BaseURL: r.Plan.hide.text(baseURL), Differences: []report.Difference{}}, at: map[difference]int{}, hide: r.masks()}
	found := map[*Case][]differing{}
	session.player.all(ctx, cases, func(*Case, *Played) {}, func(c *Case, theirs *Played) {
		ours := r.Played[c.ID].Exchanges
		for i := range min(len(ours), len(theirs.Exchanges)) {
			if ours[i].Request.Method == "" || theirs.Exchanges[i].Request.Method == "" {
				continue // it was not sent to both
			}
			m.comparison.Exchanges++
			for _, d := range differences(ours[i], theirs.Exchanges[i]) {
				found[c] = append(found[c], differing{d, ours[i]})
			}
		}
		c.giveBack()
	})
	for _, c := range cases {
		for _, d := range found[c] {
			m.add(d.difference, c, d.in)
		}
	}
	return m.comparison, nil
}

// difference is one way in which two answers differ.
type difference struct {
	place      report.Place
	one, other string
}

// differing is a difference, and the exchange with the target that it is in.
type differing struct {
	difference
	in *Exchange
}

// merger collects equal differences.
type merger struct {
	comparison *report.Comparison
	at         map[difference]int
	hide       *masks
}

func (m *merger) add(d difference, c *Case, x *Exchange) {
	i, ok := m.at[d]
	if !ok {
		i = len(m.comparison.Differences)
		m.at[d] = i
		m.comparison.Differences = append(m.comparison.Differences, report.Difference{Place: d.place, One: m.hide.text(d.one), Other: m.hide.text(d.other)})
	}
	at := report.Different{Case: c.ID, Name: c.Name, Curl: m.hide.shell(x.Request.Curl())}
	if c.Operation != nil {
		at.Operation = c.Operation.ID
	}
	m.comparison.Differences[i].At = append(m.comparison.Differences[i].At, at)
}

// differences compares two answers to the same request. Answers of different
// status are different answers, of which nothing else is compared.
func differences(one, other *Exchange) []difference {
	if a, b := outcomeText(one), outcomeText(other); a != b {
		return []difference{{report.Place{In: "status"}, a, b}}
	}
	if !one.Answered() {
		return nil
	}
	out := headerDifferences(one.Response.Header, other.Response.Header)
	if one.Request.Method == http.MethodHead {
		return out
	}
	return append(out, shapeDifferences(one.Response.Body, other.Response.Body)...)
}

func outcomeText(x *Exchange) string {
	if !x.Answered() {
		return "no answer"
	}
	return statusText(x.Response.Status)
}

// incidental are headers that tell of a server and the moment, and not of what it
// answers.
var incidental = []string{
	"Age", "Alt-Svc", "Cache-Status", "Cf-Cache-Status", "Cf-Ray", "Concord-Scenario", "Connection", "Content-Length", "Date", "Keep-Alive",
	"Nel", "Preference-Applied", "Report-To", "Server", "Server-Timing", "Set-Cookie", "Transfer-Encoding", "Via", "X-Cache", "X-Powered-By", "X-Served-By",
}

// headerDifferences compares which headers there are, and the media type.
func headerDifferences(one, other http.Header) []difference {
	var out []difference
	names := map[string]bool{}
	for name := range one {
		names[name] = true
	}
	for name := range other {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if slices.Contains(incidental, name) {
			continue
		}
		a, b := presence(one, name), presence(other, name)
		if name == "Content-Type" && a == b {
			a, b = mediaType(one.Get(name)), mediaType(other.Get(name))
		}
		if a != b {
			out = append(out, difference{report.Place{In: "header", Name: shorten(name, 80)}, shorten(a, 80), shorten(b, 80)})
		}
	}
	return out
}

func presence(h http.Header, name string) string {
	if len(h[name]) == 0 {
		return "missing"
	}
	return "there"
}

// shapeDifferences compares the members of two JSON bodies and their types. Where
// one has null or an empty array, what stands there in the other is not compared:
// that may be another state, and no other shape.
func shapeDifferences(one, other []byte) []difference {
	a, readA := shapeOf(one)
	b, readB := shapeOf(other)
	switch {
	case len(one) == 0 && len(other) == 0, !readA && !readB && len(one) > 0 && len(other) > 0:
		return nil
	case !readA || !readB:
		return []difference{{report.Place{In: "body"}, kindOfBody(one, readA), kindOfBody(other, readB)}}
	}
	pointers := map[string]bool{}
	for p := range a {
		pointers[p] = true
	}
	for p := range b {
		pointers[p] = true
	}
	var out []difference
	for _, p := range slices.Sorted(maps.Keys(pointers)) {
		if !bothHold(a, b, p) {
			continue
		}
		x, y := a.at(p), b.at(p)
		if x != y && x != "null" && y != "null" {
			out = append(out, difference{report.Place{In: "body", Pointer: p}, shorten(x, 80), shorten(y, 80)})
		}
	}
	return out
}

func kindOfBody(body []byte, read bool) string {
	switch {
	case len(body) == 0:
		return "no body"
	case read:
		return "JSON"
	}
	return "no JSON"
}

// shape maps the pointers of a body, "*" for each item of arrays, to types.
type shape map[string][]string

func (s shape) at(pointer string) string {
	types := s[pointer]
	if len(types) == 0 {
		return "missing"
	}
	if without := slices.DeleteFunc(slices.Clone(types), func(t string) bool { return t == "null" }); len(without) > 0 {
		types = without
	}
	slices.Sort(types)
	return strings.Join(types, " or ")
}

// bothHold tells whether what holds a pointer is there, of the same type, in
// both.
func bothHold(a, b shape, pointer string) bool {
	i := strings.LastIndex(pointer, "/")
	if i < 0 {
		return true
	}
	above := pointer[:i]
	if a.at(above) != b.at(above) || a.at(above) == "null" {
		return false
	}
	items := above + "/*"
	return pointer != items || len(a[items]) > 0 && len(b[items]) > 0
}

func shapeOf(body []byte) (shape, bool) {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return nil, false
	}
	s := shape{}
	s.walk("", v)
	return s, true
}

func (s shape) walk(pointer string, v any) {
	kind := "null"
	switch v := v.(type) {
	case map[string]any:
		kind = "object"
		for name, member := range v {
			s.walk(pointer+"/"+source.EscapePointer(name), member)
		}
	case []any:
		kind = "array"
		for _, item := range v {
			s.walk(pointer+"/*", item)
		}
	case string:
		kind = "string"
	case float64:
		kind = "number"
	case bool:
		kind = "boolean"
	}
	if !slices.Contains(s[pointer], kind) {
		s[pointer] = append(s[pointer], kind)
	}
}
