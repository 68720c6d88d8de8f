package sample

import (
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/concord-api/concord/spec/schema"
)

var (
	givenNames = []string{"Ana", "Bruno", "Carla", "Daniel", "Elena", "Felix", "Grace", "Hugo", "Irene", "Jonas"}
	surnames   = []string{"Silva", "Costa", "Meyer", "Tanaka", "Okafor", "Novak", "Rossi", "Larsen", "Haddad", "Kim"}
	companies  = []string{"Acme", "Globex", "Initech", "Umbrella", "Northwind", "Contoso"}
	cities     = []string{"Lisbon", "Berlin", "Nairobi", "Osaka", "Toronto", "Valencia", "Recife", "Oslo"}
	countries  = []string{"BR", "DE", "JP", "KE", "NO", "PT", "US", "CA"}
	currencies = []string{"EUR", "USD", "BRL", "JPY", "GBP", "CAD"}
	streets    = []string{"Harbour Street", "Mill Lane", "Station Road", "Garden Avenue", "River Walk"}
	nouns      = []string{"amber", "basil", "cedar", "delta", "ember", "fjord", "grove", "hazel", "ivory", "jade", "lemon", "maple"}
	sentences  = []string{
		"The first order of the week.", "A short note on what was agreed.", "Checked and found in order.",
		"All parts arrived in time.", "Waiting for a second look.", "Made for the spring release.",
	}
)

// plausibleTexts says what a member's name calls for: the first row one of
// whose words, or whose two words together, end the name.
var plausibleTexts = []struct {
	words []string
	write func(g *generator) string
}{
	{[]string{"email", "mail", "e mail", "email address"}, func(g *generator) string { return email(g, 0, schema.None, "") }},
	{[]string{"first name", "given name", "firstname"}, func(g *generator) string { return pick(g, givenNames...) }},
	{[]string{"last name", "family name", "surname", "lastname"}, func(g *generator) string { return pick(g, surnames...) }},
	{[]string{"user name", "username", "login", "nickname", "handle", "user"}, func(g *generator) string { return strings.ToLower(pick(g, givenNames...)) }},
	{[]string{"company", "organization", "organisation", "company name", "employer", "org", "merchant"}, func(g *generator) string { return pick(g, companies...) }},
	{[]string{"file name", "filename", "file"}, func(g *generator) string { return g.word() + ".txt" }},
	{[]string{"host name", "hostname", "host", "domain", "domain name"}, func(g *generator) string { return hostname(g, 0, schema.None, "") }},
	{[]string{"name", "full name", "display name", "fullname", "author", "owner", "customer", "contact", "assignee"}, func(g *generator) string { return pick(g, givenNames...) + " " + pick(g, surnames...) }},
	{[]string{"phone", "phone number", "telephone", "mobile", "fax", "msisdn"}, func(g *generator) string { return g.phone(schema.None) }},
	{[]string{"city", "town", "locality"}, func(g *generator) string { return pick(g, cities...) }},
	{[]string{"country", "country code", "nationality"}, func(g *generator) string { return pick(g, countries...) }},
	{[]string{"state", "status", "phase"}, func(g *generator) string { return pick(g, "active", "pending", "open") }},
	{[]string{"region", "province", "location"}, func(g *generator) string { return pick(g, "north", "south", "east", "west") }},
	{[]string{"street", "address", "address line", "line1", "address1", "street address"}, func(g *generator) string { return strconv.Itoa(1+g.rng.IntN(99)) + " " + pick(g, streets...) }},
	{[]string{"zip", "zip code", "postal code", "postcode", "zipcode"}, func(g *generator) string { return g.letters("123456789", 5) }},
	{[]string{"currency", "currency code"}, func(g *generator) string { return pick(g, currencies...) }},
	{[]string{"locale", "language", "lang", "language code"}, func(g *generator) string { return pick(g, "en", "pt-BR", "de", "fr") }},
	{[]string{"timezone", "time zone", "tz"}, func(g *generator) string { return pick(g, "Europe/Lisbon", "UTC", "America/Sao_Paulo") }},
	{[]string{"url", "uri", "href", "link", "website", "homepage", "callback", "webhook"}, func(g *generator) string { return uri(g, 0, schema.None, "") }},
	{[]string{"avatar", "image", "logo", "icon", "photo", "picture", "thumbnail"}, func(g *generator) string { return uri(g, 0, schema.None, "image") }},
	{[]string{"uuid", "guid"}, func(g *generator) string { return uuid(g, 0, schema.None, "") }},
	{[]string{"sha", "hash", "checksum", "digest", "commit", "fingerprint"}, func(g *generator) string { return g.letters("0123456789abcdef", 40) }},
	{[]string{"token", "secret", "cursor", "key", "api key", "nonce", "signature"}, func(g *generator) string {
		return g.letters("abcdefghijklmnopqrstuvwxyz0123456789", 24)
	}},
	{[]string{"id", "identifier", "ref", "reference"}, func(g *generator) string {
		return g.letters("abcdefghijklmnopqrstuvwxyz0123456789", 12)
	}},
	{[]string{"description", "summary", "comment", "message", "note", "notes", "text", "body", "content", "detail", "details", "bio", "reason", "about"}, func(g *generator) string { return pick(g, sentences...) }},
	{[]string{"title", "subject", "headline", "caption", "label"}, func(g *generator) string { return capital(g.word() + " " + g.word()) }},
	{[]string{"version"}, func(g *generator) string { return formats["semver"](g, 0, schema.None, "") }},
	{[]string{"path", "pathname", "directory"}, func(g *generator) string { return "/" + g.word() + "/" + g.word() }},
	{[]string{"color", "colour"}, func(g *generator) string { return "#" + g.letters("0123456789abcdef", 6) }},
	{[]string{"slug", "tag", "topic", "category", "type", "kind"}, func(g *generator) string { return g.word() }},
	{[]string{"ip", "ip address"}, func(g *generator) string { return ipv4(g, 0, schema.None, "") }},
	{[]string{"code"}, func(g *generator) string { return strings.ToUpper(g.letters("abcdefghjkmnpqrstuvwxyz", 4)) }},
	{[]string{"at", "timestamp", "datetime", "created", "updated", "modified"}, func(g *generator) string { return g.moment("").Format("2006-01-02T15:04:05Z") }},
	{[]string{"date", "day", "birthday"}, func(g *generator) string { return g.moment("").Format("2006-01-02") }},
	{[]string{"amount", "price", "total", "balance"}, func(g *generator) string { return decimal(g, 0, schema.None, "") }},
}

