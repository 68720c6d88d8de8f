package conformance

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/concord-api/concord/conformance/coverage"
	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// userAgent names the tool to whoever reads the target's logs.
const userAgent = "concord-verify (+https://github.com/concord-api/concord)"

// builder makes the requests of one run: it knows the target's fixtures and
// credentials.
type builder struct {
	target *target
	script *scenarios.Script
	env    *scenarios.Env
	mock   bool // the target is Concord's mock
	seed   uint64
	marks  *marks

	// gifts says that what the target has no name for may be made for it: see
	// [player.build].
	gifts bool

	// place is where a thing is that an operation is about, "" where none is
	// known; nil where nothing is sent.
	place func(op *spec.Operation) string
}

// scripted renders the request of a scenario.
func (b *builder) scripted(sc *scenarios.Scenario) (*Request, error) {
	r, err := sc.Request(b.env)
	if err != nil {
		return nil, err
	}
	return b.finish(sc.Operation, r)
}

// valid makes a request that the operation should accept: that of a scenario
// which succeeds, else one from the contract alone, about a thing that the target
// has where one is known. Where there is such a scenario, the target lacks a name
// for it and no such thing is known, or the script can make it, the error is a
// [*scenarios.UnsetError], unless anything valid will do.
func (b *builder) valid(op *spec.Operation, anything bool) (*scenarios.Request, error) {
	var unset *scenarios.UnsetError
	for _, sc := range b.successes(op) {
		r, err := sc.Request(b.env)
		if err == nil {
			return r, nil
		}
		if !errors.As(err, &unset) {
			return nil, err
		}
		if !anything && b.gifts && b.giver(unset) != nil {
			return nil, unset
		}
	}
	r, known, err := b.placed(op)
	if unset != nil && !anything && !known {
		return nil, unset
	}
	return r, err
}

// successes are the scenarios of an operation that succeed, those that make
// something before those that find it made.
func (b *builder) successes(op *spec.Operation) []*scenarios.Scenario {
	var makes, others []*scenarios.Scenario
	for _, sc := range b.script.Of(op) {
		switch {
		case !succeeds(sc):
		case sc.Responses[0].Status == http.StatusCreated:
			makes = append(makes, sc)
		default:
			others = append(others, sc)
		}
	}
	return append(makes, others...)
}

// unplaced is a valid request that need not be about anything there is.
func (b *builder) unplaced(op *spec.Operation) (*scenarios.Request, error) {
	other := *b
	other.place = nil
	return other.valid(op, true)
}

// succeeds tells whether a scenario is a plain success of the run's own
// credential.
func succeeds(sc *scenarios.Scenario) bool {
	if len(sc.Responses) != 1 || len(sc.Given()) > 0 || sc.Verify.Noisy {
		return false
	}
	r := sc.Responses[0]
	return (sc.Credentials == "" || sc.Credentials == scenarios.Own) &&
		r.Status/100 == 2 && !r.Offspec && r.Fault == scenarios.NoFault
}

// sample makes a request from the contract alone.
func (b *builder) sample(op *spec.Operation) (*scenarios.Request, error) {
	r, err := b.sampleWith(op, spec.RequestOptions{Seed: b.seed, Body: coverage.MeansBody(op.Method)})
	if err != nil {
		return nil, err
	}
	// Some contracts describe the place of a key as a parameter too.
	for _, way := range waysIn(op) {
		for _, scheme := range way {
			switch {
			case scheme.Type == "apiKey" && scheme.In == spec.InQuery:
				r.RawQuery = withoutPair(r.RawQuery, scheme.Name)
			case scheme.Type == "apiKey" && scheme.In == spec.InHeader:
				http.Header(r.Header).Del(scheme.Name)
			}
		}
	}
	return agree(op, r), nil
}

// finish adds what each request has: the run's headers, the media type, the
// credential as the operation's security presents it. op is nil where the
// request is for no operation.
func (b *builder) finish(op *spec.Operation, r *scenarios.Request) (*Request, error) {
	out := &Request{
		Method:   r.Method,
		Header:   http.Header{"User-Agent": {b.target.agent}, "Accept": {"*/*"}},
		Secret:   map[string]string{},
		Scripted: r,
		env:      b.env,
	}
	for name, values := range r.Header {
		out.Header[http.CanonicalHeaderKey(name)] = append([]string(nil), values...)
	}
	if r.HasBody {
		if out.Body, out.Padding = unpadded(r.Body); out.Padding > 0 {
			scripted := *r
			scripted.Body = out.Body
			out.Scripted = &scripted
		}
		if r.ContentType != "" {
			out.Header.Set("Content-Type", r.ContentType)
		}
	}
	query := r.RawQuery
	if secret, schemes := b.secret(op, r); secret != "" {
		for _, scheme := range schemes {
			query = present(out, query, scheme, secret)
		}
		if r.Credential == scenarios.Invalid {
			clear(out.Secret) // it opens nothing, so that it can be shown
		}
	}
	for name, values := range b.target.header {
		out.Header[name] = append([]string(nil), values...)
		if soundsSecret(name) {
			out.Secret[name] = environmentName("HEADER", name)
		}
	}
	out.URL = b.target.url(r.Path, query)
	return out, nil
}

