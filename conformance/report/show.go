package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/concord-api/concord/spec/source"
)

// Line is a line of a request or answer as the page shows it.
type Line struct {
	Text   string
	Broken bool // it is what a failure is about
	Note   bool // it is said by the report, and was not sent
}

// Limits of the lines that the page shows of one message.
const (
	maxLines  = 240 // more are shown around what is broken only
	headLines = 60  // of those, the beginning
	around    = 12  // lines before and after what is broken
	maxIndent = 24  // levels
)

// showRequest is a request as lines.
func showRequest(r Request) []Line {
	lines := []Line{{Text: r.Method + " " + r.URL}}
	for _, h := range r.Headers {
		lines = append(lines, Line{Text: h.Name + ": " + h.Value})
	}
	return append(lines, showBody(r.Body, nil)...)
}

// showResponse is an answer as lines, with the broken places marked.
func showResponse(x Exchange, places []Place) []Line {
	if x.Response == nil {
		return []Line{{Text: "no answer: " + x.Error, Broken: true}}
	}
	lines := []Line{{Text: x.Response.Proto + " " + x.Response.Text, Broken: slices.ContainsFunc(places, func(p Place) bool { return p.In == "status" })}}
	found := map[string]bool{}
	for _, h := range x.Response.Headers {
		broken := slices.ContainsFunc(places, func(p Place) bool { return p.In == "header" && strings.EqualFold(p.Name, h.Name) })
		found[strings.ToLower(h.Name)] = true
		lines = append(lines, Line{Text: h.Name + ": " + h.Value, Broken: broken})
	}
	var pointers []string
	for _, p := range places {
		switch {
		case p.In == "header" && !found[strings.ToLower(p.Name)]:
			lines = append(lines, Line{Text: p.Name + " is missing", Broken: true, Note: true})
		case p.In == "body":
			pointers = append(pointers, p.Pointer)
		}
	}
	if x.Response.Body == nil && len(pointers) > 0 {
		lines = append(lines, Line{}, Line{Text: "there is no body", Broken: true, Note: true})
	}
	lines = append(lines, showBody(x.Response.Body, pointers)...)
	if x.Response.Cut != "" {
		lines = append(lines, Line{Text: x.Response.Cut, Broken: true, Note: true})
	}
	return shortened(lines)
}

// showBody is a body as lines after an empty one: JSON indented, as far as it can
// be read, anything else as it is.
func showBody(body *Body, broken []string) []Line {
	if body == nil {
		return nil
	}
	lines := []Line{{}}
	switch text := strings.TrimSpace(body.Text); {
	case body.Encoding == "base64":
		lines = append(lines, Line{Text: "no UTF-8; as base64:", Note: true}, Line{Text: body.Text})
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		p := indenter{decoder: json.NewDecoder(strings.NewReader(body.Text)), text: body.Text}
		p.decoder.UseNumber()
		p.all()
		lines = append(lines, p.marked(broken)...)
	default:
		whole := slices.Contains(broken, "")
		for line := range strings.Lines(body.Text) {
			lines = append(lines, Line{Text: strings.TrimRight(line, "\r\n"), Broken: whole})
		}
	}
	if body.Truncated {
		lines = append(lines, Line{Text: fmt.Sprintf("the rest of %d bytes is left out", body.Bytes), Note: true})
	}
	return lines
}

// indenter indents JSON token by token, so that it comes as far as the text can
// be read, and remembers the pointer of each line.
type indenter struct {
	decoder  *json.Decoder
	text     string
	lines    []Line
	pointers []string
	stack    []level
}

// level is an array or object that is open.
type level struct {
	array   bool
	items   int
	name    string // of the member that comes
	named   bool
	pointer string
}

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")

func (p *indenter) all() {
	for {
		token, err := p.decoder.Token()
		switch {
		case errors.Is(err, io.EOF) && len(p.stack) == 0:
			return
		case err != nil:
			p.rest()
			return
		}
		p.token(token)
	}
}

// rest adds what cannot be read as it is.
func (p *indenter) rest() {
	at := min(int(p.decoder.InputOffset()), len(p.text))
	for line := range strings.Lines(strings.TrimLeft(p.text[at:], " \t\r\n,")) {
		p.lines = append(p.lines, Line{Text: p.indent() + strings.TrimRight(line, "\r\n")})
		p.pointers = append(p.pointers, "\x00") // nowhere
	}
}

