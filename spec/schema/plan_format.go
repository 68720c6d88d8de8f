package schema

// planFormats has the formats of strings that a plan knows. Each is true only
// where the library's own check is, and may be false where that is true.
var planFormats = map[string]func([]byte) bool{
	"date-time":     isDateTime,
	"date":          isDate,
	"time":          isTime,
	"uuid":          isUUID,
	"email":         isEmail,
	"hostname":      isHostname,
	"ipv4":          isIPv4,
	"ipv6":          isIPv6,
	"uri":           isURI,
	"iri":           isURI,
	"uri-reference": isURIReference,
	"iri-reference": isURIReference,
	"byte":          isBase64,
}

// askedFormats are the other formats that the library asserts.
var askedFormats = map[string]bool{
	"json-pointer": true, "relative-json-pointer": true, "duration": true, "period": true,
	"uri-template": true, "semver": true, "regex": true, "idn-email": true,
}

// intFormats are those of numbers (OpenAPI format registry).
var intFormats = map[string]intRange{
	"int32": {-1 << 31, 1<<31 - 1},
	"int64": {-1 << 63, 1<<63 - 1},
}

func digit(c byte) bool  { return c-'0' <= 9 }
func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func hexDigit(c byte) bool {
	return digit(c) || c|0x20 >= 'a' && c|0x20 <= 'f'
}

// twoDigits returns the number that two digits say, or -1.
func twoDigits(s []byte) int {
	if !digit(s[0]) || !digit(s[1]) {
		return -1
	}
	return int(s[0]-'0')*10 + int(s[1]-'0')
}

// isDate is full-date of RFC 3339 §5.6.
func isDate(s []byte) bool {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return false
	}
	century, year, month, day := twoDigits(s), twoDigits(s[2:]), twoDigits(s[5:]), twoDigits(s[8:])
	if century < 0 || year < 0 || month < 1 || month > 12 || day < 1 {
		return false
	}
	return day <= daysIn(century*100+year, month)
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// isDateTime is date-time of RFC 3339 §5.6, without leap seconds.
func isDateTime(s []byte) bool {
	return len(s) >= 20 && s[10]|0x20 == 't' && isDate(s[:10]) && isTime(s[11:])
}

// isTime is full-time of RFC 3339 §5.6, without leap seconds.
func isTime(s []byte) bool {
	if len(s) < 9 || s[2] != ':' || s[5] != ':' {
		return false
	}
	h, m, sec := twoDigits(s), twoDigits(s[3:]), twoDigits(s[6:])
	if h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 59 {
		return false
	}
	s = s[8:]
	if s[0] == '.' {
		i := 1
		for i < len(s) && digit(s[i]) {
			i++
		}
		if i == 1 || i == len(s) {
			return false
		}
		s = s[i:]
	}
	if len(s) == 1 {
		return s[0] == 'Z' || s[0] == 'z'
	}
	if len(s) != 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return false
	}
	h, m = twoDigits(s[1:]), twoDigits(s[4:])
	return h >= 0 && h <= 23 && m >= 0 && m <= 59
}

// isUUID is the form of RFC 9562 §4.
func isUUID(s []byte) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	for i, c := range s {
		if !hexDigit(c) && i != 8 && i != 13 && i != 18 && i != 23 {
			return false
		}
	}
	return true
}

