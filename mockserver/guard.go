package mockserver

import (
	"net/http"
	"slices"
	"strings"

	"github.com/concord-api/concord/spec"
)

// guard is an operation's security, compiled: a request gets in by any one of
// the alternatives, and meets one by all its locks (OpenAPI 3.1 §4.8.30).
type guard struct {
	alternatives [][]*lock
	challenge    []string // WWW-Authenticate for a request without credentials
}

// verdict is what a guard says to a request. A later one tells a client more.
type verdict uint8

const (
	admitted  verdict = iota
	missing           // nothing was sent that the operation asks for
	malformed         // something was sent, but not in the form of its scheme
	refused           // it is known for what it is, and not let in
)

// newGuard compiles the security of an operation; realm stands in challenges.
func newGuard(security []spec.Requirement, realm string, locks *locks) guard {
	var g guard
	var challenges []string
	seen := map[string]bool{}
	for _, requirement := range security {
		var all []*lock
		for _, use := range requirement {
			l := locks.of(use.Scheme)
			all = append(all, l)
			if c := l.challenge(use, realm); c != "" && !seen[c] {
				seen[c] = true
				challenges = append(challenges, c)
			}
		}
		g.alternatives = append(g.alternatives, apart(all)...)
	}
	if len(challenges) > 0 {
		// One line: contracts describe the header as one string.
		g.challenge = []string{strings.Join(challenges, ", ")}
	}
	return g
}

// apart splits the locks of a requirement that share the header Authorization,
// which holds one credential: each of them is an alternative then, as nobody
// could meet two at once. Converters join alternatives by mistake.
func apart(all []*lock) [][]*lock {
	var shared, others []*lock
	for _, l := range all {
		if l.inAuthorization() {
			shared = append(shared, l)
		} else {
			others = append(others, l)
		}
	}
	if len(shared) < 2 {
		return [][]*lock{all}
	}
	var out [][]*lock
	for _, l := range shared {
		out = append(out, append(slices.Clone(others), l))
	}
	return out
}

// check looks for the credentials of a request, and who presents them: nil
// where nobody needs to.
func (g *guard) check(r *http.Request, query string, clients *clients) (*client, verdict) {
	if len(g.alternatives) == 0 {
		return nil, admitted
	}
	var who *client
	worst := missing
	optional := false
	for _, locks := range g.alternatives {
		if len(locks) == 0 {
			optional = true
			continue
		}
		c, v := clients.open(locks, r, query)
		if v == admitted {
			return c, admitted
		}
		if v > worst {
			who, worst = c, v
		}
	}
	if optional && worst == missing {
		return nil, admitted
	}
	return who, worst
}

// challengeFor returns the value of WWW-Authenticate, with an error code where
// the first challenge is Bearer's (RFC 6750 §3.1).
func (g *guard) challengeFor(code string) []string {
	if code == "" || len(g.challenge) == 0 || !strings.HasPrefix(g.challenge[0], "Bearer ") {
		return g.challenge
	}
	first, rest, more := strings.Cut(g.challenge[0], ", ApiKey ")
	first += `, error="` + code + `"`
	if more {
		first += ", ApiKey " + rest
	}
	return []string{first}
}
