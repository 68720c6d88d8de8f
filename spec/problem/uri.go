package problem

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"
)

// checkReference holds s to the grammar of a URI reference (RFC 3986 §4.1) and
// tells whether it has a scheme. net/url is no judge of that: it lets spaces,
// braces and letters outside ASCII through.
func checkReference(s string) (absolute bool, err error) {
	rest, fragment, _ := strings.Cut(s, "#")
	if err := checkChars("fragment", fragment, "/?:@"); err != nil {
		return false, err
	}
	rest, query, _ := strings.Cut(rest, "?")
	if err := checkChars("query", query, "/?:@"); err != nil {
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
		if err := checkAuthority(authority); err != nil {
			return absolute, err
		}
	}
	return absolute, checkChars("path", rest, "/:@")
}

// checkAuthority holds s to [ userinfo "@" ] host [ ":" port ] (RFC 3986 §3.2).
func checkAuthority(s string) error {
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		if err := checkChars("userinfo", s[:i], ":"); err != nil {
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
		return checkChars("host", host, "")
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
		return checkChars("host", address, ":")
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

// checkChars allows unreserved characters, sub-delims, percent-encoded bytes, and
// those of extra (RFC 3986 §2).
func checkChars(part, s, extra string) error {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case isAlpha(c), isDigit(c), strings.IndexByte("-._~!$&'()*+,;=", c) >= 0, strings.IndexByte(extra, c) >= 0:
		case c == '%':
			if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
				return fmt.Errorf("%q in the %s is no percent-encoded byte", s[i:min(i+3, len(s))], part)
			}
			i += 2
		default:
			r, _ := utf8.DecodeRuneInString(s[i:])
			return fmt.Errorf("%q in the %s must be percent-encoded", r, part)
		}
	}
	return nil
}

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isHex(c byte) bool   { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
