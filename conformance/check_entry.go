package conformance

import (
	"net/http"
	"strings"
)

// entryChecks are about who is let in, beyond that wrong credentials are not.
var entryChecks = []*Check{&challengeKnown, &schemeCase, &authFirst}

// challengeKnown demands a scheme that somebody has heard of.
var challengeKnown = Check{
	ID:       "authentication.scheme-known",
	Severity: Should,
	Says:     "WWW-Authenticate begins with the name of a scheme that is registered, or that the contract has",
	Source:   "RFC 9110 §11.3, §16.4.1; IANA HTTP Authentication Scheme Registry",
	Why:      "Clients and libraries choose how to authenticate by this word.",
	Right:    "WWW-Authenticate: Bearer realm=\"api\"",
	Wrong:    "WWW-Authenticate: realm=\"api\"",
	For:      expects("401"),
	Applies: func(x *Exchange) bool {
		return x.Response.Status == http.StatusUnauthorized && x.Response.Header.Get("WWW-Authenticate") != ""
	},
	Run: func(x *Exchange) error {
		value := x.Response.Header.Get("WWW-Authenticate")
		word, _, _ := strings.Cut(strings.TrimSpace(value), " ")
		word = strings.TrimRight(word, ",")
		for _, scheme := range append(challengeSchemes(x), authenticationSchemes...) {
			if strings.EqualFold(word, scheme) {
				return nil
			}
		}
		if op := x.Operation(); op != nil && usesKeys(op) {
			return nil // no scheme is registered for keys, and each server has a word of its own
		}
		return &Mismatch{"a challenge that begins with a scheme, as Bearer or Basic", "WWW-Authenticate: " + value}
	},
}

// authenticationSchemes is the IANA HTTP Authentication Scheme Registry.
var authenticationSchemes = []string{
	"Basic", "Bearer", "Concealed", "Digest", "DPoP", "GNAP", "HOBA", "Mutual", "Negotiate", "OAuth",
	"PrivateToken", "SCRAM-SHA-1", "SCRAM-SHA-256", "vapid",
}

// schemeCase demands that the name of a scheme is read in any letters.
var schemeCase = Check{
	ID:       "authentication.scheme-case",
	Severity: Should,
	Says:     "the scheme of valid credentials may be written in upper or lower case",
	Source:   "RFC 9110 §11.1",
	Why:      "Schemes are case-insensitive, and some clients write them in small letters.",
	Right:    "200 OK to Authorization: bearer …",
	Wrong:    "401 Unauthorized to Authorization: bearer …",
	For:      topic(SchemeCase),
	Applies: func(x *Exchange) bool {
		before := x.Before(1).Response.Status
		return before != http.StatusUnauthorized && before != http.StatusForbidden
	},
	Run: func(x *Exchange) error {
		s, before := x.Response.Status, x.Before(1).Response.Status
		if s != before && (s == http.StatusUnauthorized || s == http.StatusForbidden || s == http.StatusBadRequest) {
			return &Mismatch{statusText(before) + " as with the usual letters", statusText(s)}
		}
		return nil
	},
}

// authFirst demands that who is not let in learns nothing else.
var authFirst = Check{
	ID:       "authentication.first",
	Severity: Should,
	Says:     "without credentials the answer is 401 whatever else is wrong, so that it tells nothing of what there is",
	Source:   "RFC 9110 §15.5.2; OWASP API2:2023",
	Why:      "Whoever is told 404 or 422 without credentials can find out which resources there are and what requests look like.",
	Right:    "401 Unauthorized for a customer that does not exist",
	Wrong:    "404 Not Found for it, without credentials",
	For:      topic(AuthFirst),
	Run:      statusExpected,
}
