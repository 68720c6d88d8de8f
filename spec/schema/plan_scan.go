package schema

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// space skips white space (RFC 8259 §2).
func (r *run) space() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\n', '\r', '\t':
			r.at++
		default:
			return
		}
	}
}

// next skips white space and returns the byte behind it, or 0 at the end.
func (r *run) next() byte {
	if r.at < len(r.text) && r.text[r.at] > ' ' {
		return r.text[r.at]
	}
	r.space()
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

const (
	eachByte = 0x0101010101010101
	highBits = 0x8080808080808080
)

// special marks with its high bit the first byte of a word that is a quote, a
// backslash, a control character or not ASCII; bytes above that one may be
// marked without being any.
func special(w uint64) uint64 {
	quote := w ^ eachByte*'"'
	slash := w ^ eachByte*'\\'
	return ((quote-eachByte)&^quote | (slash-eachByte)&^slash | (w-eachByte*' ')&^w | w) & highBits
}

// str reads the string whose opening quote is at r.at and returns its
// characters, and whether they are all ASCII. Only a string with escapes is
// copied.
func (r *run) str() (s []byte, ascii, ok bool) {
	start, i, text := r.at+1, r.at+1, r.text
	ascii = true
	for {
		if i+8 <= len(text) {
			marks := special(binary.LittleEndian.Uint64(text[i:]))
			if marks == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(marks) >> 3
		}
		if i >= len(text) {
			return nil, false, false
		}
		switch c := text[i]; {
		case c == '"':
			r.at = i + 1
			s = text[start:i]
			return s, ascii, ascii || utf8.Valid(s)
		case c == '\\':
			return r.escaped(start, i, ascii)
		case c < ' ':
			return nil, false, false
		case c >= utf8.RuneSelf:
			ascii = false
			for i < len(text) && text[i] >= utf8.RuneSelf {
				i++
			}
		default:
			i++
		}
	}
}

// escaped reads on in a string from its first escape.
func (r *run) escaped(start, i int, ascii bool) (s []byte, stillASCII, ok bool) {
	buf := append(r.scratchpad().text[:0], r.text[start:i]...)
	defer func() { r.scratch.text = buf }()
	for i < len(r.text) {
		c := r.text[i]
		switch {
		case c == '"':
			r.at = i + 1
			return buf, ascii, ascii || utf8.Valid(buf)
		case c < ' ':
			return nil, false, false
		case c != '\\':
			ascii = ascii && c < utf8.RuneSelf
			buf = append(buf, c)
			i++
			continue
		}
		if i+1 >= len(r.text) {
			return nil, false, false
		}
		switch e := r.text[i+1]; e {
		case '"', '\\', '/':
			buf = append(buf, e)
		case 'b':
			buf = append(buf, '\b')
		case 'f':
			buf = append(buf, '\f')
		case 'n':
			buf = append(buf, '\n')
		case 'r':
			buf = append(buf, '\r')
		case 't':
			buf = append(buf, '\t')
		case 'u':
			c, n := r.unicode(i)
			if n == 0 {
				return nil, false, false
			}
			ascii = ascii && c < utf8.RuneSelf
			buf = utf8.AppendRune(buf, c)
			i += n
			continue
		default:
			return nil, false, false
		}
		i += 2
	}
	return nil, false, false
}

// unicode reads the \u escape at i, both halves of a surrogate pair, and returns
// how many bytes it takes; 0 for none and for half a pair, which is no character.
func (r *run) unicode(i int) (rune, int) {
	c, ok := r.hex4(i)
	switch {
	case !ok || c >= 0xDC00 && c < 0xE000:
		return 0, 0
	case c < 0xD800 || c >= 0xE000:
		return c, 6
	}
	low, ok := r.hex4(i + 6)
	if !ok || low < 0xDC00 || low >= 0xE000 {
		return 0, 0
	}
	return (c-0xD800)<<10 | (low - 0xDC00) + 0x10000, 12
}

func (r *run) hex4(i int) (rune, bool) {
	if i+6 > len(r.text) || r.text[i] != '\\' || r.text[i+1] != 'u' {
		return 0, false
	}
	var c rune
	for _, h := range r.text[i+2 : i+6] {
		switch {
		case h >= '0' && h <= '9':
			h -= '0'
		case h >= 'a' && h <= 'f':
			h -= 'a' - 10
		case h >= 'A' && h <= 'F':
			h -= 'A' - 10
		default:
			return 0, false
		}
		c = c<<4 | rune(h)
	}
	return c, true
}

// textItem is the item of a string that is given without quotes.
func textItem(s []byte) (item, bool) {
	v := item{kind: TypeString, text: s, ascii: true}
	for _, c := range s {
		if c >= utf8.RuneSelf {
			v.ascii = false
			return v, utf8.Valid(s)
		}
	}
	return v, true
}
