package coverage

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/sample"
	"github.com/concord-api/concord/spec/schema"
)

// Bounds of what is made only to reach a bound of the contract.
const (
	mostCharacters = 20_000
	longText       = 5_000
	longField      = 1_000 // for a query, header or cookie
)

// texts varies a string: its lengths, its pattern and format, and what letters
// it is made of.
func texts(p *place) []variant {
	if p.types()&schema.TypeString == 0 || p.types() == anyType || p.value.Kind() != '"' {
		return nil
	}
	least, most := 0, schema.None
	for _, s := range p.parts {
		least, most = max(least, s.MinLength), min(most, s.MaxLength)
	}
	out := lengths(p, least, most)
	for _, s := range p.parts {
		out = append(out, againstPattern(s)...)
		out = append(out, againstFormat(s)...)
	}
	if p.free() {
		out = append(out, letters(p, least, most)...)
	}
	return out
}

// lengths makes texts at each bound and past it.
func lengths(p *place, least, most int) []variant {
	var out []variant
	meant := !p.free() || p.refers()
	if least > 0 {
		out = append(out, variant{
			id: "below-min-length", name: fmt.Sprintf("has %d characters, fewer than %d", least-1, least),
			keyword: "minLength", value: resize(p, least-1), want: Refuse, sure: true,
		})
		if v := fitting(p, least); v != nil {
			out = append(out, variant{
				id: "min-length", name: fmt.Sprintf("has the %d characters that it needs", least),
				keyword: "minLength", value: v, want: Accept, sure: true, meant: meant,
			})
		}
	}
	if most <= mostCharacters {
		out = append(out, variant{
			id: "above-max-length", name: fmt.Sprintf("has %d characters, more than %d", most+1, most),
			keyword: "maxLength", value: resize(p, most+1), want: Refuse, sure: true,
		})
		if v := fitting(p, most); v != nil {
			out = append(out, variant{
				id: "max-length", name: fmt.Sprintf("has all of the %d characters that it may have", most),
				keyword: "maxLength", value: v, want: Accept, sure: true, meant: meant,
			})
		}
		out = append(out, wide(p, least, most)...)
	}
	return out
}

// wide makes texts at the maximum, and past it, of letters that are several bytes,
// or several units of UTF-16: a length counts characters, which are code points
// (JSON Schema 2020-12 validation §6.3.1, RFC 8259 §7).
func wide(p *place, least, most int) []variant {
	if p.in != nil || !p.free() || p.refers() || most < 2 || most > longText {
		return nil
	}
	var out []variant
	for _, of := range []struct{ id, letter, what string }{
		{"two-bytes", "é", "letters of two bytes"}, {"two-units", "🙂", "emoji, each two units of UTF-16"},
	} {
		out = append(out, variant{
			id: "max-length-" + of.id, name: fmt.Sprintf("has all of the %d characters that it may have, %s", most, of.what),
			keyword: "maxLength", value: schema.Text(strings.Repeat(of.letter, most)), want: Accept, sure: true,
			witness: schema.Text(strings.Repeat(of.letter, max(least, 1, most/5))),
		})
	}
	return append(out, variant{
		id: "above-max-length-two-bytes", name: fmt.Sprintf("has %d characters, more than %d, letters of two bytes", most+1, most),
		keyword: "maxLength", value: schema.Text(strings.Repeat("é", most+1)), want: Refuse, sure: true,
	})
}

// resize cuts the text of a place or repeats its last letter.
func resize(p *place, n int) schema.Value {
	runes := []rune(textOf(p.value))
	last := 'a'
	if len(runes) > 0 {
		last = runes[len(runes)-1]
	}
	if last == ' ' {
		last = 'a'
	}
	for len(runes) < n {
		runes = append(runes, last)
	}
	return schema.Text(string(runes[:n]))
}

// fitting makes a valid text of n characters, nil where there is none.
func fitting(p *place, n int) schema.Value {
	valid := func(v schema.Value) bool { return p.whole.Checker(schema.Request).Valid(v) }
	if v := resize(p, n); valid(v) {
		return v
	}
	if v := schema.Text(strings.Repeat("a", n)); valid(v) {
		return v
	}
	return nil
}

// wrongTexts are tried against patterns, the likeliest first: what a check that
// is not anchored would let through comes before what none would.
var wrongTexts = []string{"concord", "CONCORD!", "", "0", " ", "a b", "é", "-", "999999999999999999999"}

// againstPattern makes a text that a pattern does not match.
func againstPattern(s *schema.Schema) []variant {
	if s.Pattern == "" {
		return nil
	}
	pattern, err := schema.CompilePattern(s.Pattern)
	if err != nil {
		return nil
	}
	try := wrongTexts
	if v, err := sample.Generate(s, sample.Options{}); err == nil && v.Kind() == '"' {
		text := textOf(v)
		try = append([]string{text + "!", "!" + text, text + "\n"}, wrongTexts...)
	}
	for _, text := range try {
		if !pattern.MatchString(text) {
			return []variant{{id: "against-pattern", name: "is " + show(schema.Text(text)) + ", which the pattern does not match", keyword: "pattern", value: schema.Text(text), want: Refuse, sure: true}}
		}
	}
	return nil
}

// wrongFormats are texts that no reading of a format accepts.
var wrongFormats = map[string]string{
	"date-time": "2026-13-45T99:99:99Z", "date": "2026-13-45", "time": "99:99:99Z", "duration": "soon",
	"email": "concord", "idn-email": "concord", "hostname": "-concord-.example", "idn-hostname": "-concord-.example",
	"ipv4": "999.0.0.1", "ipv6": "::concord", "uuid": "concord", "regex": "[",
	"uri": "no uri at all", "uri-reference": "no uri\\at all", "iri": "no iri at all", "iri-reference": "no iri\\at all",
	"json-pointer": "concord", "relative-json-pointer": "concord", "uri-template": "{",
	"byte": "no base64!",
}

// againstFormat makes a text that a format does not allow. JSON Schema lets
// implementations take formats as annotations (2020-12 validation §7.2.1), so
// that accepting it is no sure fault.
func againstFormat(s *schema.Schema) []variant {
	text := wrongFormats[s.Format]
	if text == "" {
		return nil
	}
	return []variant{{id: "against-format", name: "is " + show(schema.Text(text)) + ", which is no " + s.Format, keyword: "format", value: schema.Text(text), want: Refuse}}
}

// letters makes texts of letters from all over Unicode, a long one and an empty
// one. Contracts seldom mean to say that each of them is fine, so that refusing
// them is no sure fault.
func letters(p *place, least, most int) []variant {
	var out []variant
	add := func(id, name, text string) {
		n := utf8.RuneCountInString(text)
		if n > most {
			text = string([]rune(text)[:max(most, 0)])
		}
		for n < least {
			text += "n"
			n++
		}
		out = append(out, variant{id: id, name: name, keyword: "type", value: schema.Text(text), want: Accept, meant: p.refers()})
	}
	wide := p.in == nil || p.in.In == spec.InQuery
	if wide {
		add("unicode", "has letters of many scripts", "Ünïcode ñ 中文 العربية")
		add("emoji", "has emoji", "🙂👩‍👩‍👧")
	}
	if least == 0 && (p.in == nil || p.in.In == spec.InQuery && p.in.AllowEmptyValue) {
		add("empty", "is empty", "")
	}
	if most == schema.None && (p.in == nil || p.in.In != spec.InPath) {
		n := longText
		if p.in != nil {
			n = longField
		}
		add("long", fmt.Sprintf("has %d characters, and no maximum", n), strings.Repeat("long ", n/5-1)+"text.")
	}
	return out
}
