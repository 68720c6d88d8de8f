package uri

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"
)

// Check holds s to the grammar of a URI reference (RFC 3986 §4.1) and tells
// whether it has a scheme. net/url is no judge of that: it lets spaces, braces
// and letters outside ASCII through.
func Check(s string) (absolute bool, err error) { return check(s, false) }

// CheckIRI holds s to the grammar of an IRI reference (RFC 3987 §2.2), which has
// the letters of all scripts besides, and tells whether it has a scheme.
func CheckIRI(s string) (absolute bool, err error) { return check(s, true) }

func check(s string, international bool) (absolute bool, err error) {
	g := grammar(international)
	rest, fragment, _ := strings.Cut(s, "#")
	if err := g.chars("fragment", fragment, "/?:@"); err != nil {
		return false, err
	}
	rest, query, _ := strings.Cut(rest, "?")
	if err := g.chars("query", query, "/?:@"); err != nil {
		return false, err
	}
	if first, _, _ := strings.Cut(rest, "/"); strings.Contains(first, ":") {
		scheme, after, _ := strings.Cut(rest, ":")
		if !isScheme(scheme) {
			return false, fmt.Errorf("%q is no scheme, and a first path segment holds no colon", scheme)
		}
		rest, absolute = after, true
	}
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		authority := after
		rest = ""
		if i := strings.IndexByte(after, '/'); i >= 0 {
			authority, rest = after[:i], after[i:]
		}
		if err := g.authority(authority); err != nil {
			return absolute, err
		}
	}
	return absolute, g.chars("path", rest, "/:@")
}

// grammar is that of RFC 3986, or where it is true that of RFC 3987.
type grammar bool

// authority holds s to [ userinfo "@" ] host [ ":" port ] (RFC 3986 §3.2).
func (g grammar) authority(s string) error {
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		if err := g.chars("userinfo", s[:i], ":"); err != nil {
			return err
		}
		s = s[i+1:]
	}
	host, port := s, ""
	if i := strings.LastIndexByte(s, ':'); i >= 0 && i > strings.LastIndexByte(s, ']') {
		host, port = s[:i], s[i+1:]
	}
	if strings.Trim(port, "0123456789") != "" {
		return fmt.Errorf("the port %q is no number", port)
	}
	literal, ok := strings.CutPrefix(host, "[")
	if !ok {
		return g.chars("host", host, "")
	}
	literal, ok = strings.CutSuffix(literal, "]")
	if !ok {
		return fmt.Errorf("the host %q lacks its closing bracket", host)
	}
	if strings.HasPrefix(literal, "v") || strings.HasPrefix(literal, "V") { // IPvFuture
		version, address, ok := strings.Cut(literal[1:], ".")
		if !ok || version == "" || strings.Trim(version, "0123456789abcdefABCDEF") != "" || address == "" {
			return fmt.Errorf("the host %q is no IP literal", host)
		}
		return g.chars("host", address, ":")
	}
	address, err := netip.ParseAddr(literal)
	if err != nil || !address.Is6() || address.Zone() != "" {
		return fmt.Errorf("the host %q is no IPv6 address", host)
	}
	return nil
}

// isScheme tells whether s is a scheme (RFC 3986 §3.1).
func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i]
		if isAlpha(c) || i > 0 && (isDigit(c) || c == '+' || c == '-' || c == '.') {
			continue
		}
		return false
	}
	return s != ""
}

// chars allows unreserved characters, sub-delims, percent-encoded bytes, and
// those of extra (RFC 3986 §2).
func (g grammar) chars(part, s, extra string) error {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case isAlpha(c), isDigit(c), strings.IndexByte("-._~!$&'()*+,;=", c) >= 0, strings.IndexByte(extra, c) >= 0:
		case c == '%':
			if !isEncoded(s[i:]) {
				return fmt.Errorf("%q in the %s is no percent-encoded byte", s[i:min(i+3, len(s))], part)
			}
			i += 2
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if !bool(g) || !isUCS(r) && (part != "query" || !isPrivate(r)) {
				return fmt.Errorf("%q in the %s must be percent-encoded", r, part)
			}
			i += size - 1
		}
	}
	return nil
}

// isEncoded tells whether s begins with a percent-encoded byte.
func isEncoded(s string) bool { return len(s) > 2 && s[0] == '%' && isHex(s[1]) && isHex(s[2]) }

// isUCS tells whether r is an ucschar of RFC 3987 §2.2.
func isUCS(r rune) bool {
	switch {
	case r == utf8.RuneError:
		return false
	case r < 0x10000:
		return r >= 0xA0 && r < 0xD800 || r >= 0xF900 && r < 0xFDD0 || r >= 0xFDF0 && r < 0xFFF0
	case r >= 0xE0000 && r < 0xE1000 || r >= 0xF0000:
		return false
	}
	return r&0xFFFF < 0xFFFE
}

// isPrivate tells whether r is an iprivate of RFC 3987 §2.2, which a query may
// have.
func isPrivate(r rune) bool {
	return r >= 0xE000 && r < 0xF900 || r >= 0xF0000 && r&0xFFFF < 0xFFFE
}

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isHex(c byte) bool   { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
