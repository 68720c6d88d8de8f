package conformance

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// alteredCases present copies of the run's own credential of which something was
// changed. Nobody was given them; a server that compares beginnings, or reads a
// token without verifying its signature, lets them in.
func alteredCases(c *Config, op *spec.Operation) []*Case {
	scheme := waysIn(op)[0][0]
	if !canAlter(scheme) || !c.knowsEach(scheme) {
		return nil
	}
	made := &Case{
		ID: protocolID(op, "altered-credentials"), Topic: Authentication, Operation: op,
		Name: "with altered copies of its own credentials",
	}
	for i, a := range alterations {
		made.Steps = append(made.Steps, &Step{
			Name: a.says, Operation: op,
			Expect: Expect{Status: []string{"401"}, Because: "RFC 9110 §15.5.2, and the operation's security: " + op.Pointer},
			build: func(b *builder, _ []*Exchange) (*Request, error) {
				r, err := b.alteredCopy(op, a)
				if _, none := err.(notAlterable); none && i > 0 {
					return nil, errEnough
				}
				return r, err
			},
		})
	}
	return []*Case{made}
}

// canAlter tells whether a scheme's credentials are a secret of which a copy can
// be altered.
func canAlter(s *spec.SecurityScheme) bool {
	return s.Type == "apiKey" || usesScheme(s) && (schemeWord(s) == "Bearer" || schemeWord(s) == "Basic")
}

// knowsEach tells whether whoever plays the script lets in what it was told of,
// and nothing that only has its form: a pattern in the table of credentials says
// that each value of the form is let in. Where the table has other credentials for
// the scheme than the run's own, nothing is known of it.
func (c *Config) knowsEach(scheme *spec.SecurityScheme) bool {
	tabled := slices.ContainsFunc(c.Script.Credentials, func(cr *scenarios.Credential) bool {
		_, ok := cr.Secret(scheme)
		return ok
	})
	if !tabled {
		return true
	}
	own, ok := c.Script.Credential(scenarios.Own).Secret(scheme)
	if !ok {
		return false
	}
	token := own.Value
	if given, err := c.credentials(); err == nil && given[scenarios.Own] != "" {
		token = given[scenarios.Own]
	}
	return !slices.ContainsFunc(alterations, func(a alteration) bool {
		other := a.of(token)
		return other != "" && !c.Script.Identify(scheme, other).Refused()
	})
}

// alteredCopy is a valid request with an altered copy of the run's credential.
func (b *builder) alteredCopy(op *spec.Operation, a alteration) (*Request, error) {
	r, err := b.unplaced(op)
	if err != nil {
		return nil, err
	}
	r.Credential = scenarios.Own
	secret, way := b.secret(op, r)
	if secret == "" {
		return nil, &scenarios.UnsetError{Kind: "credential", Name: scenarios.Own}
	}
	altered := a.of(secret)
	switch {
	case altered == "":
		return nil, notAlterable{}
	case b.mock && !b.script.Identify(way[0], altered).Refused():
		return nil, skipError("the mock lets in every credential, as its script has no table of them")
	}
	r.Secret = altered
	out, err := b.finish(op, r)
	if err != nil {
		return nil, err
	}
	for name := range out.Secret {
		out.Secret[name] += "_ALTERED"
	}
	return out, nil
}

// notAlterable says that a credential is not of the kind that an alteration is of.
type notAlterable struct{}

// Error implements error.
func (notAlterable) Error() string { return "the credential is too short to be altered" }

// alteration is a way to alter a credential.
type alteration struct {
	says string
	of   func(secret string) string // "" where it does not apply
}

// alterations apply to every credential, the last two to JSON Web Tokens only.
var alterations = []alteration{
	{"its end, or of a JSON Web Token the signature, changed", changeEnd},
	{"something appended to it", func(secret string) string {
		if len(secret) < shortestSecret {
			return ""
		}
		return secret + "eB7"
	}},
	{"the claims of the JSON Web Token changed, its signature kept", func(secret string) string {
		return changeToken(secret, func(header, claims map[string]json.RawMessage) { claims["altered"] = json.RawMessage("true") }, true)
	}},
	{"the JSON Web Token without a signature, its alg none", func(secret string) string {
		return changeToken(secret, func(header, claims map[string]json.RawMessage) { header["alg"] = json.RawMessage(`"none"`) }, false)
	}},
}

// changeEnd changes the last characters of a secret, as many as make it unlikely
// that the result was given to somebody else, each to one of its kind. Of a
// JSON Web Token it changes the middle of the signature: the last character has
// bits that mean nothing (RFC 4648 §3.5).
func changeEnd(secret string) string {
	const changed = 4
	if len(secret) < shortestSecret {
		return ""
	}
	out := []byte(secret)
	end := len(out)
	if parts := strings.Split(secret, "."); len(parts) == 3 && len(parts[2]) > 2*changed && tokenPart(parts[0]) != nil {
		end -= len(parts[2]) / 2
	}
	for i := end - changed; i < end; i++ {
		out[i] = otherCharacter(out[i])
	}
	return string(out)
}

// otherCharacter is another one of the same kind, also as hexadecimal digits go.
// What it was cannot be told by it.
func otherCharacter(c byte) byte {
	pick := func(a, b byte) byte {
		if c == a {
			return b
		}
		return a
	}
	switch {
	case c >= '0' && c <= '9':
		return pick('7', '4')
	case c >= 'A' && c <= 'Z':
		return pick('E', 'B')
	}
	return pick('e', 'b')
}

// changeToken changes the parts of a JSON Web Token (RFC 7519 §3), and keeps or
// drops its signature; "" where the secret is none.
func changeToken(secret string, change func(header, claims map[string]json.RawMessage), signed bool) string {
	parts := strings.Split(secret, ".")
	if len(parts) != 3 || parts[2] == "" {
		return ""
	}
	header, claims := tokenPart(parts[0]), tokenPart(parts[1])
	if header == nil || claims == nil {
		return ""
	}
	change(header, claims)
	signature := parts[2]
	if !signed {
		signature = ""
	}
	return writeTokenPart(header) + "." + writeTokenPart(claims) + "." + signature
}

// tokenPart reads a part of a JSON Web Token, nil where it is none.
func tokenPart(part string) (members map[string]json.RawMessage) {
	data, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil || json.Unmarshal(data, &members) != nil {
		return nil
	}
	return members
}

func writeTokenPart(members map[string]json.RawMessage) string {
	data, _ := json.Marshal(members) // the members are valid, as they were read
	return base64.RawURLEncoding.EncodeToString(data)
}
