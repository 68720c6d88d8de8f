package mockserver

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// preferences are what a client chose for its answer, by the header Prefer
// (RFC 7240) or by the query as Prism has it. The header wins over the query.
type preferences struct {
	status   int // 0 for none
	example  string
	scenario string
	dynamic  switched
	seed     uint64
	seeded   bool
	lenient  bool // RFC 7240 §4.4: a choice that cannot be met is passed over

	asked  bool   // there is a Prefer header or a choice in the query
	faulty string // the first choice that cannot be read, as a sentence
}

// switched is a yes, a no, or nothing said.
type switched int8

const (
	unsaid switched = iota
	yes
	no
)

// queryChoices are the query parameters that choose an answer, and the
// preferences that they stand for.
var queryChoices = map[string]string{
	"__code":     "code",
	"__example":  "example",
	"__dynamic":  "dynamic",
	"__scenario": "scenario",
	"__seed":     "seed",
}

// parsePreferences reads the choices of a request, and returns its query
// without them, since no contract knows them.
func parsePreferences(header []string, query string) (preferences, string) {
	var p preferences
	if len(header) == 0 && !strings.Contains(query, "__") {
		return p, query
	}
	seen := map[string]bool{}
	set := func(name, value string) {
		// RFC 7240 §2: of a preference that is stated twice the first counts.
		if !seen[name] {
			seen[name] = true
			p.set(name, value)
		}
	}
	for _, line := range header {
		p.asked = true
		eachPreference(line, set)
	}
	return p, p.takeQuery(query, set)
}

// takeQuery reads the choices in a query and returns what is left of it.
func (p *preferences) takeQuery(query string, set func(name, value string)) string {
	if !strings.Contains(query, "__") {
		return query
	}
	kept := make([]string, 0, 4)
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		name, ok := queryChoices[key]
		if !ok {
			kept = append(kept, pair)
			continue
		}
		if text, err := url.QueryUnescape(value); err == nil {
			value = text
		}
		p.asked = true
		set(name, value)
	}
	return strings.Join(kept, "&")
}

// set takes one preference. Those that are not ours are passed over (RFC 7240
// §2: a server must ignore what it does not know).
func (p *preferences) set(name, value string) {
	switch name {
	case "code":
		status, err := strconv.Atoi(value)
		if err != nil || status < 100 || status > 599 {
			p.fault("code", value, "a status from 100 to 599")
			return
		}
		p.status = status
	case "example":
		p.example = value
	case "scenario":
		p.scenario = value
	case "dynamic":
		switch strings.ToLower(value) {
		case "", "true":
			p.dynamic = yes
		case "false":
			p.dynamic = no
		default:
			p.fault("dynamic", value, "true or false")
		}
	case "seed":
		p.seed, p.seeded = parseSeed(value), true
	case "handling":
		p.lenient = strings.EqualFold(value, "lenient")
	}
}

func (p *preferences) fault(name, value, want string) {
	if p.faulty == "" {
		p.faulty = fmt.Sprintf("the preference %s=%q is not %s", name, value, want)
	}
}

// parseSeed takes any text as a seed: a number stands for itself.
func parseSeed(text string) uint64 {
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		return n
	}
	h := uint64(14695981039346656037) // FNV-1a
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	return h
}

// eachPreference calls yield for the preferences of one header line:
//
//	preference = token [ "=" word ] *( ";" [ parameter ] )
//
// Parameters are passed over. A word that is no token is taken up to the next
// comma or semicolon, as people write names of examples without quotes.
func eachPreference(line string, yield func(name, value string)) {
	for line != "" {
		var one string
		one, line = cutUnquoted(line, ',')
		one, _ = cutUnquoted(one, ';')
		name, value, _ := strings.Cut(one, "=")
		name = strings.ToLower(strings.Trim(name, " \t"))
		if name != "" {
			yield(name, unquote(strings.Trim(value, " \t")))
		}
	}
}

// cutUnquoted cuts s around the first separator that is not within a
// quoted-string (RFC 9110 §5.6.4).
func cutUnquoted(s string, separator byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == separator && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// unquote returns the value of a quoted-string, and any other word as it is.
func unquote(word string) string {
	if len(word) < 2 || word[0] != '"' || word[len(word)-1] != '"' {
		return word
	}
	word = word[1 : len(word)-1]
	if !strings.Contains(word, `\`) {
		return word
	}
	var b strings.Builder
	for i := 0; i < len(word); i++ {
		if word[i] == '\\' && i+1 < len(word) {
			i++
		}
		b.WriteByte(word[i])
	}
	return b.String()
}

// quote writes a word of a preference: as a token where it is one.
func quote(word string) string {
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !isTokenRune(r) }) < 0 {
		return word
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(word) {
		switch c := word[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			b.WriteByte('?') // no control byte may stand in a header
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// isTokenRune tells whether a character may stand in a token (RFC 9110 §5.6.2).
func isTokenRune(r rune) bool {
	return r > ' ' && r < 0x7f && !strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}
