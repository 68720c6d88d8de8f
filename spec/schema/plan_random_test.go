package schema

import (
	"fmt"
	"strconv"
	"strings"
)

// choices makes schemas and values from bytes, the same from the same ones. Out
// of bytes it chooses the first option always, so that everything ends.
type choices struct {
	data  []byte
	at    int
	plain bool // no escapes in texts that YAML does not have
}

func (c *choices) n(of int) int {
	if c.at >= len(c.data) {
		return 0
	}
	b := c.data[c.at]
	c.at++
	return int(b) % of
}

func (c *choices) one(of []string) string { return of[c.n(len(of))] }

// sometimes is true once in n times.
func (c *choices) sometimes(n int) bool { return c.n(n) == n-1 }

var (
	someNames    = []string{"a", "b", "c", "x-a", "kind", "ä", "q\\\"", ""}
	somePatterns = []string{
		"^a", "b$", "^[a-c]{1,3}$", "^x-", `^\\d+$`, `^\\w+@\\w+$`, "(a|b)+", "^(ab)?c*$", "[^a]", "^[^/]+/?$", "^.{2}$", "^a+ab$", "^$", "a.c", `\\p{L}`, "^(?=a)", "^a*b?a$", "ä", "^[ä-ü]+$", `\\s`, "^(?i)ab$", "^a{0,2}$", "^[a-z]+-[0-9]*$",
	}
	someFormats = []string{
		"date-time", "date", "time", "uuid", "email", "hostname", "ipv4", "ipv6", "uri", "uri-reference", "iri", "int32", "int64", "float", "password", "binary", "byte", "json-pointer", "duration", "regex", "semver",
	}
	someTexts = []string{
		"", "a", "b", "ab", "abc", "aab", "aaab", "x-a", "1", "12", "ä", "äö", "😀", "a/b", "a-1", "a\\nb", "\\u0061", "\\u00e4b", "\\ud83d\\ude00", "\\ud800", "\\/", "ABC", "a b",
		"2026-03-03T16:00:00Z", "2024-02-29", "2023-02-29", "16:00:00Z", "23:59:60Z", "2026-13-01T00:00:00Z", "0000-01-01", "16:00:00.5+01:00", "550e8400-e29b-41d4-a716-446655440000",
		"a@b.co", "a..b@c.de", "@b.co", "a@b@c.de", "\\\"a b\\\"@c.de", "a@[1.2.3.4]", "-a.b", "a-.b", "a.b.", "127.0.0.1", "01.2.3.4", "256.1.1.1", "::1", "1::", ":::", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1:2", "fe80::1%eth0",
		"https://a.b/c?d=e#f", "/a/b", "//a", "a:b", "http://", "http://a:80", "http://a:x", "http://a b", "urn:x", "mailto:a@b", "a%zz", "http://a/%41", "http://a/{b}", "http://[::1]/", "/a/0", "P1D", "1.2.3", "[",
	}
	someNumbers = []string{
		"0", "1", "2", "3", "5", "10", "-1", "-0", "1.0", "1.5", "0.1", "0.3", "2.50", "1e1", "1E-1", "100", "2147483647", "2147483648", "-2147483648", "9007199254740993", "9223372036854775807", "9223372036854775808", "123456789012345678", "1234567890123456789", "0.000000000000000001", "999999999999999999.5", "-1.25", "1e400",
	}
	someWords = []string{"null", "true", "false"}
)

// value writes any JSON value.
func (c *choices) value(b *strings.Builder, depth int) {
	kinds := 5
	if depth > 3 {
		kinds = 3
	}
	switch c.n(kinds) {
	case 0:
		b.WriteString(c.one(someWords))
	case 1:
		b.WriteString(c.one(someNumbers))
	case 2:
		text := c.one(someTexts)
		if c.plain && (strings.Contains(text, `\ud`) || strings.Contains(text, `\/`)) {
			text = ""
		}
		fmt.Fprintf(b, `"%s"`, text)
	case 3:
		b.WriteByte('[')
		for i := range c.n(5) {
			if i > 0 {
				b.WriteByte(',')
			}
			c.value(b, depth+1)
		}
		b.WriteByte(']')
	case 4:
		b.WriteByte('{')
		taken := map[string]bool{}
		for range c.n(5) {
			name := c.one(someNames)
			if taken[name] && (c.plain || !c.sometimes(10)) {
				continue
			}
			if len(taken) > 0 {
				b.WriteByte(',')
			}
			taken[name] = true
			fmt.Fprintf(b, `"%s":`, name)
			c.value(b, depth+1)
		}
		b.WriteByte('}')
	}
}

