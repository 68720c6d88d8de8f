package schema

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dlclark/regexp2"
)

// A Pattern is a compiled ECMA-262 regular expression (JSON Schema core §6.4).
type Pattern struct {
	source  string
	linear  *regexp.Regexp  // where RE2 means the same
	general *regexp2.Regexp // else
}

// matchTimeout bounds one match of a pattern that RE2 cannot run. A text that
// takes longer counts as no match.
const matchTimeout = 100 * time.Millisecond

var patterns sync.Map // string → *Pattern

// CompilePattern compiles an ECMA-262 pattern. It runs in linear time by RE2
// where RE2 means the same; look-around and back references take a backtracking
// engine with a time limit. It is cached and safe for concurrent use.
func CompilePattern(text string) (*Pattern, error) {
	if p, ok := patterns.Load(text); ok {
		return p.(*Pattern), nil
	}
	p := &Pattern{source: text}
	plain, err := expandProperties(text, writeCodePoint)
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", text, err)
	}
	if re2, ok := toRE2(plain); ok {
		p.linear, _ = regexp.Compile(re2)
	}
	if p.linear == nil {
		plain, _ := expandProperties(text, writeCodeUnit) // has what the first had
		general, err := regexp2.Compile(plain, regexp2.ECMAScript)
		if err != nil {
			general, err = regexp2.Compile(plain, regexp2.None)
		}
		if err != nil {
			return nil, fmt.Errorf("pattern %q is no regular expression of ECMA-262: %w", text, err)
		}
		general.MatchTimeout = matchTimeout
		p.general = general
	}
	patterns.Store(text, p)
	return p, nil
}

// MatchString tells whether the pattern is found anywhere in a text.
func (p *Pattern) MatchString(text string) bool {
	if p.linear != nil {
		return p.linear.MatchString(text)
	}
	found, err := p.general.MatchString(text)
	return found && err == nil
}

// Match is MatchString over bytes.
func (p *Pattern) Match(text []byte) bool {
	if p.linear != nil {
		return p.linear.Match(text)
	}
	return p.MatchString(string(text))
}

// String returns the pattern as it was written.
func (p *Pattern) String() string { return p.source }

const (
	ecmaSpace = `\t\n\x0b\x0c\r\x20\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`
	ecmaDot   = `[^\n\r\x{2028}\x{2029}]`
)

// toRE2 rewrites a pattern for RE2, or says that it cannot be sure to mean the
// same there.
func toRE2(text string) (string, bool) {
	var b strings.Builder
	inClass := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\':
			i++
			if i == len(text) {
				return "", false
			}
			n, ok := escapeToRE2(&b, text[i:], inClass)
			if !ok {
				return "", false
			}
			i += n - 1
		case inClass:
			if c == '[' {
				b.WriteString(`\[`)
				continue
			}
			inClass = c != ']'
			b.WriteByte(c)
		case c == '[':
			inClass = true
			b.WriteByte(c)
			if strings.HasPrefix(text[i:], "[^]") || strings.HasPrefix(text[i:], "[]") {
				return "", false // any character and none, in ECMA-262
			}
		case c == '.':
			b.WriteString(ecmaDot)
		case strings.HasPrefix(text[i:], "(?") && !strings.HasPrefix(text[i:], "(?:") && !namedGroup(text[i:]):
			if strings.HasPrefix(text[i:], "(?i)") {
				b.WriteString("(?i)") // not of ECMA-262, but what its author means is plain
				i += 3
				continue
			}
			return "", false
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), !inClass
}

func namedGroup(text string) bool {
	return strings.HasPrefix(text, "(?<") && !strings.HasPrefix(text, "(?<=") && !strings.HasPrefix(text, "(?<!")
}

// escapeToRE2 writes the escape that text starts with (after its backslash) and
// returns how many bytes it took.
func escapeToRE2(b *strings.Builder, text string, inClass bool) (int, bool) {
	c := text[0]
	switch c {
	case 'd', 'D', 'w', 'W', 'n', 'r', 't', 'f', 'v':
		b.WriteByte('\\')
		b.WriteByte(c)
		return 1, true
	case 'b', 'B':
		if inClass {
			return 0, false
		}
		b.WriteByte('\\')
		b.WriteByte(c)
		return 1, true
	case 's', 'S':
		switch {
		case inClass && c == 's':
			b.WriteString(ecmaSpace)
		case inClass:
			return 0, false
		case c == 's':
			b.WriteString("[" + ecmaSpace + "]")
		default:
			b.WriteString("[^" + ecmaSpace + "]")
		}
		return 1, true
	case 'x':
		if len(text) < 3 {
			return 0, false
		}
		return 3, hexToRE2(b, text[1:3])
	case 'u':
		if strings.HasPrefix(text, "u{") {
			end := strings.IndexByte(text, '}')
			return end + 1, end > 2 && hexToRE2(b, text[2:end])
		}
		if len(text) < 5 {
			return 0, false
		}
		return 5, hexToRE2(b, text[1:5])
	}
	if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80 {
		return 0, false
	}
	b.WriteByte('\\')
	b.WriteByte(c)
	return 1, true
}

func hexToRE2(b *strings.Builder, digits string) bool {
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || n > 0x10FFFF || n >= 0xD800 && n < 0xE000 {
		return false
	}
	fmt.Fprintf(b, `\x{%x}`, n)
	return true
}

// writeCodePoint writes a character as toRE2 reads it.
func writeCodePoint(b *strings.Builder, r rune) { fmt.Fprintf(b, `\u{%x}`, r) }

// writeCodeUnit writes a character as regexp2 reads it, which knows no escapes
// beyond the first plane and takes the character itself.
func writeCodeUnit(b *strings.Builder, r rune) {
	if r > 0xFFFF {
		b.WriteRune(r)
		return
	}
	fmt.Fprintf(b, `\u%04x`, r)
}
