package schema

import (
	"strconv"
	"strings"
	"testing"
)

// asserted has values that are of each format that is asserted, and values that
// are not, the latter mostly such as libraries let through.
var asserted = []struct {
	format string
	source string
	right  []string
	wrong  []string
}{
	{"date-time", "RFC 3339 §5.6",
		[]string{"2026-11-26T00:00:00Z", "2026-11-26t23:59:60z", "2024-02-29T12:00:00.123456+05:30", "1998-12-31T15:59:60.1-08:00", "0000-01-01T00:00:00-00:00"},
		[]string{"2026-11-26", "2026-11-26T00:00:00", "2026-11-26 00:00:00Z", "2025-02-29T00:00:00Z", "2026-11-26T24:00:00Z", "2026-11-26T+1:00:00Z", "2026-11-26T12:59:60Z", "2026-11-26T00:00:00.Z", "2026-11-26T00:00:00+24:00", "2026-11-26T00:00:00+0100", "2026-11-26T00:00:00Z ", "２026-11-26T00:00:00Z"}},
	{"date", "RFC 3339 §5.6",
		[]string{"2026-11-26", "2024-02-29", "0000-12-31"},
		[]string{"2026-11-31", "2025-02-29", "2026-1-2", "26-11-26", "2026/11/26", "2026-11-26T00:00:00Z", "+2026-11-26", " 2026-11-26", "20261126"}},
	{"time", "RFC 3339 §5.6",
		[]string{"12:00:00Z", "23:59:60Z", "00:29:60-23:30", "01:29:60+01:30", "08:30:06.283185z", "12:00:00-00:00"},
		[]string{"12:00:00", "12:00Z", "24:00:00Z", "12:60:00Z", "22:59:60Z", "23:59:60+01:00", "+1:00:00Z", "12:00:00+1:00", "12:00:00++1:00", "12:00:00.+01:00", "12:00:00 Z", "12:00:00+24:00"}},
	{"duration", "RFC 3339 appendix A, and the gaps in it that ISO 8601 allows",
		[]string{"P1Y2M3DT4H5M6S", "P4W", "PT0S", "P1M", "PT36H", "P1Y1D"},
		[]string{"P", "PT", "P1YT", "1D", "P1", "P1D2H", "P1Y2W", "P2D1Y", "PT1D", "P0.5D", "-P1D", "p1d", "P১Y"}},
	{"email", "RFC 5321 §4.1.2",
		[]string{"a@b", "joe.bloggs+tag@example.com", `"joe bloggs"@example.com`, `"a\"b"@example.com`, "~te!st@example.com", "joe@[127.0.0.1]", "joe@[IPv6:::1]", strings.Repeat("a", 64) + "@example.com"},
		[]string{"a", "@example.com", "a@", "a@b@c", ".a@b.c", "a.@b.c", "a..b@c.d", "a b@c.d", "a@b_c.d", "a@example.com.", "a@-b.c", `"a"b"@c.d`, "\"a\x01\"@c.d", "ä@b.c", "a@ä.c", "joe@[127.0.0.300]", "joe@[::1]", strings.Repeat("a", 65) + "@example.com", "a@b.c ", "A <a@b.c>"}},
	{"idn-email", "RFC 6531 §3.3",
		[]string{"a@b.c", "实例@实例.测试", "ä@example.com", `"ä"@example.com`},
		[]string{"实例", "@实例", "a b@c.d", "a@b c"}},
	{"hostname", "RFC 1123 §2.1",
		[]string{"localhost", "a.example", "xn--4gbwdl.xn--wgbh1c", "1host", "h-o-s-t", strings.Repeat("a", 63) + ".b"},
		[]string{"", "-a", "a-", "a_b", "a..b", ".a", "a.", "host name", "ä.example", strings.Repeat("a", 64), strings.Repeat("a.", 127) + "b", "a:80", "http://a"}},
	{"ipv4", "RFC 2673 §3.2",
		[]string{"192.0.2.1", "0.0.0.0", "255.255.255.255"},
		[]string{"192.0.2", "192.0.2.256", "192.0.2.01", "+1.2.3.4", "1.2.3.-0", "1.2.3.4 ", "0x7f.0.0.1", "192.0.2.0/24", "1২7.0.0.1"}},
	{"ipv6", "RFC 4291 §2.2",
		[]string{"::", "::1", "2001:db8::1", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8", "1::8"},
		[]string{"1.2.3.4", ":::", "1::2::3", "12345::", "1:2:3:4:5:6:7", "fe80::1%eth0", "::1/64", "[::1]", "::ffff:192.0.2.01", " ::1"}},
	{"uri", "RFC 3986 §3",
		[]string{"https://example.com/a?b=c#d", "http://user:pw@host:80/%7Ea", "urn:isbn:0451450523", "mailto:a@b.c", "http://[2001:db8::7]/c=GB?a", "tel:+1-816-555-1212", "file:///etc", "http://a:/", "a:", "http://[v1.fe]/", "http://a%20b/"},
		[]string{"", "/a", "//a/b", "example.com", "https://a/b c", "https://a b/", "https://a/<b>", `https://a/"b"`, `https://a\b`, "https://a/{id}", "https://a/^", "https://a/`", "https://a/|", "https://ä.example/", "https://a/ä", "https://a?q=%zz", "https://a/%1", "https://[::1", "https://[1.2.3.4]/", "https://a:b/", "1a:b", ":a", "https://a/[", "https://a#b#c", "a:b\n"}},
	{"uri-reference", "RFC 3986 §4.1",
		[]string{"", "a", "/a/b?c#d", "//a/b", "../a", "?a", "#", "https://a", "a/b:c", "./a:b"},
		[]string{"a b", "\\a", "#a b", "/ä", "{a}", "1:2", "/%g0", "//a:x/", "#a#"}},
	{"iri", "RFC 3987 §2.2",
		[]string{"https://ä.example/ö?ü#ß", "https://a", "urn:a:ö"},
		[]string{"ä", "https://a/ ö", "https://a/<ö>", "https://a/\ue000", "https://a/\ufdd0"}},
	{"iri-reference", "RFC 3987 §2.2",
		[]string{"", "ä/ö", "/a?ü=\ue000"},
		[]string{"ä ö", "\\ä", "/\ue000"}},
	{"uri-template", "RFC 6570 §2",
		[]string{"", "/a", "/pets/{id}", "/pets{?page,size}", "https://a/{+path}/b{/c*}{?d:3}", "{#x.y}", "/ä{%C3%A4}", "{a}{b}"},
		[]string{"{", "}", "{}", "/a/{id", "/a/id}", "{{a}}", "{a b}", "{user-id}", "{a:0}", "{a:10000}", "{a:}", "{a,}", "{=a}", "{a.}", "/a b", "/%g", "/<a>", "{a*b}"}},
	{"json-pointer", "RFC 6901 §3",
		[]string{"", "/", "/a/b", "/a~0b~1c", "/ä", "//"},
		[]string{"a", "/~", "/~2", "/a~", "#/a", " /a"}},
	{"relative-json-pointer", "draft-handrews-relative-json-pointer-01 §3",
		[]string{"0", "1/a", "0#", "120/a/b"},
		[]string{"", "/a", "-1/a", "01/a", "1a", "0##", "a"}},
	{"regex", "ECMA-262 §22.2.1",
		[]string{"^a+$", `\d{2}`, "(?<n>a)", "(?=a)b", `\p{L}`, ""},
		[]string{"[", "(", "a{2,1}", "*", "(?"}},
	{"uuid", "RFC 9562 §4",
		[]string{"2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2EB8AA08-AA98-11EA-B4AA-73B441D16380", "00000000-0000-0000-0000-000000000000"},
		[]string{"", "2eb8aa08aa9811eab4aa73b441d16380", "2eb8aa08-aa98-11ea-b4aa-73b441d1638", "2eb8aa08-aa98-11ea-b4aa-73b441d1638g", "{2eb8aa08-aa98-11ea-b4aa-73b441d16380}", "2eb8-aa08-aa98-11ea-b4aa73b44-1d16380", "urn:uuid:2eb8aa08-aa98-11ea-b4aa-73b441d16380"}},
	{"byte", "RFC 4648 §4 and §5",
		[]string{"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg", "-_-_"},
		[]string{"Z", "Zg=", "Z===", "Zm 9v", "Zm9v\n", "Zm9!", "=", "Zg==Zg==", "Zm9v="}},
	{"made-up", "none: it is a note for people", []string{"", "anything"}, nil},
	{"binary", "OpenAPI 3.0.3 §4.4: any bytes", []string{"", "\x00\x01"}, nil},
	{"password", "OpenAPI 3.0.3 §4.4: a hint for forms", []string{"", "secret"}, nil},
}

func TestFormatsOfStrings(t *testing.T) {
	for _, tt := range asserted {
		t.Run(tt.format, func(t *testing.T) {
			c := readSchema(t, V31, "S: {type: string, format: "+tt.format+"}").Checker(Request)
			for _, s := range tt.right {
				if !c.ValidString(s) || !c.Valid(quote(s)) {
					t.Errorf("%q is %s by %s, and refused", s, tt.format, tt.source)
				}
			}
			for _, s := range tt.wrong {
				if c.ValidString(s) || c.Valid(quote(s)) {
					t.Errorf("%q is no %s by %s, and let through", s, tt.format, tt.source)
				}
			}
			if _, known := planFormats[tt.format]; !known && tt.wrong != nil && !askedFormats[tt.format] {
				t.Errorf("a plan is sure of any %s", tt.format)
			}
		})
	}
}

func TestFormatsOfNumbers(t *testing.T) {
	tests := map[string]struct{ right, wrong []string }{
		"int32": {
			[]string{"0", "-2147483648", "2147483647", "1.0", "2e3", "-0"},
			[]string{"2147483648", "-2147483649", "1.5", "1e10", "1e400", "1e-1"},
		},
		"int64": {
			[]string{"9223372036854775807", "-9223372036854775808", "9007199254740993", "1e18"},
			[]string{"9223372036854775808", "-9223372036854775809", "0.5", "1e19", "9223372036854775808.0"},
		},
		"float":  {[]string{"1.5", "1e400", "3"}, nil},
		"double": {[]string{"1.5", "1e400", "3"}, nil},
	}
	for format, tt := range tests {
		t.Run(format, func(t *testing.T) {
			c := readSchema(t, V31, "S: {format: "+format+"}").Checker(Request)
			for _, n := range tt.right {
				if !c.Valid([]byte(n)) {
					t.Errorf("%s is %s, and refused", n, format)
				}
			}
			for _, n := range tt.wrong {
				if c.Valid([]byte(n)) {
					t.Errorf("%s is no %s, and let through", n, format)
				}
			}
			if !c.Valid([]byte(strconv.Quote("text"))) {
				t.Errorf("%s is asserted of a string", format)
			}
		})
	}
}
