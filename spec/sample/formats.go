package sample

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/concord-api/concord/spec/schema"
)

// formatWriter makes a text of a format, of least to most characters where the
// format leaves room for that. The name of the member may colour it.
type formatWriter func(g *generator, least, most int, name string) string

// formats has one row for each format of strings: those of JSON Schema 2020-12
// (validation §7.3), of OpenAPI's format registry, and some that are common.
var formats = map[string]formatWriter{
	"date-time":       func(g *generator, _, _ int, name string) string { return g.moment(name).Format("2006-01-02T15:04:05Z") },
	"date-time-local": func(g *generator, _, _ int, name string) string { return g.moment(name).Format("2006-01-02T15:04:05") },
	"datetime":        func(g *generator, _, _ int, name string) string { return g.moment(name).Format("2006-01-02T15:04:05Z") },
	"timestamp":       func(g *generator, _, _ int, name string) string { return g.moment(name).Format("2006-01-02T15:04:05Z") },
	"date":            func(g *generator, _, _ int, name string) string { return g.moment(name).Format("2006-01-02") },
	"time":            func(g *generator, _, _ int, name string) string { return g.moment(name).Format("15:04:05Z") },
	"time-local":      func(g *generator, _, _ int, name string) string { return g.moment(name).Format("15:04:05") },
	"partial-time":    func(g *generator, _, _ int, name string) string { return g.moment(name).Format("15:04:05") },
	"year":            func(g *generator, _, _ int, name string) string { return g.moment(name).Format("2006") },
	"http-date": func(g *generator, _, _ int, name string) string {
		return g.moment(name).Format("Mon, 02 Jan 2006 15:04:05 GMT")
	},
	"duration": func(g *generator, _, _ int, _ string) string {
		return pick(g, "PT1H", "P1D", "PT30M", "P3D", "PT15M", "P1W", "P1M")
	},
	"period": func(g *generator, _, _ int, name string) string {
		return g.moment(name).Format("2006-01-02T15:04:05Z") + "/P1D"
	},

	"email":        email,
	"idn-email":    email,
	"hostname":     hostname,
	"idn-hostname": hostname,
	"domain":       hostname,
	"ipv4":         ipv4,
	"ip":           ipv4,
	"ipv6": func(g *generator, least, _ int, _ string) string {
		if least > 20 {
			return fmt.Sprintf("2001:0db8:0000:0000:0000:0000:0000:%04x", g.rng.IntN(0x10000))
		}
		return fmt.Sprintf("2001:db8::%x", 1+g.rng.IntN(0xffff))
	},
	"ipv4-cidr": func(g *generator, _, _ int, _ string) string { return fmt.Sprintf("192.0.%d.0/24", g.rng.IntN(256)) },
	"cidr":      func(g *generator, _, _ int, _ string) string { return fmt.Sprintf("192.0.%d.0/24", g.rng.IntN(256)) },
	"mac": func(g *generator, _, _ int, _ string) string {
		return fmt.Sprintf("02:00:5e:%02x:%02x:%02x", g.rng.IntN(256), g.rng.IntN(256), g.rng.IntN(256))
	},

	"uri":           uri,
	"url":           uri,
	"iri":           uri,
	"uri-reference": reference,
	"iri-reference": reference,
	"uri-template": func(g *generator, least, most int, _ string) string {
		return stretch("/"+g.word()+"s/{id}", least, most, g)
	},
	"uuid": uuid,
	"guid": uuid,
	"ulid": func(g *generator, _, _ int, _ string) string {
		return "01" + g.letters("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 24)
	},
	"json-pointer": func(g *generator, least, most int, _ string) string { return stretch("/"+g.word(), least, most, g) },
	"relative-json-pointer": func(g *generator, least, most int, _ string) string {
		return stretch("1/"+g.word(), least, most, g)
	},
	"json-path": func(g *generator, least, most int, _ string) string { return stretch("$."+g.word(), least, most, g) },
	"regex":     func(g *generator, least, most int, _ string) string { return stretch("^"+g.word(), least, most, g) },
	"semver": func(g *generator, _, _ int, _ string) string {
		return fmt.Sprintf("%d.%d.%d", 1+g.rng.IntN(4), g.rng.IntN(10), g.rng.IntN(10))
	},

	"byte":      func(g *generator, least, most int, _ string) string { return g.base64(least, most, false) },
	"base64":    func(g *generator, least, most int, _ string) string { return g.base64(least, most, false) },
	"base64url": func(g *generator, least, most int, _ string) string { return g.base64(least, most, true) },
	"binary":    func(g *generator, least, most int, _ string) string { return g.phrase(least, most) },
	"password": func(g *generator, least, most int, _ string) string {
		return stretch("Sample-"+g.letters("abcdefghjkmnpqrstuvwxyz23456789", 8)+"1", least, most, g)
	},
	"char": func(g *generator, _, _ int, _ string) string { return g.letters("abcdefghijklmnopqrstuvwxyz", 1) },

	"etag": func(g *generator, least, most int, _ string) string {
		return `"` + g.letters("0123456789abcdef", fit(16, least-2, most-2)) + `"`
	},
	"media-range": func(g *generator, _, _ int, _ string) string {
		return pick(g, "application/json", "text/plain", "application/*", "text/html")
	},
	"sf-string": func(g *generator, least, most int, _ string) string {
		return `"` + stretch(g.word(), least-2, most-2, g) + `"`
	},
	"sf-token": func(g *generator, least, most int, _ string) string { return stretch(g.word(), least, most, g) },
	"sf-binary": func(g *generator, least, most int, _ string) string {
		return ":" + g.base64(least-2, most-2, false) + ":"
	},
	"sf-boolean": func(g *generator, _, _ int, _ string) string { return pick(g, "?1", "?0") },
	"commonmark": func(g *generator, least, most int, _ string) string { return g.sentence(least, most) },
	"markdown":   func(g *generator, least, most int, _ string) string { return g.sentence(least, most) },
	"html": func(g *generator, least, most int, _ string) string {
		return "<p>" + g.sentence(least-7, most-7) + "</p>"
	},
	"phone":    func(g *generator, least, most int, _ string) string { return g.phone(most) },
	"color":    func(g *generator, _, _ int, _ string) string { return "#" + g.letters("0123456789abcdef", 6) },
	"currency": func(g *generator, _, _ int, _ string) string { return pick(g, currencies...) },

	// Numbers written as strings.
	"int32":      digits,
	"int64":      digits,
	"uint64":     digits,
	"integer":    digits,
	"decimal":    decimal,
	"decimal128": decimal,
	"double":     decimal,
	"float":      decimal,
	"number":     decimal,
}

// fit is the length nearest to the one wanted that is allowed.
func fit(want, least, most int) int { return max(min(max(want, least), most), 0) }

// stretch cuts or lengthens a text of letters by letters.
func stretch(text string, least, most int, g *generator) string {
	n := utf8.RuneCountInString(text)
	switch {
	case n > most && len(text) == n:
		return text[:max(most, 0)]
	case n < least:
		return text + g.letters("abcdefghijklmnopqrstuvwxyz", min(least, maxText)-n)
	}
	return text
}

// email is an address at a domain that RFC 2606 keeps for examples.
func email(g *generator, least, most int, _ string) string {
	local := strings.ToLower(pick(g, givenNames...))
	at := "@example.com"
	if least > 64+len(at) { // the local part has 64 at most (RFC 5321 §4.5.3.1.1)
		at = "@" + labels(g, least-len(local)-len(at)) + ".example.com"
	}
	if room := most - len(at); room < len(local) {
		if local = local[:max(min(room, 1), 0)]; room < 1 {
			local, at = "a", "@"+g.letters("abcdefghijklmnopqrstuvwxyz", max(min(most-2, 8), 1))
		}
	}
	return stretch(local, least-len(at), schema.None, g) + at
}

// labels makes host labels of n characters together, dots included.
func labels(g *generator, n int) string {
	var b strings.Builder
	for n > 0 {
		size := min(n, 60)
		if n-size == 1 {
			size--
		}
		if b.Len() > 0 {
			b.WriteByte('.')
			size--
			n--
		}
		size = max(size, 1)
		b.WriteString(g.letters("abcdefghijklmnopqrstuvwxyz", size))
		n -= size
	}
	return b.String()
}

func hostname(g *generator, least, most int, _ string) string {
	const base = "example.com"
	if most < len(base) {
		return g.letters("abcdefghijklmnopqrstuvwxyz", max(min(most, 8), 1))
	}
	text := pick(g, "api", "www", "files", "mail") + "." + base
	if len(text) > most {
		text = base
	}
	if len(text) < least {
		text = labels(g, least-len(base)-1) + "." + base
	}
	return text
}

// ipv4 is an address that RFC 5737 keeps for documentation.
func ipv4(g *generator, least, most int, _ string) string {
	if most < 9 {
		return "10.0.0.1"
	}
	return pick(g, "192.0.2.", "198.51.100.", "203.0.113.") + strconv.Itoa(1+g.rng.IntN(254))
}

func uri(g *generator, least, most int, name string) string {
	word := g.word()
	text := "https://example.com/" + word + "s/" + strconv.Itoa(1+g.rng.IntN(99))
	if words := wordsOf(name); hasText(words, "image") || hasText(words, "avatar") || hasText(words, "logo") || hasText(words, "icon") {
		text = "https://example.com/images/" + word + ".png"
	}
	if len(text) > most {
		text = "https://" + g.letters("abcdefghijklmnopqrstuvwxyz", max(min(most-8, 12), 1))
	}
	if len(text) > most {
		text = "a:" + g.letters("abcdefghijklmnopqrstuvwxyz", max(min(most-2, 6), 1))
	}
	return stretch(text, least, most, g)
}

func reference(g *generator, least, most int, _ string) string {
	return stretch("/"+g.word()+"s/"+strconv.Itoa(1+g.rng.IntN(99)), least, most, g)
}

// uuid is of version 4 (RFC 9562 §5.4).
func uuid(g *generator, _, most int, _ string) string {
	a, b := g.rng.Uint64(), g.rng.Uint64()
	if most == 32 {
		return fmt.Sprintf("%016x%016x", a&^0xf000|0x4000, b&^(3<<62)|1<<63)
	}
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}

func digits(g *generator, least, most int, _ string) string {
	n := fit(3, least, min(most, 18))
	if n == 0 {
		return ""
	}
	return g.letters("123456789", 1) + g.letters("0123456789", n-1)
}

func decimal(g *generator, least, most int, _ string) string {
	if most < 4 {
		return digits(g, least, most, "")
	}
	return digits(g, least-3, min(most-3, 6), "") + "." + g.letters("0123456789", 2)
}

// moment is a time without a clock behind it: in the past, but for members
// whose name speaks of the future.
func (g *generator) moment(name string) time.Time {
	from := time.Date(2025, 1, 1, 8, 0, 0, 0, time.UTC)
	for _, w := range wordsOf(name) {
		switch w {
		case "expires", "expiry", "expiration", "expire", "until", "due", "deadline", "end", "ends", "next", "reset", "renews", "exp":
			from = time.Date(2035, 1, 1, 8, 0, 0, 0, time.UTC)
		case "birth", "birthday", "birthdate", "dob":
			from = time.Date(1985, 1, 1, 8, 0, 0, 0, time.UTC)
		case "updated", "modified", "completed", "finished":
			from = time.Date(2025, 7, 1, 8, 0, 0, 0, time.UTC)
		}
	}
	return from.AddDate(0, 0, g.rng.IntN(150)).Add(time.Duration(g.rng.IntN(10*3600)) * time.Second)
}