// secret is the value of a request's credential, and the schemes that it is
// presented to: those of the first way in that it is for.
func (b *builder) secret(op *spec.Operation, r *scenarios.Request) (string, []*spec.SecurityScheme) {
	if r.Credential == scenarios.None {
		return "", nil
	}
	ways := waysIn(op)
	if op == nil && len(b.script.Document.SecuritySchemes) > 0 {
		ways = [][]*spec.SecurityScheme{b.script.Document.SecuritySchemes[:1]}
	}
	if len(ways) == 0 {
		return "", nil
	}
	name := r.Credential
	if name == "" {
		name = scenarios.Own
	}
	own := b.env.Credentials[name]
	if own == "" && b.env.Defaults {
		if c := b.script.Credential(name); c != nil {
			for _, way := range ways {
				s, _ := c.Secret(way[0])
				if s.Value != "" && (r.Secret == "" || r.Secret == s.Value) {
					return s.Value, way
				}
			}
		}
	}
	if r.Secret != "" {
		own = r.Secret
	}
	if own == "" && name == scenarios.Own && b.env.Defaults {
		own = anySecret(ways[0][0])
	}
	return own, ways[0]
}

// anySecret is for a mock whose script says nothing of credentials: it lets in
// whoever presents any.
func anySecret(scheme *spec.SecurityScheme) string {
	if scheme.Type == "http" && scheme.Scheme == "basic" {
		return "concord:verify"
	}
	return "concord-verify"
}

// skipError says why a case is not for the target.
type skipError string

// Error implements error.
func (e skipError) Error() string { return string(e) }

// errEnough says that a step has nothing to ask for, and that the case ends with
// the one before.
var errEnough = errors.New("nothing to ask for")

// waysIn lists the sets of schemes that let a client in, without the empty one.
func waysIn(op *spec.Operation) [][]*spec.SecurityScheme {
	if op == nil {
		return nil
	}
	var ways [][]*spec.SecurityScheme
	for _, requirement := range op.Security {
		var schemes []*spec.SecurityScheme
		for _, use := range requirement {
			if use.Scheme != nil {
				schemes = append(schemes, use.Scheme)
			}
		}
		if len(schemes) > 0 {
			ways = append(ways, schemes)
		}
	}
	return ways
}

// present puts a secret where a security scheme wants it (OpenAPI 3.1 §4.8.27)
// and returns the query.
func present(r *Request, query string, scheme *spec.SecurityScheme, secret string) string {
	variable := credentialVariable(r.Scripted.Credential)
	switch {
	case scheme.Type == "http" && scheme.Scheme == "basic":
		r.Header.Set("Authorization", basic(secret))
		r.Secret["Authorization"] = variable
	case scheme.Type == "http" && scheme.Scheme != "bearer":
		r.Header.Set("Authorization", strings.ToUpper(scheme.Scheme[:1])+scheme.Scheme[1:]+" "+secret)
		r.Secret["Authorization"] = variable
	case scheme.Type == "http", scheme.Type == "oauth2", scheme.Type == "openIdConnect":
		r.Header.Set("Authorization", "Bearer "+secret)
		r.Secret["Authorization"] = variable
	case scheme.Type == "apiKey" && scheme.In == spec.InHeader:
		name := http.CanonicalHeaderKey(scheme.Name)
		r.Header.Set(name, secret)
		r.Secret[name] = variable
	case scheme.Type == "apiKey" && scheme.In == spec.InCookie:
		r.Header.Set("Cookie", withCookie(r.Header.Values("Cookie"), scheme.Name, url.QueryEscape(secret)))
		r.Secret["Cookie"] = variable
	case scheme.Type == "apiKey" && scheme.In == spec.InQuery:
		if query = withoutPair(query, scheme.Name); query != "" {
			query += "&"
		}
		r.Secret["?"+scheme.Name] = variable
		return query + url.QueryEscape(scheme.Name) + "=" + url.QueryEscape(secret)
	}
	return query
}

// unpadded takes the spaces from the beginning of a large body.
func unpadded(body []byte) (rest []byte, spaces int) {
	const most = 64 << 10
	for spaces < len(body) && body[spaces] == ' ' {
		spaces++
	}
	switch {
	case body == nil:
		return []byte{}, 0
	case spaces < most:
		return body, 0
	}
	return append([]byte{}, body[spaces:]...), spaces
}

// withCookie puts a cookie in place of those that have its name: a contract may
// describe the key as a parameter as well. All go in one line, as a browser has
// them (RFC 6265 §5.4).
func withCookie(lines []string, name, value string) string {
	var pairs []string
	for _, pair := range strings.Split(strings.Join(lines, ";"), ";") {
		pair = strings.TrimSpace(pair)
		if own, _, _ := strings.Cut(pair, "="); pair != "" && own != name {
			pairs = append(pairs, pair)
		}
	}
	return strings.Join(append(pairs, name+"="+value), "; ")
}

// withoutPair takes the pairs of a name out of a query.
func withoutPair(query, name string) string {
	pairs := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
		key, _, _ := strings.Cut(pair, "=")
		is, err := url.QueryUnescape(key)
		return err == nil && is == name
	})
	return strings.Join(pairs, "&")
}

// basic is the Authorization of HTTP Basic (RFC 7617 §2). A secret without a
// colon is a user who has no password, as keys of APIs are often given.
func basic(secret string) string {
	if !strings.Contains(secret, ":") {
		secret += ":"
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(secret))
}

// credentialVariable is the environment variable of a credential.
func credentialVariable(name string) string {
	if name == "" || name == scenarios.Own {
		return "CONCORD_TOKEN"
	}
	return environmentName("CREDENTIAL", name)
}

// soundsSecret tells whether a header's value should not be shown.
func soundsSecret(header string) bool {
	h := strings.ToLower(header)
	for _, word := range []string{"authorization", "cookie", "token", "secret", "password", "api-key", "apikey"} {
		if strings.Contains(h, word) {
			return true
		}
	}
	return false
}
