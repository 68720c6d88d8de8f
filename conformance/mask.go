package conformance

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// shortestSecret is the length from which a secret is looked for in any text.
// Shorter ones would be found in everything, and are masked only where they are
// sent.
const shortestSecret = 6

// masks replaces secrets by the environment variables that stand for them,
// wherever a target echoes them or a script writes them.
type masks struct{ plain, quoted *strings.Replacer }

// newMasks hides the secrets of requests and those of further variables, by
// secret. The password of a user:password is ${VARIABLE#*:}, as a POSIX shell
// reads it.
func newMasks(requests []*Request, variables map[string]string) *masks {
	secrets := map[string]string{}
	for _, r := range requests {
		r.secrets(secrets)
	}
	for secret, variable := range variables {
		secrets[secret] = variable
	}
	for _, secret := range sortedKeys(secrets) { // user:password
		if _, password, ok := strings.Cut(secret, ":"); ok && secrets[password] == "" {
			secrets[password] = "{" + secrets[secret] + "#*:}"
		}
	}
	forms := map[string]string{}
	for secret, variable := range secrets {
		if len(secret) < shortestSecret || strings.Contains(userAgent, secret) {
			continue
		}
		for _, form := range formsOf(secret) {
			forms[form] = variable
		}
	}
	longestFirst := sortedKeys(forms)
	slices.SortStableFunc(longestFirst, func(a, b string) int { return len(b) - len(a) })
	var plain, quoted []string
	for _, form := range longestFirst {
		plain = append(plain, form, "$"+forms[form])
		quoted = append(quoted, form, `'"$`+forms[form]+`"'`)
	}
	return &masks{strings.NewReplacer(plain...), strings.NewReplacer(quoted...)}
}

func (m *masks) text(s string) string { return m.plain.Replace(s) }

// shell masks a command whose secrets stand inside of single quotes, so that it
// can still be run.
func (m *masks) shell(s string) string { return m.quoted.Replace(s) }

func (m *masks) texts(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = m.text(line)
	}
	return out
}

// formsOf lists how a secret may stand in a text: as it is, in a URL, in JSON as
// different writers escape it, in a shell's single quotes, in base64.
func formsOf(secret string) []string {
	forms := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte(secret)),
		strings.ReplaceAll(secret, "'", `'\''`),
	}
	for _, escapeHTML := range []bool{false, true} {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(escapeHTML)
		if e.Encode(secret) == nil {
			inside := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(b.String()), `"`), `"`)
			forms = append(forms, inside, strings.ReplaceAll(inside, "/", `\/`))
		}
	}
	return forms
}

// secrets adds what the request holds of secrets, and the variables of them.
func (r *Request) secrets(into map[string]string) {
	for name, variable := range r.Secret {
		if parameter, ok := strings.CutPrefix(name, "?"); ok {
			_, query, _ := strings.Cut(r.URL, "?")
			values, _ := url.ParseQuery(query)
			for _, value := range values[parameter] {
				into[value] = variable
			}
			continue
		}
		for _, value := range r.Header[name] {
			scheme, rest, hasScheme := strings.Cut(value, " ")
			switch {
			case name == "Cookie":
				_, cookie, _ := strings.Cut(value, "=")
				if plain, err := url.QueryUnescape(cookie); err == nil {
					cookie = plain
				}
				into[cookie] = variable
			case hasScheme:
				rest = strings.TrimSpace(rest)
				into[rest] = variable
				plain, err := base64.StdEncoding.DecodeString(rest)
				if err != nil || !strings.EqualFold(scheme, "Basic") {
					continue
				}
				into[string(plain)] = variable
				if user := strings.TrimSuffix(string(plain), ":"); user != "" {
					into[user] = variable
				}
			default:
				into[value] = variable
			}
		}
	}
}

// maskedHeader is a header's value as it may be shown, its scheme left readable.
func (r *Request) maskedHeader(name, value string) string {
	variable, secret := r.Secret[name]
	if !secret {
		return value
	}
	scheme, _, hasScheme := strings.Cut(value, " ")
	switch {
	case name == "Cookie":
		cookie, _, _ := strings.Cut(value, "=")
		return cookie + "=$" + variable
	case name == "Authorization" && hasScheme:
		return scheme + " $" + variable
	}
	return "$" + variable
}

// maskedURL is the URL as it may be shown.
func (r *Request) maskedURL() string {
	address, query, hasQuery := strings.Cut(r.URL, "?")
	if !hasQuery {
		return r.URL
	}
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, _, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if variable, secret := r.Secret["?"+plain]; secret && err == nil {
			pairs[i] = name + "=$" + variable
		}
	}
	return address + "?" + strings.Join(pairs, "&")
}

// masks hides the secrets that the configuration knows.
func (c *Config) masks() *masks { return newMasks(nil, c.secrets()) }

// secrets maps the secrets that the configuration knows to their variables.
func (c *Config) secrets() map[string]string {
	variables := map[string]string{}
	if credentials, err := c.credentials(); err == nil {
		for name, secret := range credentials {
			variables[secret] = credentialVariable(name)
		}
	}
	if headers, err := c.headers(); err == nil {
		for name, values := range headers {
			for _, value := range values {
				if soundsSecret(name) {
					variables[value] = environmentName("HEADER", name)
				}
			}
		}
	}
	return variables
}

// mask hides secrets in what a failure tells. The exchange keeps them.
func (f *Failure) mask(hide *masks) {
	f.Came, f.Body, f.Curl = hide.text(f.Came), hide.text(f.Body), hide.shell(f.Curl)
	f.Because, f.Difference = hide.texts(f.Because), hide.texts(f.Difference)
}