func (p *indenter) indent() string { return strings.Repeat("  ", min(len(p.stack), maxIndent)) }

func (p *indenter) token(token json.Token) {
	var top *level
	if len(p.stack) > 0 {
		top = &p.stack[len(p.stack)-1]
	}
	if d, ok := token.(json.Delim); ok && (d == '}' || d == ']') {
		empty := top.items == 0
		pointer := top.pointer
		p.stack = p.stack[:len(p.stack)-1]
		if empty {
			p.lines[len(p.lines)-1].Text += d.String()
		} else {
			p.add(p.indent()+d.String(), pointer)
		}
		return
	}
	if top != nil && !top.array && !top.named {
		top.name, top.named = fmt.Sprint(token), true
		return
	}
	text, pointer := p.indent(), ""
	if top != nil {
		if top.items > 0 {
			p.lines[len(p.lines)-1].Text += ","
		}
		name := top.name
		if top.array {
			name = strconv.Itoa(top.items)
		} else {
			text += quote(name) + ": "
		}
		pointer = top.pointer + "/" + pointerEscaper.Replace(name)
		top.items++
		top.named = false
	}
	switch v := token.(type) {
	case json.Delim:
		p.add(text+v.String(), pointer)
		p.stack = append(p.stack, level{array: v == '[', pointer: pointer})
	case string:
		p.add(text+quote(v), pointer)
	case nil:
		p.add(text+"null", pointer)
	default:
		p.add(text+fmt.Sprint(v), pointer)
	}
}

func (p *indenter) add(text, pointer string) {
	p.lines = append(p.lines, Line{Text: text})
	p.pointers = append(p.pointers, pointer)
}

func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return strconv.Quote(s)
	}
	return strings.TrimSpace(b.String())
}

// marked marks the lines at pointers. Where nothing is at a pointer, the nearest
// value above it is marked, and a line says what is missing.
func (p *indenter) marked(pointers []string) []Line {
	missing := map[int][]string{} // by the line that it is told after
	for _, pointer := range pointers {
		if p.mark(pointer) {
			continue
		}
		above, name := pointer, ""
		for above != "" {
			i := strings.LastIndex(above, "/")
			if i < 0 {
				above = ""
				break
			}
			above, name = above[:i], above[i+1:]
			if at := slices.Index(p.pointers, above); at >= 0 {
				p.lines[at].Broken = true
				missing[at] = append(missing[at], source.UnescapePointer(name))
				break
			}
		}
	}
	var out []Line
	for i, line := range p.lines {
		out = append(out, line)
		for _, name := range missing[i] {
			out = append(out, Line{Text: p.indentOf(line) + "  " + name + " is missing", Broken: true, Note: true})
		}
	}
	return out
}

func (p *indenter) indentOf(line Line) string {
	return line.Text[:len(line.Text)-len(strings.TrimLeft(line.Text, " "))]
}

// mark marks the value at a pointer, and tells whether there is one.
func (p *indenter) mark(pointer string) bool {
	found := false
	for i, at := range p.pointers {
		if at == pointer || strings.HasPrefix(at, pointer+"/") {
			p.lines[i].Broken = true
			found = true
		}
	}
	return found
}

// shortened leaves out lines far from what is broken, where there are too many.
func shortened(lines []Line) []Line {
	if len(lines) <= maxLines {
		return lines
	}
	keep := make([]bool, len(lines))
	marks := 0
	for i, line := range lines {
		if i < headLines {
			keep[i] = true
		}
		if line.Broken && marks < maxLines {
			marks++
			for n := max(0, i-around); n <= min(len(lines)-1, i+around); n++ {
				keep[n] = true
			}
		}
	}
	var out []Line
	left := 0
	flush := func() {
		if left > 0 {
			out = append(out, Line{Text: "… " + things(left, "line"), Note: true})
		}
		left = 0
	}
	for i, line := range lines {
		if !keep[i] {
			left++
			continue
		}
		flush()
		out = append(out, line)
	}
	flush()
	return out
}
