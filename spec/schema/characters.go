package schema

import (
	"fmt"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/rangetable"
)

// Characters returns the characters that \p{name} stands for (ECMA-262 §22.2.2.9):
// a general category by its short or long name, a script or a binary property,
// as Go's tables of Unicode have them. Script extensions are not in them: scx
// is read as the script alone. A script without "Script=", which ECMA-262 does
// not allow, is what its author means all the same.
func Characters(name string) (*unicode.RangeTable, bool) {
	kind, value, ok := strings.Cut(name, "=")
	if !ok {
		for _, find := range []func(string) *unicode.RangeTable{category, binaryProperty, script} {
			if t := find(name); t != nil {
				return t, true
			}
		}
		return nil, false
	}
	var t *unicode.RangeTable
	switch kind {
	case "General_Category", "gc":
		t = category(value)
	case "Script", "sc", "Script_Extensions", "scx":
		t = script(value)
	}
	return t, t != nil
}

func category(name string) *unicode.RangeTable {
	if t := unicode.Categories[name]; t != nil {
		return t
	}
	return unicode.Categories[unicode.CategoryAliases[name]]
}

// script knows the names of scripts; their four-letter codes are in no table of
// Go's, but for those that patterns have.
func script(name string) *unicode.RangeTable {
	if long, ok := scriptCodes[name]; ok {
		name = long
	}
	return unicode.Scripts[name]
}

var scriptCodes = map[string]string{
	"Arab": "Arabic", "Armn": "Armenian", "Beng": "Bengali", "Cyrl": "Cyrillic", "Deva": "Devanagari", "Ethi": "Ethiopic",
	"Geor": "Georgian", "Grek": "Greek", "Gujr": "Gujarati", "Guru": "Gurmukhi", "Hang": "Hangul", "Hani": "Han",
	"Hebr": "Hebrew", "Hira": "Hiragana", "Kana": "Katakana", "Khmr": "Khmer", "Laoo": "Lao", "Latn": "Latin",
	"Mlym": "Malayalam", "Mong": "Mongolian", "Mymr": "Myanmar", "Taml": "Tamil", "Telu": "Telugu", "Thai": "Thai",
	"Tibt": "Tibetan", "Zinh": "Inherited", "Zyyy": "Common",
}

// binaryProperty knows the binary properties of ECMA-262's table 68 that follow from
// Go's tables. Those of emoji and of case folding do not.
func binaryProperty(name string) *unicode.RangeTable {
	if long, ok := binaryAliases[name]; ok {
		name = long
	}
	if derive := derived[name]; derive != nil {
		return derive()
	}
	if binaryOfGo[name] {
		return unicode.Properties[name]
	}
	return nil
}

var binaryAliases = map[string]string{
	"Alpha": "Alphabetic", "Upper": "Uppercase", "Lower": "Lowercase", "space": "White_Space",
	"AHex": "ASCII_Hex_Digit", "Hex": "Hex_Digit", "Bidi_C": "Bidi_Control", "Dep": "Deprecated", "Dia": "Diacritic",
	"Ext": "Extender", "IDS": "ID_Start", "IDC": "ID_Continue", "Ideo": "Ideographic", "Join_C": "Join_Control",
	"LOE": "Logical_Order_Exception", "NChar": "Noncharacter_Code_Point", "Pat_Syn": "Pattern_Syntax",
	"Pat_WS": "Pattern_White_Space", "QMark": "Quotation_Mark", "RI": "Regional_Indicator", "STerm": "Sentence_Terminal",
	"SD": "Soft_Dotted", "Term": "Terminal_Punctuation", "UIdeo": "Unified_Ideograph", "VS": "Variation_Selector",
}

// binaryOfGo are the properties of Go's tables that ECMA-262 has, too.
var binaryOfGo = map[string]bool{
	"ASCII_Hex_Digit": true, "Bidi_Control": true, "Dash": true, "Deprecated": true, "Diacritic": true, "Extender": true,
	"Hex_Digit": true, "IDS_Binary_Operator": true, "IDS_Trinary_Operator": true, "Ideographic": true, "Join_Control": true,
	"Logical_Order_Exception": true, "Noncharacter_Code_Point": true, "Pattern_Syntax": true, "Pattern_White_Space": true,
	"Quotation_Mark": true, "Radical": true, "Regional_Indicator": true, "Sentence_Terminal": true, "Soft_Dotted": true,
	"Terminal_Punctuation": true, "Unified_Ideograph": true, "Variation_Selector": true, "White_Space": true,
}