// isBase64 is a text of RFC 4648 §4 or §5, with its padding or without. It is
// the one format of OpenAPI's registry for strings that the library leaves to
// us (OpenAPI 3.0.3 §4.4).
func isBase64(s []byte) bool {
	n := len(s)
	for n > 0 && n > len(s)-2 && s[n-1] == '=' {
		n--
	}
	if n%4 == 1 || n < len(s) && len(s)%4 != 0 {
		return false
	}
	for _, c := range s[:n] {
		if !letter(c) && !digit(c) && c != '+' && c != '/' && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// atext are the characters of an unquoted local part (RFC 5321 §4.1.2), and '.'.
var atext = bytesOf("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+-/=?^_`{|}~")

func bytesOf(chars string) (set [256]bool) {
	for i := range len(chars) {
		set[chars[i]] = true
	}
	return set
}

// isEmail is an address with a plain local part at a host name.
func isEmail(s []byte) bool {
	if len(s) > 254 {
		return false
	}
	at := 0
	for at < len(s) && s[at] != '@' {
		if !atext[s[at]] || s[at] == '.' && (at == 0 || s[at-1] == '.') {
			return false
		}
		at++
	}
	if at == 0 || at > 64 || at == len(s) || s[at-1] == '.' {
		return false
	}
	return isHostname(s[at+1:])
}

// isHostname is RFC 1123 §2.1, without a dot at the end.
func isHostname(s []byte) bool {
	if len(s) == 0 || len(s) > 253 {
		return false
	}
	label := 0 // characters of it so far
	for i, c := range s {
		switch {
		case letter(c), digit(c):
			label++
		case c == '-' && label > 0:
			label++
		case c == '.' && label > 0 && s[i-1] != '-':
			label = 0
			continue
		default:
			return false
		}
		if label > 63 {
			return false
		}
	}
	return label > 0 && s[len(s)-1] != '-'
}

// isIPv4 is dotted-quad of RFC 2673 §3.2, without leading zeros.
func isIPv4(s []byte) bool {
	groups := 0
	for len(s) > 0 {
		n, i := 0, 0
		for i < len(s) && i < 3 && digit(s[i]) {
			n = n*10 + int(s[i]-'0')
			i++
		}
		if i == 0 || n > 255 || i > 1 && s[0] == '0' {
			return false
		}
		groups++
		if i == len(s) {
			return groups == 4
		}
		if s[i] != '.' {
			return false
		}
		s = s[i+1:]
	}
	return false
}

// isIPv6 is RFC 4291 §2.2, forms 1 and 2.
func isIPv6(s []byte) bool {
	groups, gap := 0, false
	if len(s) >= 2 && s[0] == ':' && s[1] == ':' {
		gap, s = true, s[2:]
	}
	for len(s) > 0 {
		i := 0
		for i < len(s) && i < 4 && hexDigit(s[i]) {
			i++
		}
		if i == 0 {
			return false
		}
		groups++
		s = s[i:]
		switch {
		case len(s) == 0:
		case len(s) >= 2 && s[0] == ':' && s[1] == ':':
			if gap {
				return false
			}
			gap, s = true, s[2:]
		case s[0] == ':' && len(s) > 1:
			s = s[1:]
		default:
			return false
		}
	}
	return groups == 8 && !gap || groups < 8 && gap
}

// uriSafe are the characters of RFC 3986 that may stand in a path, query or
// fragment, but for '%'.
var uriSafe = bytesOf("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/?")

// isURI is an absolute URI (RFC 3986 §3), with no authority or a plain host and
// port.
func isURI(s []byte) bool {
	i := 0
	for i < len(s) && (letter(s[i]) || i > 0 && (digit(s[i]) || s[i] == '+' || s[i] == '-' || s[i] == '.')) {
		i++
	}
	if i == 0 || i >= len(s)-1 || s[i] != ':' {
		return false
	}
	s = s[i+1:]
	if len(s) < 2 || s[0] != '/' || s[1] != '/' {
		return isURIPath(s)
	}
	s = s[2:]
	i = 0
	for i < len(s) && (letter(s[i]) || digit(s[i]) || s[i] == '-' || s[i] == '.') {
		i++
	}
	if i == 0 {
		return false
	}
	if i < len(s) && s[i] == ':' {
		for i++; i < len(s) && digit(s[i]); i++ {
		}
	}
	return i == len(s) || (s[i] == '/' || s[i] == '?' || s[i] == '#') && isURIPath(s[i:])
}

// isURIReference is a URI or an absolute path.
func isURIReference(s []byte) bool {
	if len(s) > 0 && s[0] == '/' {
		return (len(s) == 1 || s[1] != '/') && isURIPath(s)
	}
	return isURI(s)
}

// isURIPath is what may follow the authority of a URI.
func isURIPath(s []byte) bool {
	fragment := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case uriSafe[c]:
		case c == '#' && !fragment:
			fragment = true
		case c == '%' && i+2 < len(s) && hexDigit(s[i+1]) && hexDigit(s[i+2]):
			i += 2
		default:
			return false
		}
	}
	return true
}