// schema writes any schema; S, A and B may be referred to.
func (c *choices) schema(depth int) string {
	var members []string
	add := func(format string, args ...any) { members = append(members, fmt.Sprintf(format, args...)) }
	sub := func() string { return c.schema(depth + 1) }
	list := func() string {
		items := []string{sub()}
		for range c.n(3) {
			items = append(items, sub())
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	named := func(names []string) string {
		taken, items := map[string]bool{}, []string{}
		for range 1 + c.n(4) {
			if name := c.one(names); !taken[name] {
				taken[name] = true
				items = append(items, fmt.Sprintf(`"%s":%s`, name, sub()))
			}
		}
		return "{" + strings.Join(items, ",") + "}"
	}
	texts := func() string {
		var items []string
		for range 1 + c.n(2) {
			items = append(items, `"`+c.one(someNames)+`"`)
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	value := func() string {
		var b strings.Builder
		c.value(&b, 2)
		return b.String()
	}
	if c.sometimes(12) {
		return c.one([]string{"true", "false"})
	}
	if c.sometimes(10) {
		add(`"$ref":"#/%s"`, c.one([]string{"A", "B", "S"}))
	}
	if c.n(3) > 0 {
		add(`"type":%s`, c.one([]string{`"object"`, `"object"`, `"array"`, `"string"`, `"string"`, `"integer"`, `"number"`, `["string","null"]`, `["object","integer"]`, `"boolean"`, `["array","string","number"]`}))
	}
	keywords := 1 + c.n(3)
	if depth > 3 {
		keywords = c.n(2)
	}
	for range keywords {
		choice := c.n(31)
		if depth > 3 {
			choice %= 14
		}
		switch choice {
		case 0:
			add(`"enum":[%s,%s,%s]`, value(), value(), value())
		case 1:
			add(`"const":%s`, value())
		case 2:
			add(`"minLength":%d`, c.n(4))
		case 3:
			add(`"maxLength":%d`, c.n(12))
		case 4:
			add(`"pattern":"%s"`, c.one(somePatterns))
		case 5, 6:
			add(`"format":"%s"`, c.one(someFormats))
		case 7:
			add(`"minimum":%s`, c.one(someNumbers))
		case 8:
			add(`"maximum":%s`, c.one(someNumbers))
		case 9:
			add(`"exclusiveMinimum":%s`, c.one(someNumbers))
		case 10:
			add(`"multipleOf":%s`, c.one([]string{"1", "2", "0.1", "0.25", "3", "1e-1"}))
		case 11:
			add(`"uniqueItems":true`)
		case 12:
			add(`"minItems":%d,"maxItems":%d`, c.n(3), c.n(5))
		case 13:
			add(`"minProperties":%d`, c.n(3))
		case 14:
			add(`"items":%s`, sub())
		case 15:
			add(`"prefixItems":%s`, list())
		case 16:
			add(`"contains":%s,"maxContains":%d`, sub(), 1+c.n(3))
		case 17, 18:
			add(`"properties":%s`, named(someNames))
		case 19:
			add(`"required":%s`, texts())
		case 20:
			add(`"additionalProperties":%s`, sub())
		case 21:
			add(`"patternProperties":%s`, named(somePatterns))
		case 22:
			add(`"propertyNames":%s`, sub())
		case 23:
			add(`"dependentRequired":{"%s":%s}`, c.one(someNames), texts())
		case 24:
			add(`"dependentSchemas":%s`, named(someNames))
		case 25:
			add(`"allOf":%s`, list())
		case 26:
			add(`"anyOf":%s`, list())
		case 27:
			add(`"oneOf":%s`, list())
		case 28:
			add(`"not":%s`, sub())
		case 29:
			add(`"if":%s,"then":%s,"else":%s`, sub(), sub(), sub())
		case 30:
			add(`"%s":%s`, c.one([]string{"unevaluatedProperties", "unevaluatedItems"}), sub())
		}
	}
	return "{" + strings.Join(unique(members), ",") + "}"
}

// unique drops members whose name has been used.
func unique(members []string) []string {
	taken, out := map[string]bool{}, []string{}
	for _, m := range members {
		name, _, _ := strings.Cut(m, ":")
		if !taken[name] {
			taken[name] = true
			out = append(out, m)
		}
	}
	return out
}

// sample writes a value that a schema likely accepts.
func (c *choices) sample(b *strings.Builder, s *Schema, depth int) {
	for range 20 {
		if s.Ref == nil {
			break
		}
		s = s.Ref
	}
	if depth > 8 || c.sometimes(30) {
		c.value(b, 3)
		return
	}
	for _, group := range [][]*Schema{s.OneOf, s.AnyOf} {
		if len(group) > 0 && s.Properties == nil {
			c.sample(b, group[c.n(len(group))], depth+1)
			return
		}
	}
	switch {
	case s.Const != nil:
		b.Write(s.Const)
		return
	case len(s.Enum) > 0:
		b.Write(s.Enum[c.n(len(s.Enum))])
		return
	case len(s.Examples) > 0 && c.sometimes(2):
		b.Write(s.Examples[0])
		return
	}
	merged := merger{}
	merged.add(s)
	kind := s.Types
	for _, m := range merged.out {
		if kind == 0 {
			kind = m.Types
		}
		if kind == 0 && m.Properties != nil {
			kind = TypeObject
		}
	}
	switch {
	case kind == 0:
		c.value(b, 2)
	case kind&TypeNull != 0 && c.sometimes(6):
		b.WriteString("null")
	case kind&TypeObject != 0:
		c.sampleObject(b, merged.out, depth)
	case kind&TypeArray != 0:
		c.sampleArray(b, s, depth)
	case kind&TypeString != 0:
		fmt.Fprintf(b, `"%s"`, c.sampleText(s))
	case kind&TypeBoolean != 0:
		b.WriteString(c.one([]string{"true", "false"}))
	case kind&numeric != 0:
		if s.Minimum != "" && c.sometimes(2) {
			b.WriteString(string(s.Minimum))
			return
		}
		b.WriteString(c.one(someNumbers[:10+c.n(len(someNumbers)-10)]))
	default:
		b.WriteString("null")
	}
}

func (c *choices) sampleObject(b *strings.Builder, all []*Schema, depth int) {
	b.WriteByte('{')
	first := true
	member := func(name string, s *Schema) {
		if !first {
			b.WriteByte(',')
		}
		first = false
		b.Write(quote(name))
		b.WriteByte(':')
		c.sample(b, s, depth+1)
	}
	taken := map[string]bool{}
	for _, s := range all {
		for _, p := range s.Properties {
			if !taken[p.Name] && (s.Requires(p.Name) || c.sometimes(3)) && !c.sometimes(40) {
				taken[p.Name] = true
				member(p.Name, p.Schema)
			}
		}
		for _, name := range s.Required {
			if !taken[name] && s.Property(name) == nil {
				taken[name] = true
				member(name, &Schema{})
			}
		}
		if s.AdditionalProperties != nil {
			for range c.n(3) {
				member("more"+strconv.Itoa(c.n(5)), s.AdditionalProperties)
			}
		}
	}
	if c.sometimes(8) {
		member(c.one(someNames), &Schema{})
	}
	b.WriteByte('}')
}

func (c *choices) sampleArray(b *strings.Builder, s *Schema, depth int) {
	b.WriteByte('[')
	for i := range s.MinItems + c.n(4) {
		if i > 0 {
			b.WriteByte(',')
		}
		switch {
		case i < len(s.PrefixItems):
			c.sample(b, s.PrefixItems[i], depth+1)
		case s.Items != nil:
			c.sample(b, s.Items, depth+1)
		default:
			c.value(b, 3)
		}
	}
	b.WriteByte(']')
}

func (c *choices) sampleText(s *Schema) string {
	for range 10 {
		text := c.one(someTexts)
		if is := planFormats[s.Format]; is == nil || is([]byte(text)) {
			return text
		}
	}
	if s.Format != "" {
		for _, text := range someTexts {
			if is := planFormats[s.Format]; is != nil && is([]byte(text)) {
				return text
			}
		}
	}
	return c.one(someTexts)
}

// mutate changes a byte or two of a text now and then.
func (c *choices) mutate(text string) string {
	for c.sometimes(5) && text != "" {
		i := (c.n(256)<<8 | c.n(256)) % len(text)
		switch c.n(4) {
		case 0:
			text = text[:i] + text[i+1:]
		case 1:
			text = text[:i] + string(rune(c.n(128))) + text[i+1:]
		case 2:
			text = text[:i] + c.one([]string{" ", ",", "0", "a", "\"", "{}", "1.0", "\\u0061", "\xff", "\n"}) + text[i:]
		case 3:
			j := min(len(text), i+c.n(16))
			text = text[:j] + text[i:j] + text[j:]
		}
	}
	return text
}
