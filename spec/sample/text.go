package sample

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/concord-api/concord/spec/schema"
)

// lettering is what all parts of a shape demand of a string.
type lettering struct {
	min, max int // in characters
	patterns []string
	formats  []string
	encoding string
}

func (sh *shape) lettering() lettering {
	l := lettering{max: schema.None}
	for _, p := range sh.parts {
		l.min, l.max = max(l.min, p.MinLength), min(l.max, p.MaxLength)
		if p.Pattern != "" && !hasText(l.patterns, p.Pattern) {
			l.patterns = append(l.patterns, p.Pattern)
		}
		if p.Format != "" && !hasText(l.formats, p.Format) {
			l.formats = append(l.formats, p.Format)
		}
		if p.ContentEncoding != "" {
			l.encoding = strings.ToLower(p.ContentEncoding)
		}
	}
	return l
}

func (g *generator) fits(l *lettering, text string) bool {
	n := utf8.RuneCountInString(text)
	if n < l.min || n > l.max {
		return false
	}
	for _, p := range l.patterns {
		if c, err := schema.CompilePattern(p); err == nil && !g.matches(c, text) {
			return false
		}
	}
	return true
}

// text appends a string: the hint, else one that the format, the pattern or the
// name of the member calls for.
func (g *generator) text(dst []byte, sh *shape, n node) ([]byte, error) {
	l := sh.lettering()
	if l.min > l.max {
		return dst, fault(n.all, "minLength %d is above maxLength %d", l.min, l.max)
	}
	if l.min > maxText {
		return dst, fault(n.all, "minLength %d is longer than samples are (%d)", l.min, maxText)
	}
	if n.hint != nil && kindOf(n.hint)&(schema.TypeObject|schema.TypeArray|schema.TypeNull) == 0 {
		if text := unquote(n.hint); g.fits(&l, text) && len(l.formats) == 0 {
			return appendQuote(dst, text), nil
		}
	}
	if text, ok := g.content(sh); ok && len(l.formats) == 0 && g.fits(&l, text) {
		return appendQuote(dst, text), nil
	}
	// A format is tried first, so that what also has a pattern still looks right.
	for _, f := range l.formats {
		write := formats[f]
		if write == nil {
			continue
		}
		tries := 30
		if sh.try%2 == 1 && len(l.patterns) > 0 {
			tries = 0
		}
		for range tries {
			if text := write(g, l.min, l.max, n.name); g.fits(&l, text) {
				return appendQuote(dst, text), nil
			}
		}
	}
	if len(l.patterns) == 0 {
		if l.encoding == "base64" || l.encoding == "base64url" {
			return appendQuote(dst, g.base64(l.min, l.max, l.encoding == "base64url")), nil
		}
		return appendQuote(dst, g.plausible(n.name, l.min, l.max, sh.try > 0)), nil
	}
	if sh.try == 0 && g.variant == 0 {
		if text := g.plausible(n.name, l.min, l.max, false); g.fits(&l, text) && text != "" && n.name != "" {
			return appendQuote(dst, text), nil
		}
	}
	if len(g.shared.unmatched) > 0 && g.shared.unmatched[l.key()] {
		return dst, l.unmatched(n)
	}
	defer func() { g.odd = false }()
	for i := range 100 {
		g.odd = i%2 == 1
		if g.steps--; g.steps < 0 {
			return dst, errSteps
		}
		if g.hopeless() {
			g.steps = -1
			return dst, fault(n.all, "the pattern %s takes too long to match", strings.Join(l.patterns, " and "))
		}
		pattern := l.patterns[i%len(l.patterns)]
		if text, ok := g.matching(pattern, l.min, l.max); ok && g.fits(&l, text) {
			return appendQuote(dst, text), nil
		}
		if i == 8 {
			if text, ok := g.stitched(&l); ok {
				return appendQuote(dst, text), nil
			}
		}
	}
	g.shared.unmatched[l.key()] = true
	return dst, l.unmatched(n)
}

// content is JSON within a string, where its contentMediaType says that there
// is some (JSON Schema validation §8).
func (g *generator) content(sh *shape) (string, bool) {
	for _, p := range sh.parts {
		if t := strings.ToLower(p.ContentMediaType); p.ContentEncoding != "" || t != "application/json" && !strings.HasSuffix(t, "+json") {
			continue
		}
		if p.ContentSchema == nil {
			return "{}", true
		}
		text, err := g.build(nil, node{all: []*schema.Schema{p.ContentSchema}})
		return string(text), err == nil
	}
	return "", false
}

func (l *lettering) key() string { return fmt.Sprint(l.min, l.max, l.patterns) }

func (l *lettering) unmatched(n node) error {
	return fault(n.all, "no text of %d to %s characters was found for the pattern %s", l.min, bound(l.max), strings.Join(l.patterns, " and "))
}

// stitched puts a text for each pattern one after another, for patterns that
// are not anchored.
func (g *generator) stitched(l *lettering) (string, bool) {
	if len(l.patterns) < 2 {
		return "", false
	}
	var b strings.Builder
	for _, p := range l.patterns {
		text, _ := g.matching(p, 0, l.max)
		b.WriteString(text)
	}
	for n := utf8.RuneCountInString(b.String()); n < l.min; n++ {
		b.WriteByte('a')
	}
	return b.String(), g.fits(l, b.String())
}

func bound(most int) string {
	if most == schema.None {
		return "any number of"
	}
	return fmt.Sprint(most)
}

// base64 makes a base64 text of a length that is allowed, padded where that
// makes it fit (RFC 4648 §4, §5).
func (g *generator) base64(least, most int, url bool) string {
	size := max((least+3)/4*3, 12)
	if most < schema.None {
		size = min(size, most/4*3)
	}
	data := make([]byte, 0, size)
	for len(data) < size {
		data = append(data, g.word()...)
		data = append(data, ' ')
	}
	if url {
		return base64.RawURLEncoding.EncodeToString(data[:size])
	}
	return base64.StdEncoding.EncodeToString(data[:size])
}
