package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// valueAt is the JSON text at a pointer (RFC 6901) in a body, "" where there is
// none.
func valueAt(body []byte, pointer string) string {
	at := json.RawMessage(body)
	for _, token := range strings.Split(pointer, "/")[1:] {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		var members map[string]json.RawMessage
		var items []json.RawMessage
		switch {
		case json.Unmarshal(at, &members) == nil:
			at = members[token]
		case json.Unmarshal(at, &items) == nil:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(items) {
				return ""
			}
			at = items[i]
		default:
			return ""
		}
		if at == nil {
			return ""
		}
	}
	var compact bytes.Buffer
	if json.Compact(&compact, at) != nil {
		return ""
	}
	return compact.String()
}

// shorten cuts a text after n characters, and says how much is left out. What
// could upset a terminal is escaped.
func shorten(s string, n int) string {
	var b strings.Builder
	count := 0
	for i, r := range s {
		if count == n {
			fmt.Fprintf(&b, "… (%d more bytes)", len(s)-i)
			break
		}
		count++
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n', r == '\t', unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			q := strconv.QuoteRune(r)
			b.WriteString(q[1 : len(q)-1])
		}
	}
	return b.String()
}

// bodyText is a body as people read it: JSON indented, anything else as it is.
func bodyText(body []byte, n int) string {
	var indented bytes.Buffer
	if json.Indent(&indented, body, "", "  ") == nil {
		return shorten(indented.String(), n)
	}
	return shorten(string(body), n)
}
