package scenarios

import (
	"regexp"
	"strings"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/source"
)

// The credentials that every script has. A script may say more of them.
const (
	None    = "none"    // nothing is presented
	Own     = "own"     // the run's own: what is presented where a request names none
	Invalid = "invalid" // what no other credential of the table is
)

// Credential is a name for who a client is. The table of a script tells the
// mock how each is presented, and whether it is let in.
type Credential struct {
	Name     string
	Secrets  []Secret
	Position source.Position

	refuse *refusal // the answer where no scenario has one; nil lets it in
}

// Secret is how a credential is presented by one kind of security scheme.
type Secret struct {
	// Scheme is "bearer", "basic", "digest", or the id of a security scheme of
	// the contract.
	Scheme string
	// Value is what the mock knows: a token, "user:password", a key. "" where
	// the script gives only a pattern.
	Value string
	// Pattern, where it is set, accepts values like Value.
	Pattern *regexp.Regexp
}

// Refused tells whether the credential is not let in.
func (c *Credential) Refused() bool { return c != nil && c.refuse != nil }

// Secret returns how the credential is presented to a scheme.
func (c *Credential) Secret(scheme *spec.SecurityScheme) (Secret, bool) {
	for _, s := range c.Secrets {
		if s.fits(scheme) {
			return s, true
		}
	}
	return Secret{}, false
}

func (s Secret) fits(scheme *spec.SecurityScheme) bool {
	if scheme == nil {
		return false
	}
	return s.Scheme == scheme.ID || scheme.Type == "http" && s.Scheme == scheme.Scheme ||
		s.Scheme == "bearer" && (scheme.Type == "oauth2" || scheme.Type == "openIdConnect")
}

// Credential returns the credential with a name, or nil.
func (s *Script) Credential(name string) *Credential {
	for _, c := range s.Credentials {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Identify tells which credential a value is that a request presents to a
// security scheme of the contract: the bearer's token, the key, or user and
// password of HTTP Basic joined by a colon. An exact value beats a pattern. A
// value that the table does not have is [Invalid] where the table says
// anything of that scheme, else [Own]: a script without a table accepts
// everything. "" is [None]. It never returns nil.
func (s *Script) Identify(scheme *spec.SecurityScheme, presented string) *Credential {
	if presented == "" {
		return s.Credential(None)
	}
	known := false
	var like *Credential
	for _, c := range s.Credentials {
		for i := range c.Secrets {
			secret := &c.Secrets[i]
			if !secret.fits(scheme) {
				continue
			}
			known = true
			if secret.Value == presented {
				return c
			}
			if like == nil && secret.Pattern != nil && secret.Pattern.MatchString(presented) {
				like = c
			}
		}
	}
	switch {
	case like != nil:
		return like
	case known:
		return s.Credential(Invalid)
	}
	return s.Credential(Own)
}

// schemeNames lists what a table may name a secret by.
func schemeNames(doc *spec.Document) []string {
	names := []string{"bearer", "basic", "digest"}
	if doc != nil {
		for _, s := range doc.SecuritySchemes {
			names = append(names, s.ID)
		}
	}
	return names
}

func quoted(names []string) string { return strings.Join(names, ", ") }
