package uri

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// CheckTemplate holds s to the grammar of a URI template of any level (RFC 6570
// §2): literals, and expressions in braces. The operators that the RFC reserves
// are not allowed.
func CheckTemplate(s string) error {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '{':
			end := strings.IndexByte(s[i:], '}')
			if end < 0 {
				return fmt.Errorf("the expression %q lacks its closing brace", s[i:])
			}
			if err := checkExpression(s[i+1 : i+end]); err != nil {
				return err
			}
			i += end + 1
		case c == '%':
			if !isEncoded(s[i:]) {
				return fmt.Errorf("%q is no percent-encoded byte", s[i:min(i+3, len(s))])
			}
			i += 3
		case c < utf8.RuneSelf:
			if c <= ' ' || c == 0x7F || strings.IndexByte("\"<>\\^`|}", c) >= 0 {
				return fmt.Errorf("%q is no literal of a URI template", c)
			}
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if !isUCS(r) && !isPrivate(r) {
				return fmt.Errorf("%q is no literal of a URI template", r)
			}
			i += size
		}
	}
	return nil
}

// checkExpression holds s to [ operator ] variable-list (RFC 6570 §2.2).
func checkExpression(s string) error {
	list := s
	if s != "" && strings.IndexByte("+#./;?&", s[0]) >= 0 {
		list = s[1:]
	}
	for spec := range strings.SplitSeq(list, ",") {
		name, length, prefixed := strings.Cut(spec, ":")
		if !prefixed {
			name = strings.TrimSuffix(spec, "*")
		} else if length == "" || len(length) > 4 || length[0] == '0' || strings.Trim(length, "0123456789") != "" {
			return fmt.Errorf("the expression {%s} has the length %q, which must be from 1 to 9999", s, length)
		}
		if !isVariable(name) {
			return fmt.Errorf("the expression {%s} has %q, which is no name of a variable", s, name)
		}
	}
	return nil
}

// isVariable tells whether s is a varname (RFC 6570 §2.3).
func isVariable(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case isAlpha(c), isDigit(c), c == '_':
		case c == '.' && i > 0 && i < len(s)-1 && s[i-1] != '.':
		case isEncoded(s[i:]):
			i += 2
		default:
			return false
		}
	}
	return s != ""
}
