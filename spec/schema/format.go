package schema

import (
	"errors"
	"net/netip"
	"strings"
	"unicode/utf8"

	"github.com/concord-api/concord/spec/uri"
)

// formatChecks decide for the library where its own check of a format is wider
// than the format, or narrower: a URI with a space, an address +1.2.3.4, a time
// with signs in it and a template that ends in {?page} are what it gets wrong.
// The formats that are left to it are the other askedFormats.
var formatChecks = map[string]func(string) bool{
	"byte":          func(s string) bool { return isBase64([]byte(s)) },
	"date-time":     isAnyDateTime,
	"time":          isAnyTime,
	"email":         func(s string) bool { return isMailbox(s, false) },
	"idn-email":     func(s string) bool { return utf8.ValidString(s) && isMailbox(s, true) },
	"hostname":      func(s string) bool { return isHostname([]byte(s)) },
	"ipv4":          func(s string) bool { return isIPv4([]byte(s)) },
	"uri":           func(s string) bool { absolute, err := uri.Check(s); return absolute && err == nil },
	"uri-reference": func(s string) bool { _, err := uri.Check(s); return err == nil },
	"iri":           func(s string) bool { absolute, err := uri.CheckIRI(s); return absolute && err == nil },
	"iri-reference": func(s string) bool { _, err := uri.CheckIRI(s); return err == nil },
	"uri-template":  func(s string) bool { return uri.CheckTemplate(s) == nil },
}

// errFormat is all that the library is told: what it says of a format names it.
var errFormat = errors.New("is not of the format")

// ofFormat makes a check what the library asks: true of all but strings.
func ofFormat(is func(string) bool) func(any) error {
	return func(v any) error {
		if s, ok := v.(string); ok && !is(s) {
			return errFormat
		}
		return nil
	}
}

// isAnyDateTime is date-time of RFC 3339 §5.6.
func isAnyDateTime(s string) bool {
	return len(s) >= 20 && s[10]|0x20 == 't' && isDate([]byte(s[:10])) && isAnyTime(s[11:])
}

// isAnyTime is full-time of RFC 3339 §5.6. A leap second is one only at the end
// of a day of UTC.
func isAnyTime(s string) bool {
	text := []byte(s)
	if isTime(text) {
		return true
	}
	if len(text) < 9 || string(text[6:8]) != "60" {
		return false
	}
	copy(text[6:8], "59")
	if !isTime(text) {
		return false
	}
	minutes := twoDigits(text)*60 + twoDigits(text[3:])
	if offset := text[len(text)-6:]; offset[0] == '+' || offset[0] == '-' {
		ahead := twoDigits(offset[1:])*60 + twoDigits(offset[4:])
		if offset[0] == '+' {
			ahead = -ahead
		}
		minutes += ahead
	}
	const day = 24 * 60
	return (minutes+day)%day == day-1
}

// isMailbox is Mailbox of RFC 5321 §4.1.2, with the letters of RFC 6531 §3.3
// where it is international.
func isMailbox(s string, international bool) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > 64 || len(s) > 254 {
		return false
	}
	local, domain := s[:at], s[at+1:]
	if quoted, ok := strings.CutPrefix(local, `"`); ok {
		quoted, ok = strings.CutSuffix(quoted, `"`)
		if !ok || !isQuoted(quoted, international) {
			return false
		}
	} else if !isDotString(local, international) {
		return false
	}
	if literal, ok := strings.CutPrefix(domain, "["); ok {
		literal, ok = strings.CutSuffix(literal, "]")
		return ok && isAddressLiteral(literal)
	}
	if international {
		domain = strings.Map(asLetter, domain)
	}
	return isHostname([]byte(domain))
}

// asLetter makes any letter outside ASCII one that a host name may have.
func asLetter(r rune) rune {
	if r >= utf8.RuneSelf {
		return 'x'
	}
	return r
}

func isDotString(s string, international bool) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '.' && (i == 0 || i == len(s)-1 || s[i-1] == '.'):
			return false
		case !atext[c] && (!international || c < utf8.RuneSelf):
			return false
		}
	}
	return true
}

// isQuoted is what stands between the quotes of a Quoted-string.
func isQuoted(s string, international bool) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			if i++; i == len(s) || s[i] < ' ' || s[i] > '~' {
				return false
			}
		case c >= utf8.RuneSelf:
			if !international {
				return false
			}
		case c < ' ' || c > '~' || c == '"':
			return false
		}
	}
	return true
}

func isAddressLiteral(s string) bool {
	six, ok := strings.CutPrefix(s, "IPv6:")
	if !ok {
		return isIPv4([]byte(s))
	}
	address, err := netip.ParseAddr(six)
	return err == nil && address.Is6() && address.Zone() == ""
}