// derived makes the properties that follow from others (UAX #44 §5.3), each at
// its first use.
var derived = map[string]func() *unicode.RangeTable{
	"Any":        sync.OnceValue(func() *unicode.RangeTable { return complement(&unicode.RangeTable{}) }),
	"ASCII":      sync.OnceValue(func() *unicode.RangeTable { return between(0, unicode.MaxASCII) }),
	"Assigned":   sync.OnceValue(func() *unicode.RangeTable { return complement(unicode.Categories["Cn"]) }),
	"Uppercase":  merged(unicode.Lu, unicode.Other_Uppercase),
	"Lowercase":  merged(unicode.Ll, unicode.Other_Lowercase),
	"Alphabetic": merged(unicode.L, unicode.Nl, unicode.Other_Alphabetic),
	"ID_Start":   merged(unicode.L, unicode.Nl, unicode.Other_ID_Start),
	"ID_Continue": merged(unicode.L, unicode.Nl, unicode.Other_ID_Start, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc,
		unicode.Other_ID_Continue),
}

func merged(tables ...*unicode.RangeTable) func() *unicode.RangeTable {
	return sync.OnceValue(func() *unicode.RangeTable { return rangetable.Merge(tables...) })
}

func between(low, high rune) *unicode.RangeTable {
	return &unicode.RangeTable{R32: []unicode.Range32{{Lo: uint32(low), Hi: uint32(high), Stride: 1}}}
}

// complement has the characters that a table lacks.
func complement(t *unicode.RangeTable) *unicode.RangeTable {
	out := &unicode.RangeTable{}
	next := rune(0)
	for r := range Runs(t) {
		if r[0] > next {
			out.R32 = append(out.R32, unicode.Range32{Lo: uint32(next), Hi: uint32(r[0] - 1), Stride: 1})
		}
		next = r[1] + 1
	}
	if next <= unicode.MaxRune {
		out.R32 = append(out.R32, unicode.Range32{Lo: uint32(next), Hi: unicode.MaxRune, Stride: 1})
	}
	return out
}

// Runs lists the characters of a table as first and last of each run, in order.
func Runs(t *unicode.RangeTable) func(yield func([2]rune) bool) {
	return func(yield func([2]rune) bool) {
		run := [2]rune{-1, -1}
		add := func(low, high, stride uint32) bool {
			if stride == 1 {
				if rune(low) == run[1]+1 && run[0] >= 0 {
					run[1] = rune(high)
					return true
				}
				if run[0] >= 0 && !yield(run) {
					return false
				}
				run = [2]rune{rune(low), rune(high)}
				return true
			}
			for c := low; c <= high; c += stride {
				if run[0] >= 0 && !yield(run) {
					return false
				}
				run = [2]rune{rune(c), rune(c)}
			}
			return true
		}
		for _, r := range t.R16 {
			if !add(uint32(r.Lo), uint32(r.Hi), uint32(r.Stride)) {
				return
			}
		}
		for _, r := range t.R32 {
			if !add(r.Lo, r.Hi, r.Stride) {
				return
			}
		}
		if run[0] >= 0 {
			yield(run)
		}
	}
}

// PropertyEscape reads what follows the p or P of an escape: {name}, or one
// letter, as Perl and Go have it and ECMA-262 does not. It returns its length, 0
// where there is neither.
func PropertyEscape(text string) (name string, length int) {
	if end := strings.IndexByte(text, '}'); end > 0 && text[0] == '{' {
		return text[1:end], end + 1
	}
	if text != "" && letter(text[0]) && unicode.Categories[text[:1]] != nil {
		return text[:1], 1
	}
	return "", 0
}

// expandProperties replaces the property escapes of a pattern by the characters
// that they stand for, in the words of an engine: write makes one of its classes,
// with its brackets outside of a class. It fails for a property that is not known.
func expandProperties(text string, write func(b *strings.Builder, r rune)) (string, error) {
	if !strings.Contains(text, `\p`) && !strings.Contains(text, `\P`) {
		return text, nil
	}
	var b strings.Builder
	inClass := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && i+1 < len(text):
			i++
			name, length := "", 0
			if text[i]|0x20 == 'p' {
				name, length = PropertyEscape(text[i+1:])
			}
			if length == 0 {
				b.WriteByte('\\')
				b.WriteByte(text[i])
				continue
			}
			t, ok := Characters(name)
			if !ok {
				return "", fmt.Errorf(`\p{%s} is no property of characters that is known here`, name)
			}
			if text[i] == 'P' {
				t = complement(t)
			}
			i += length
			if !inClass {
				b.WriteByte('[')
			}
			for r := range Runs(t) {
				write(&b, r[0])
				if r[1] > r[0] {
					b.WriteByte('-')
					write(&b, r[1])
				}
			}
			if !inClass {
				b.WriteByte(']')
			}
			continue
		case inClass:
			inClass = c != ']'
		case c == '[':
			inClass = true
		}
		b.WriteByte(c)
	}
	return b.String(), nil
}
