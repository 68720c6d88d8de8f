package schema

import "bytes"

// mostExponent is the largest exponent that the library is shown. It calculates
// with fractions of whole numbers, of as many digits as the exponent says, and
// fails beyond a million. No bound of a schema comes near, so what it finds is
// true of the larger number, too.
const mostExponent = "5000"

// tamed returns a JSON text with its exponents cut to mostExponent.
func tamed(text []byte) []byte {
	var out []byte
	from := 0 // of what is not in out yet
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			i = stringEnd(text, i)
		case c|0x20 == 'e' && i > 0 && digit(text[i-1]):
			start := i + 1
			if start < len(text) && (text[start] == '-' || text[start] == '+') {
				start++
			}
			end := start
			for end < len(text) && digit(text[end]) {
				end++
			}
			digits := bytes.TrimLeft(text[start:end], "0")
			if len(digits) > len(mostExponent) || len(digits) == len(mostExponent) && string(digits) > mostExponent {
				out = append(append(out, text[from:start]...), mostExponent...)
				from = end
			}
			i = end - 1
		}
	}
	if from == 0 {
		return text
	}
	return append(out, text[from:]...)
}

// stringEnd returns where a string of a JSON text ends that begins at i.
func stringEnd(text []byte, i int) int {
	for i++; i < len(text) && text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i
}
