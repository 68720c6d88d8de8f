package mockserver

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/concord-api/concord/spec"
)

// lock is one security scheme of the contract, as a request opens it. The
// operations that name a scheme share its lock, so that a client is one client
// on all of them.
type lock struct {
	kind   lockKind
	scheme *spec.SecurityScheme
	word   string   // the first word of Authorization: "Bearer", "Basic", …
	name   string   // of an API key: the header's canonical name, the parameter, the cookie
	known  sync.Map // of clients, by what they present
}

type lockKind uint8

const (
	lockOpen lockKind = iota // a scheme that the document does not have, or one that cannot be looked at
	lockAuthorization
	lockBasic
	lockHeader
	lockQuery
	lockCookie
	lockCertificate
)

// inAuthorization tells whether the lock looks at the header Authorization.
func (l *lock) inAuthorization() bool {
	return l.kind == lockAuthorization || l.kind == lockBasic || l.kind == lockHeader && l.name == "Authorization"
}

// locks are the locks of a contract.
type locks struct {
	mu       sync.Mutex
	byScheme map[*spec.SecurityScheme]*lock
}

// of returns the lock of a scheme, always the same one.
func (ls *locks) of(s *spec.SecurityScheme) *lock {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if l := ls.byScheme[s]; l != nil {
		return l
	}
	if ls.byScheme == nil {
		ls.byScheme = map[*spec.SecurityScheme]*lock{}
	}
	l := newLock(s)
	ls.byScheme[s] = l
	return l
}

// known returns the maps that hold the clients of all locks.
func (ls *locks) known() []*sync.Map {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	var out []*sync.Map
	for _, l := range ls.byScheme {
		out = append(out, &l.known)
	}
	return out
}

func newLock(s *spec.SecurityScheme) *lock {
	l := &lock{scheme: s}
	if s == nil {
		return l
	}
	switch s.Type {
	case "http":
		switch s.Scheme {
		case "basic":
			l.kind, l.word = lockBasic, "Basic"
		case "bearer":
			l.kind, l.word = lockAuthorization, "Bearer"
		case "digest":
			l.kind, l.word = lockAuthorization, "Digest"
		case "":
		default:
			l.kind, l.word = lockAuthorization, s.Scheme
		}
	case "oauth2", "openIdConnect":
		l.kind, l.word = lockAuthorization, "Bearer"
	case "apiKey":
		l.name = s.Name
		switch s.In {
		case spec.InHeader:
			l.kind, l.name = lockHeader, http.CanonicalHeaderKey(s.Name)
		case spec.InQuery:
			l.kind = lockQuery
		case spec.InCookie:
			l.kind = lockCookie
		}
	case "mutualTLS":
		l.kind = lockCertificate
	}
	return l
}

// challenge is what a lock says in WWW-Authenticate (RFC 9110 §11.6.1). An API
// key has no registered scheme; a client is told where it belongs all the same.
func (l *lock) challenge(use spec.SchemeUse, realm string) string {
	params := "realm=" + quoteString(realm)
	switch l.kind {
	case lockBasic:
		return "Basic " + params + `, charset="UTF-8"` // RFC 7617 §2.1
	case lockAuthorization:
		switch {
		case l.word == "Digest": // RFC 7616 §3.3
			return "Digest " + params + `, qop="auth", algorithm=SHA-256, nonce="` +
				base64.RawURLEncoding.EncodeToString([]byte(realm)) + `"`
		case len(use.Scopes) > 0: // RFC 6750 §3
			params += ", scope=" + quoteString(strings.Join(use.Scopes, " "))
		}
		return l.word + " " + params
	case lockHeader:
		return "ApiKey " + params + `, in="header", name=` + quoteString(l.name)
	case lockQuery:
		return "ApiKey " + params + `, in="query", name=` + quoteString(l.name)
	case lockCookie:
		return "ApiKey " + params + `, in="cookie", name=` + quoteString(l.name)
	case lockCertificate:
		return "ClientCertificate " + params
	}
	return ""
}

// quoteString writes a quoted-string for a header: printable ASCII only.
func quoteString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r > '~':
			b.WriteByte('?')
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// open reads what a request presents to a lock.
func (l *lock) open(r *http.Request, query string) (value string, v verdict) {
	switch l.kind {
	case lockAuthorization, lockBasic:
		return l.authorization(r.Header["Authorization"])
	case lockHeader:
		if values := r.Header[l.name]; len(values) > 0 && values[0] != "" {
			return values[0], admitted
		}
		return "", missing
	case lockQuery:
		if value, ok := queryValue(query, l.name); ok && value != "" {
			return value, admitted
		}
		return "", missing
	case lockCookie:
		for _, c := range r.CookiesNamed(l.name) {
			if c.Value != "" {
				return c.Value, admitted
			}
		}
		return "", missing
	case lockCertificate:
		// Over plain HTTP a certificate cannot be shown, and the mock stands
		// where a proxy would have looked at it.
		if r.TLS == nil {
			return "", admitted
		}
		if len(r.TLS.PeerCertificates) == 0 {
			return "", missing
		}
		return string(r.TLS.PeerCertificates[0].RawSubject), admitted
	}
	return "", admitted
}

// authorization reads the header Authorization: a scheme, a space, credentials
// (RFC 9110 §11.4). What it returns is without the scheme.
func (l *lock) authorization(lines []string) (string, verdict) {
	for _, line := range lines {
		word, credentials, _ := strings.Cut(line, " ")
		if !strings.EqualFold(word, l.word) {
			continue
		}
		credentials = strings.Trim(credentials, " ")
		switch {
		case credentials == "":
			return "", missing
		case len(lines) > 1:
			return "", malformed // which of them counts is anybody's guess
		case l.word == "Bearer" && !isToken68(credentials): // RFC 6750 §2.1
			return "", malformed
		}
		return credentials, admitted
	}
	return "", missing
}

// isToken68 tells whether s is a token68 (RFC 9110 §11.2).
func isToken68(s string) bool {
	s = strings.TrimRight(s, "=")
	for i := range len(s) {
		if !token68[s[i]] {
			return false
		}
	}
	return s != ""
}

var token68 = bytesOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/")

// byteSet is a set of bytes.
type byteSet [256]bool

func bytesOf(members string) (out byteSet) {
	for _, c := range []byte(members) {
		out[c] = true
	}
	return out
}

// secret is what a script knows a presented value by: user and password of
// HTTP Basic (RFC 7617 §2), and everything else as it is.
func (l *lock) secret(presented string) (string, bool) {
	if l.kind != lockBasic {
		return presented, true
	}
	text, err := base64.StdEncoding.DecodeString(presented)
	return string(text), err == nil && strings.Contains(string(text), ":")
}

// queryValue returns the first value of a query parameter.
func queryValue(query, name string) (string, bool) {
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if key != name {
			if text, err := url.QueryUnescape(key); err != nil || text != name {
				continue
			}
		}
		if text, err := url.QueryUnescape(value); err == nil {
			value = text
		}
		return value, true
	}
	return "", false
}
