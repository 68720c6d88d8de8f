package schema

import "unicode/utf8"

// textRules are what a string must keep to.
type textRules struct {
	min, max int // characters
	matchers []*matcher
	formats  []func([]byte) bool // each true only where the library accepts
}

func (rules *textRules) check(v *item) verdict {
	if rules.min > 0 || rules.max != None {
		n := len(v.text)
		if !v.ascii {
			n = utf8.RuneCount(v.text)
		}
		if n < rules.min || n > rules.max {
			return invalid
		}
	}
	for _, m := range rules.matchers {
		if !m.match(v.text) {
			return invalid
		}
	}
	for _, is := range rules.formats {
		if !is(v.text) {
			return unsure
		}
	}
	return valid
}

// literals are the values of an enum or const.
type literals struct {
	null, yes, no bool
	texts         *names
	numbers       []number
	inexact       bool  // some numbers are not among numbers
	composite     Types // arrays, objects: kinds that only the library compares
}

func newLiterals(values []Value) *literals {
	l := &literals{}
	var texts []string
	known := map[string]bool{} // real enums have tens of thousands of values
	for _, v := range values {
		switch v.Kind() {
		case 'n':
			l.null = true
		case 't':
			l.yes = true
		case 'f':
			l.no = true
		case '{':
			l.composite |= TypeObject
		case '[':
			l.composite |= TypeArray
		case '"':
			s, ok := decode(v).(string)
			if ok && !known[s] {
				known[s] = true
				texts = append(texts, s)
			}
		default:
			if n, ok := parseNumber(string(v)); ok {
				l.numbers = append(l.numbers, n)
			} else {
				l.inexact = true
			}
		}
	}
	l.texts = newNames(texts)
	return l
}

func verdictOf(ok bool) verdict {
	if ok {
		return valid
	}
	return invalid
}

// find tells whether a scalar is among the values.
func (l *literals) find(v *item) verdict {
	switch v.kind {
	case TypeString:
		return verdictOf(l.texts.find(v.text) >= 0)
	case TypeNull:
		return verdictOf(l.null)
	case TypeBoolean:
		return verdictOf(v.truth && l.yes || !v.truth && l.no)
	}
	if v.number.exact {
		for i := range l.numbers {
			if l.numbers[i].mantissa == v.number.mantissa && l.numbers[i].scale == v.number.scale {
				return valid
			}
		}
	}
	if l.inexact || !v.number.exact && len(l.numbers) > 0 {
		return unsure
	}
	return invalid
}
