package conformance

import (
	"errors"
	"net/http"
	"strings"
)

// refusesCredentials demands 401 for credentials that must not do.
var refusesCredentials = Check{
	ID:       "authentication.refused",
	Severity: Must,
	Says:     "a request without valid credentials is refused with 401",
	Source:   "RFC 9110 §15.5.2; the operation's security",
	Why:      "Whatever is documented as protected must not be served to anybody, however the credential is wrong.",
	Right:    "GET /customers without Authorization: 401 Unauthorized",
	Wrong:    "GET /customers with Authorization: Bearer unknown: 200 OK",
	For:      topic(Authentication),
	Run:      statusExpected,
}

// challenge demands that a 401 says how to authenticate.
var challenge = Check{
	ID:       "authentication.challenge",
	Severity: Must,
	Says:     "a 401 carries WWW-Authenticate",
	Source:   "RFC 9110 §11.6.1, §15.5.2",
	Why:      "The standard demands it of each 401, and libraries rely on it to find out how to authenticate.",
	Right:    "401 Unauthorized\nWWW-Authenticate: Bearer realm=\"api\"",
	Wrong:    "401 Unauthorized, without WWW-Authenticate",
	For:      expects("401"),
	Applies:  answers(http.StatusUnauthorized),
	Run: func(x *Exchange) error {
		if strings.TrimSpace(x.Response.Header.Get("WWW-Authenticate")) == "" {
			return errors.New("header WWW-Authenticate is missing")
		}
		return nil
	},
}

// challengeScheme demands a scheme that the operation takes.
var challengeScheme = Check{
	ID:       "authentication.scheme",
	Severity: Must,
	Says:     "WWW-Authenticate names a scheme that the operation takes",
	Source:   "RFC 9110 §15.5.2, §11.6.1: at least one challenge applies; the operation's security",
	Why:      "A challenge for a scheme that the operation does not take leads clients into a loop of refusals.",
	Right:    "security: bearer; WWW-Authenticate: Bearer",
	Wrong:    "security: bearer; WWW-Authenticate: Basic",
	For:      expects("401"),
	Applies: func(x *Exchange) bool {
		return x.Response.Status == http.StatusUnauthorized && x.Response.Header.Get("WWW-Authenticate") != "" && len(challengeSchemes(x)) > 0
	},
	Run: func(x *Exchange) error {
		values := strings.Join(x.Response.Header.Values("WWW-Authenticate"), ", ")
		for _, part := range strings.Split(values, ",") {
			word, _, _ := strings.Cut(strings.TrimSpace(part), " ")
			for _, scheme := range challengeSchemes(x) {
				if strings.EqualFold(word, scheme) {
					return nil
				}
			}
		}
		return &Mismatch{"a challenge of " + strings.Join(challengeSchemes(x), " or "), values}
	},
}

// challengeSchemes lists the HTTP schemes of the operation's security, none where
// it has others too: what those are called in a challenge is not written down.
func challengeSchemes(x *Exchange) []string {
	if x.Operation() == nil {
		return nil
	}
	var schemes []string
	for _, requirement := range x.Operation().Security {
		for _, use := range requirement {
			if use.Scheme == nil || use.Scheme.Type != "http" {
				return nil
			}
			schemes = append(schemes, use.Scheme.Scheme)
		}
	}
	return schemes
}

// statusExpected is a Run that holds an answer to the statuses of its step.
func statusExpected(x *Exchange) error {
	if x.step.Expect.Accepts(x.Response.Status) {
		return nil
	}
	return &Mismatch{x.step.Expect.String(), statusText(x.Response.Status)}
}

// expects returns a For for cases that expect a status.
func expects(status string) func(*Case) bool {
	return anyStep(func(s *Step) bool { return contains(s.Expect.Status, status) })
}

// answers returns an Applies for answers of a status.
func answers(status int) func(*Exchange) bool {
	return func(x *Exchange) bool { return x.Response.Status == status }
}
