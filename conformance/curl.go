package conformance

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Curl is a command for a POSIX shell that sends the request again. Secrets are
// environment variables in it, as [Config] reads them.
func (r *Request) Curl() string {
	var b strings.Builder
	b.WriteString("curl -sS")
	switch {
	case r.Method == http.MethodHead:
		b.WriteString(" --head")
	case r.Method != http.MethodGet || r.Body != nil:
		b.WriteString(" -i -X " + r.Method)
	default:
		b.WriteString(" -i")
	}
	for _, argument := range r.Connect {
		b.WriteString(" " + shellWord(argument))
	}
	for _, name := range sortedKeys(r.Header) {
		if name == "User-Agent" || name == "Accept" && r.Header.Get(name) == "*/*" {
			continue
		}
		for _, value := range r.Header[name] {
			b.WriteString(" -H " + r.headerArgument(name, value))
		}
	}
	if r.Body != nil {
		if r.Padding > 0 {
			return fmt.Sprintf("{ printf '%%%ds' ''; %s; } | %s --data-binary @- %s", r.Padding, printed(r.Body), b.String(), r.address())
		}
		if utf8.Valid(r.Body) && !strings.ContainsRune(string(r.Body), 0) {
			b.WriteString(" --data-binary " + shellQuote(string(r.Body)))
			if r.Header.Get("Content-Type") == "" {
				b.WriteString(" -H 'Content-Type:'") // curl would send one of its own
			}
		} else {
			return printed(r.Body) + " | " + b.String() + " --data-binary @- " + r.address()
		}
	}
	return b.String() + " " + r.address()
}

// headerArgument is a header as an argument of curl, a secret value replaced by
// its variable.
func (r *Request) headerArgument(name, value string) string {
	variable, secret := r.Secret[name]
	if !secret {
		if value == "" {
			return shellQuote(name + ";")
		}
		return shellQuote(name + ": " + value)
	}
	scheme, _, hasScheme := strings.Cut(value, " ")
	switch {
	case name == "Authorization" && hasNoPassword(value):
		return `"Authorization: Basic $(printf %s "${` + variable + `%:}:" | base64 -w0)"`
	case name == "Authorization" && scheme == "Basic":
		return `"Authorization: Basic $(printf %s "$` + variable + `" | base64 -w0)"`
	case name == "Authorization" && hasScheme:
		return `"Authorization: ` + scheme + ` $` + variable + `"`
	case name == "Cookie":
		cookie, _, _ := strings.Cut(value, "=")
		return `"Cookie: ` + cookie + `=$` + variable + `"`
	}
	return `"` + name + `: $` + variable + `"`
}

// hasNoPassword tells whether an Authorization is that of a user without a
// password, whose colon the secret may leave out.
func hasNoPassword(authorization string) bool {
	encoded, isBasic := strings.CutPrefix(authorization, "Basic ")
	plain, err := base64.StdEncoding.DecodeString(encoded)
	return isBasic && err == nil && bytes.HasSuffix(plain, []byte(":"))
}

// address is the URL as an argument, secrets in its query replaced.
func (r *Request) address() string {
	u, query, _ := strings.Cut(r.URL, "?")
	if query == "" {
		return shellQuote(r.URL)
	}
	quoted := shellQuote(u + "?")
	for i, pair := range strings.Split(query, "&") {
		if i > 0 {
			quoted += "'&'"
		}
		name, _, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if variable, secret := r.Secret["?"+plain]; secret && err == nil {
			quoted += shellQuote(name+"=") + `"$` + variable + `"`
			continue
		}
		quoted += shellQuote(pair)
	}
	return strings.ReplaceAll(quoted, "''", "")
}

// shellWord quotes a text where a shell would read it otherwise.
func shellWord(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./") == "" {
		return s
	}
	return shellQuote(s)
}

// shellQuote quotes a text for a POSIX shell (IEEE Std 1003.1 §2.2.2).
func shellQuote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// printed is a command that writes bytes: such that they can be read where most
// are text, and in base64 where that is shorter.
func printed(data []byte) string {
	if text := octal(data); len(text) < 2*len(data) {
		return "printf " + shellQuote(text)
	}
	return "printf %s " + base64.StdEncoding.EncodeToString(data) + " | base64 -d"
}

// octal writes bytes as printf reads them.
func octal(data []byte) string {
	const digits = "01234567"
	var b strings.Builder
	for _, c := range data {
		switch {
		case c == '\\' || c == '%':
			b.WriteByte(c)
			b.WriteByte(c)
		case c >= ' ' && c < 0x7f:
			b.WriteByte(c)
		default:
			b.WriteByte('\\')
			b.WriteByte(digits[c>>6])
			b.WriteByte(digits[c>>3&7])
			b.WriteByte(digits[c&7])
		}
	}
	return b.String()
}
