package mockserver

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/concord-api/concord/spec"
)

// guard is an operation's security, compiled: a request gets in by any one of
// the alternatives, and meets one by all its locks (OpenAPI 3.1 §4.8.30).
type guard struct {
	alternatives [][]lock
	challenge    []string // WWW-Authenticate for a request without credentials
}

// lock is one security scheme, as a request opens it.
type lock struct {
	kind   lockKind
	scheme string // the first word of Authorization: "Bearer", "Basic", …
	name   string // of an API key: the header's canonical name, the parameter, the cookie
}

type lockKind uint8

const (
	lockNone lockKind = iota // a scheme that the document does not have, or one that cannot be looked at
	lockAuthorization
	lockBasic
	lockHeader
	lockQuery
	lockCookie
	lockCertificate
)

// verdict is what a guard says to a request.
type verdict uint8

const (
	admitted  verdict = iota
	missing           // nothing was sent that the operation asks for
	malformed         // something was sent, but not in the form of its scheme
)

// newGuard compiles the security of an operation; realm stands in challenges.
func newGuard(security []spec.Requirement, realm string) guard {
	var g guard
	var challenges []string
	seen := map[string]bool{}
	for _, requirement := range security {
		var locks []lock
		for _, use := range requirement {
			l := newLock(use.Scheme)
			locks = append(locks, l)
			if c := l.challenge(use, realm); c != "" && !seen[c] {
				seen[c] = true
				challenges = append(challenges, c)
			}
		}
		g.alternatives = append(g.alternatives, locks)
	}
	if len(challenges) > 0 {
		// One line: contracts describe the header as one string.
		g.challenge = []string{strings.Join(challenges, ", ")}
	}
	return g
}

func newLock(s *spec.SecurityScheme) lock {
	if s == nil {
		return lock{kind: lockNone}
	}
	switch s.Type {
	case "http":
		switch s.Scheme {
		case "basic":
			return lock{kind: lockBasic, scheme: "Basic"}
		case "bearer":
			return lock{kind: lockAuthorization, scheme: "Bearer"}
		case "digest":
			return lock{kind: lockAuthorization, scheme: "Digest"}
		case "":
			return lock{kind: lockNone}
		}
		return lock{kind: lockAuthorization, scheme: s.Scheme}
	case "oauth2", "openIdConnect":
		return lock{kind: lockAuthorization, scheme: "Bearer"}
	case "apiKey":
		switch s.In {
		case spec.InHeader:
			return lock{kind: lockHeader, name: http.CanonicalHeaderKey(s.Name)}
		case spec.InQuery:
			return lock{kind: lockQuery, name: s.Name}
		case spec.InCookie:
			return lock{kind: lockCookie, name: s.Name}
		}
	case "mutualTLS":
		return lock{kind: lockCertificate}
	}
	return lock{kind: lockNone}
}

// challenge is what a lock says in WWW-Authenticate (RFC 9110 §11.6.1). An API
// key has no registered scheme; a client is told where it belongs all the same.
func (l lock) challenge(use spec.SchemeUse, realm string) string {
	params := "realm=" + quoteString(realm)
	switch l.kind {
	case lockBasic:
		return "Basic " + params + `, charset="UTF-8"` // RFC 7617 §2.1
	case lockAuthorization:
		switch {
		case l.scheme == "Digest": // RFC 7616 §3.3
			return "Digest " + params + `, qop="auth", algorithm=SHA-256, nonce="` +
				base64.RawURLEncoding.EncodeToString([]byte(realm)) + `"`
		case len(use.Scopes) > 0: // RFC 6750 §3
			params += ", scope=" + quoteString(strings.Join(use.Scopes, " "))
		}
		return l.scheme + " " + params
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

// check looks for the credentials of a request. It returns what the client is
// known by, the value that it sent; "" where it sent none and needs none.
func (g *guard) check(r *http.Request, query string) (credential string, v verdict) {
	if len(g.alternatives) == 0 {
		return "", admitted
	}
	worst := missing
	optional := false
	for _, locks := range g.alternatives {
		if len(locks) == 0 {
			optional = true
			continue
		}
		credential, v := check(locks, r, query)
		if v == admitted {
			return credential, admitted
		}
		worst = max(worst, v)
	}
	if optional {
		return "", admitted
	}
	return "", worst
}

func check(locks []lock, r *http.Request, query string) (credential string, v verdict) {
	worst := admitted
	absent := 0
	for i := range locks {
		value, v := locks[i].open(r, query)
		if v == missing {
			absent++
		}
		worst = max(worst, v)
		if credential == "" {
			credential = value
		} else if value != "" {
			credential += "\n" + value
		}
	}
	if absent > 0 {
		return "", missing
	}
	return credential, worst
}

// open reads what a request sends for a lock.
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
// (RFC 9110 §11.4). The value that it returns is without the scheme.
func (l *lock) authorization(lines []string) (string, verdict) {
	for _, line := range lines {
		scheme, credentials, _ := strings.Cut(line, " ")
		if !strings.EqualFold(scheme, l.scheme) {
			continue
		}
		credentials = strings.Trim(credentials, " ")
		switch {
		case credentials == "":
			return "", missing
		case len(lines) > 1:
			return "", malformed // which of them counts is anybody's guess
		case l.kind == lockBasic:
			text, err := base64.StdEncoding.DecodeString(credentials)
			if err != nil || !strings.Contains(string(text), ":") {
				return "", malformed
			}
		case l.scheme == "Bearer" && !isToken68(credentials): // RFC 6750 §2.1
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
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("-._~+/", c) >= 0:
		default:
			return false
		}
	}
	return s != ""
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
