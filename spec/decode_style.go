package spec

import (
	"strings"
)

// escaping is how bytes that would be misread are written in a part of a request.
type escaping uint8

const (
	unescaped      escaping = iota // headers: as they are
	percentEncoded                 // paths, cookies: RFC 3986 §2.1
	formEncoded                    // queries and forms: a plus sign is a space, too
)

// decode undoes the escaping of one text.
func (e escaping) decode(text string) (string, error) {
	if e == unescaped {
		return text, nil
	}
	at := 0
	for at < len(text) && text[at] != '%' && !(e == formEncoded && text[at] == '+') {
		at++
	}
	if at == len(text) {
		return text, nil
	}
	out := append(make([]byte, 0, len(text)), text[:at]...)
	for ; at < len(text); at++ {
		c := text[at]
		switch {
		case c == '+' && e == formEncoded:
			c = ' '
		case c == '%':
			if at+2 >= len(text) || !isHex(text[at+1]) || !isHex(text[at+2]) {
				return "", syntaxf("has a broken percent-encoding: %q", text[at:min(at+3, len(text))])
			}
			c = unhex(text[at+1])<<4 | unhex(text[at+2])
			at += 2
		}
		out = append(out, c)
	}
	return string(out), nil
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// flat is a value in one text, whose parts are divided by a delimiter.
type flat struct {
	text      string
	delimiter string
	pairs     bool // members are written name=value, else name and value are parts of their own
	escaping  escaping
	lax       bool // it is the loose reading already
	dotted    bool // a dot may stand for the delimiter (label style before OpenAPI 3.0.4)
}

func (f flat) scalar() (string, error) {
	if f.lax {
		return "", syntaxf("is no single value")
	}
	return f.escaping.decode(f.text)
}

func (f flat) split() []string {
	parts := strings.Split(f.text, f.delimiter)
	if f.escaping == unescaped {
		for i := range parts {
			parts[i] = strings.Trim(parts[i], " \t")
		}
	}
	return parts
}

func (f flat) list() ([]string, error) {
	parts := f.split()
	for i, part := range parts {
		text, err := f.escaping.decode(part)
		if err != nil {
			return nil, err
		}
		parts[i] = text
	}
	return parts, nil
}

func (f flat) members() ([]field, error) {
	if f.text == "" {
		return nil, nil
	}
	var g gathering
	parts := f.split()
	for i := 0; i < len(parts); i++ {
		name, value := parts[i], ""
		if f.pairs {
			var ok bool
			if name, value, ok = strings.Cut(name, "="); !ok {
				return nil, syntaxf("has %q where name=value is needed", name)
			}
		} else {
			if i++; i == len(parts) {
				return nil, syntaxf("has no value for its last member %q", name)
			}
			value = parts[i]
		}
		if err := g.addEscaped(f.escaping, name, value); err != nil {
			return nil, err
		}
	}
	return g.fields, nil
}

func (f flat) loose() wire {
	if f.lax {
		return nil
	}
	laxer := f
	laxer.lax = true
	if f.dotted && strings.Contains(f.text, ".") {
		laxer.delimiter = "."
		return laxer
	}
	// Many clients percent-encode the commas between items, too.
	if f.escaping != unescaped && f.delimiter == "," && strings.Contains(f.text, "%2") {
		laxer.text = strings.NewReplacer("%2C", ",", "%2c", ",").Replace(f.text)
		if laxer.text != f.text {
			return laxer
		}
	}
	return nil
}

// gathering collects members, those of one name together.
type gathering struct {
	fields []field
	index  map[string]int
}

func (g *gathering) add(name, value string) {
	if g.index == nil {
		g.index = map[string]int{}
	}
	i, ok := g.index[name]
	if !ok {
		i = len(g.fields)
		g.index[name] = i
		g.fields = append(g.fields, field{name: name})
	}
	g.fields[i].values = append(g.fields[i].values, value)
}

func (g *gathering) addEscaped(e escaping, name, value string) error {
	name, err := e.decode(name)
	if err != nil {
		return err
	}
	if value, err = e.decode(value); err != nil {
		return err
	}
	g.add(name, value)
	return nil
}

// repeated is a value that is given by several name=value pairs.
type repeated struct {
	name     string
	values   []string // of the pairs with the parameter's own name, escaped
	fields   func() ([]field, error)
	escaping escaping
}

func (r repeated) scalar() (string, error) {
	switch len(r.values) {
	case 0:
		return "", syntaxf("has members where one value is needed")
	case 1:
		return r.escaping.decode(r.values[0])
	}
	return "", syntaxf("is given %d times where one value is needed", len(r.values))
}

func (r repeated) list() ([]string, error) {
	out := make([]string, len(r.values))
	for i, v := range r.values {
		text, err := r.escaping.decode(v)
		if err != nil {
			return nil, err
		}
		out[i] = text
	}
	return out, nil
}

func (r repeated) members() ([]field, error) { return r.fields() }

func (r repeated) loose() wire { return nil }

// broken is a text that does not even have the frame of its style.
type broken struct{ err error }

func (b broken) scalar() (string, error)   { return "", b.err }
func (b broken) list() ([]string, error)   { return nil, b.err }
func (b broken) members() ([]field, error) { return nil, b.err }
func (b broken) loose() wire               { return nil }

// pathWire returns the wire form of a path segment (OpenAPI 3.1 §4.8.12.2; RFC
// 6570 §3.2.2, §3.2.5, §3.2.7).
func (p *Parameter) pathWire(raw string) wire {
	switch p.Style {
	case "label":
		text, ok := strings.CutPrefix(raw, ".")
		if !ok {
			return broken{syntaxf(`must begin with "." (style label)`)}
		}
		if p.Explode {
			return flat{text: text, delimiter: ".", pairs: true, escaping: percentEncoded}
		}
		return flat{text: text, delimiter: ",", escaping: percentEncoded, dotted: true}
	case "matrix":
		return p.matrix(raw)
	}
	return flat{text: raw, delimiter: ",", pairs: p.Explode, escaping: percentEncoded}
}

func (p *Parameter) matrix(raw string) wire {
	text, ok := strings.CutPrefix(raw, ";")
	if !ok {
		return broken{syntaxf(`must begin with ";" (style matrix)`)}
	}
	if !p.Explode {
		name, value, _ := strings.Cut(text, "=")
		if decoded, err := percentEncoded.decode(name); err != nil || decoded != p.Name {
			return broken{syntaxf("must begin with %q (style matrix)", ";"+p.Name+"=")}
		}
		return flat{text: value, delimiter: ",", escaping: percentEncoded}
	}
	r := repeated{name: p.Name, escaping: percentEncoded}
	segments := strings.Split(text, ";")
	for _, segment := range segments {
		name, value, _ := strings.Cut(segment, "=")
		if decoded, err := percentEncoded.decode(name); err == nil && decoded == p.Name {
			r.values = append(r.values, value)
		}
	}
	r.fields = func() ([]field, error) {
		var g gathering
		if len(segments) == 1 && segments[0] == p.Name {
			return nil, nil // the empty object
		}
		for _, segment := range segments {
			name, value, _ := strings.Cut(segment, "=")
			if err := g.addEscaped(percentEncoded, name, value); err != nil {
				return nil, err
			}
		}
		return g.fields, nil
	}
	if r.values == nil && !p.codec().shape.types.Has(objectType) {
		return broken{syntaxf("must begin with %q (style matrix)", ";"+p.Name+"=")}
	}
	return r
}

// headerWire returns the wire form of a header, whose lines are one list (RFC
// 9110 §5.3). Nothing is percent-encoded in it (OpenAPI 3.2 appendix D).
func (p *Parameter) headerWire(values []string) wire {
	text := values[0]
	if len(values) > 1 {
		text = strings.Join(values, ", ")
	}
	return flat{text: strings.Trim(text, " \t"), delimiter: ",", pairs: p.Explode, escaping: unescaped}
}