// byEnding finds the row of plausibleTexts for an ending.
var byEnding = sync.OnceValue(func() map[string]func(*generator) string {
	m := map[string]func(*generator) string{}
	for _, row := range plausibleTexts {
		for _, w := range row.words {
			if m[w] == nil {
				m[w] = row.write
			}
		}
	}
	return m
})

// plausible is a text that suits the name of a member, of a length that is
// allowed. With odd set it is another one each time.
func (g *generator) plausible(name string, least, most int, odd bool) string {
	if name != "" && g.variant < 8 && !odd {
		words := wordsOf(name)
		if n := len(words); n > 0 {
			write := byEnding()[words[n-1]]
			if n > 1 {
				if two := byEnding()[words[n-2]+" "+words[n-1]]; two != nil {
					write = two
				}
			}
			if write != nil {
				text := write(g)
				if size := len([]rune(text)); size >= least && size <= most {
					return text
				}
			}
		}
	}
	if odd || g.variant > 0 {
		return g.letters("abcdefghijklmnopqrstuvwxyz", fit(6+g.rng.IntN(6), least, min(most, maxText)))
	}
	return g.phrase(least, most)
}

// phrase is words of a length that is allowed, one word where that will do.
func (g *generator) phrase(least, most int) string {
	text := g.word()
	for len(text) < least && len(text) < maxText {
		text += " " + g.word()
	}
	if most = min(most, maxText); len(text) > most {
		text = text[:max(most, 0)]
		if strings.HasSuffix(text, " ") {
			text = text[:len(text)-1] + "s"
		}
	}
	return text
}

func (g *generator) sentence(least, most int) string {
	text := pick(g, sentences...)
	if len(text) < least || len(text) > most {
		return g.phrase(least, most)
	}
	return text
}

// phone is a number that is kept for fiction (+1 555 0100 to 0199).
func (g *generator) phone(int) string { return "+1202555" + "01" + g.letters("0123456789", 2) }

func (g *generator) word() string { return pick(g, nouns...) }

func (g *generator) letters(from string, n int) string {
	if n <= 0 {
		return ""
	}
	b := make([]byte, n)
	for i := range b {
		b[i] = from[g.rng.IntN(len(from))]
	}
	return string(b)
}

func pick[T any](g *generator, from ...T) T { return from[g.rng.IntN(len(from))] }

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// plausibleNumber is a number that suits the name of a member, "" where the
// name says nothing.
func (g *generator) plausibleNumber(name string, fraction bool) string {
	words := wordsOf(name)
	if len(words) == 0 {
		return ""
	}
	switch words[len(words)-1] {
	case "page":
		return "1"
	case "limit", "size", "page_size", "perpage":
		return "20"
	case "year":
		return "2026"
	case "month":
		return strconv.Itoa(1 + g.rng.IntN(12))
	case "day":
		return strconv.Itoa(1 + g.rng.IntN(28))
	case "port":
		return "8080"
	case "age":
		return strconv.Itoa(20 + g.rng.IntN(50))
	case "lat", "latitude":
		return pick(g, "38.72", "52.52", "-8.05", "59.91")
	case "lng", "lon", "long", "longitude":
		return pick(g, "-9.14", "13.41", "-34.88", "10.75")
	case "price", "amount", "cost", "total", "fee", "balance", "subtotal":
		if fraction {
			return strconv.Itoa(1+g.rng.IntN(200)) + "." + g.letters("0123456789", 1) + g.letters("123456789", 1)
		}
	case "percent", "percentage":
		return strconv.Itoa(g.rng.IntN(101))
	case "status", "code":
		return "200"
	}
	return ""
}

// wordsOf splits a name at case changes, digits' ends and separators, in lower
// case: "createdAt", "created_at" and "Created-At" are "created", "at".
func wordsOf(name string) []string {
	var words []string
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			words = append(words, b.String())
			b.Reset()
		}
	}
	lower := false
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			lower = false
			continue
		case unicode.IsUpper(r) && lower:
			flush()
		}
		lower = unicode.IsLower(r) || unicode.IsDigit(r)
		b.WriteRune(unicode.ToLower(r))
	}
	flush()
	return words
}
