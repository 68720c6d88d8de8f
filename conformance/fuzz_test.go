package conformance

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzShorten: whatever a target sends, what is shown of it upsets no terminal.
func FuzzShorten(f *testing.F) {
	for _, s := range []string{"", "plain", "é🙂", "\x1b[31mred\x07", "\xff\xfe", "a\r\nb", "\u202eevil", "\ufffd"} {
		f.Add(s, 5)
	}
	f.Fuzz(func(t *testing.T, s string, n int) {
		got := shorten(s, n)
		if !utf8.ValidString(got) {
			t.Errorf("shorten(%q) = %q, which is no UTF-8", s, got)
		}
		for _, r := range got {
			if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == '\u202e' {
				t.Errorf("shorten(%q) = %q has a control character", s, got)
			}
		}
	})
}

// FuzzValueAt: any body and any pointer give a JSON text or nothing.
func FuzzValueAt(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b/c":null}]}`), "/a/1/b~1c")
	f.Add([]byte(`[`), "/0")
	f.Add([]byte(``), "")
	f.Fuzz(func(t *testing.T, body []byte, pointer string) {
		if got := valueAt(body, pointer); got != "" && !json.Valid([]byte(got)) {
			t.Errorf("valueAt(%q, %q) = %q, which is no JSON", body, pointer, got)
		}
	})
}

// FuzzParseRetryAfter: any value gives a wait that is not negative, or an error.
func FuzzParseRetryAfter(f *testing.F) {
	for _, s := range []string{"", "0", "120", "-1", "Tue, 03 Mar 2026 16:00:10 GMT", "1e9"} {
		f.Add(s)
	}
	now := time.Date(2026, 3, 3, 16, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, value string) {
		if wait, err := ParseRetryAfter(value, now); wait < 0 || err != nil && wait != 0 {
			t.Errorf("ParseRetryAfter(%q) = %s, %v", value, wait, err)
		}
	})
}

// FuzzShellQuote: a shell reads back what was quoted.
func FuzzShellQuote(f *testing.F) {
	for _, s := range []string{"", "'", "$HOME `id` \\", "a\nb", "--data", "é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsRune(s, 0) {
			return // no argument can hold it, and Curl uses printf for it
		}
		out, err := exec.Command("sh", "-c", "printf %s "+shellQuote(s)).Output()
		if err != nil || string(out) != s {
			t.Errorf("a shell reads %s as %q, want %q (%v)", shellQuote(s), out, s, err)
		}
	})
}

// FuzzDecodeRecord: no bytes of another process make a panic.
func FuzzDecodeRecord(f *testing.F) {
	data, err := Record{"a": {Exchanges: []*Exchange{{Request: Request{Header: http.Header{"A": {"b"}}}}}}}.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := decodeRecord(data); err != nil && r != nil {
			t.Errorf("a record and an error: %v", err)
		}
	})
}
