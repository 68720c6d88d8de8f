package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf16"

	"github.com/pb33f/go-yaml"
)

// Parse reads a document of YAML or JSON. The error is the parser's own.
func Parse(text []byte) (*yaml.Node, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(Text(text), &root); err != nil {
		return nil, err
	}
	return &root, nil
}

// Text returns a document as the parser reads it: without a byte order mark,
// and JSON without the escapes that YAML does not have, which are `\/` (YAML
// 1.1) and pairs of surrogates. A lone surrogate, which no text can hold, is
// U+FFFD then.
func Text(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF"))
	foreign := bytes.Contains(text, []byte(`\/`)) || bytes.Contains(text, []byte(`\ud`)) || bytes.Contains(text, []byte(`\uD`))
	if start := bytes.TrimLeft(text, " \t\r\n"); !foreign || len(start) == 0 || start[0] != '{' && start[0] != '[' || !json.Valid(text) {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' { // in JSON, only strings have these
			out = append(out, text[i])
			continue
		}
		i++
		switch text[i] {
		case '/':
			out = append(out, '/')
		case 'u':
			r := unit(text[i+1:])
			i += 4
			if !utf16.IsSurrogate(r) {
				out = append(append(out, `\u`...), text[i-3:i+1]...)
				continue
			}
			pair := rune(-1)
			if bytes.HasPrefix(text[i+1:], []byte(`\u`)) {
				pair = utf16.DecodeRune(r, unit(text[i+3:]))
			}
			if pair < 0 || pair == '\uFFFD' {
				out = append(out, `\uFFFD`...)
				continue
			}
			out = fmt.Appendf(out, `\U%08X`, pair)
			i += 6
		default:
			out = append(out, '\\', text[i])
		}
	}
	return out
}

// unit reads the four hexadecimal digits of an escape in valid JSON.
func unit(text []byte) rune {
	n, err := strconv.ParseUint(string(text[:4]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}
