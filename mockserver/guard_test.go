package mockserver

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

func TestGuard(t *testing.T) {
	bearer := spec.SchemeUse{ID: "bearer", Scheme: &spec.SecurityScheme{Type: "http", Scheme: "bearer"}}
	basic := spec.SchemeUse{ID: "basic", Scheme: &spec.SecurityScheme{Type: "http", Scheme: "basic"}}
	digest := spec.SchemeUse{ID: "digest", Scheme: &spec.SecurityScheme{Type: "http", Scheme: "digest"}}
	other := spec.SchemeUse{ID: "hoba", Scheme: &spec.SecurityScheme{Type: "http", Scheme: "hoba"}}
	key := spec.SchemeUse{ID: "key", Scheme: &spec.SecurityScheme{Type: "apiKey", In: spec.InHeader, Name: "x-api-key"}}
	query := spec.SchemeUse{ID: "query", Scheme: &spec.SecurityScheme{Type: "apiKey", In: spec.InQuery, Name: "api key"}}
	cookie := spec.SchemeUse{ID: "cookie", Scheme: &spec.SecurityScheme{Type: "apiKey", In: spec.InCookie, Name: "sid"}}
	oauth := spec.SchemeUse{ID: "oauth", Scheme: &spec.SecurityScheme{Type: "oauth2"}, Scopes: []string{"read", "write"}}
	connect := spec.SchemeUse{ID: "connect", Scheme: &spec.SecurityScheme{Type: "openIdConnect"}}
	mutual := spec.SchemeUse{ID: "mutual", Scheme: &spec.SecurityScheme{Type: "mutualTLS"}}
	ghost := spec.SchemeUse{ID: "ghost"}

	one := func(uses ...spec.SchemeUse) []spec.Requirement { return []spec.Requirement{uses} }
	either := func(uses ...spec.SchemeUse) (out []spec.Requirement) {
		for _, u := range uses {
			out = append(out, spec.Requirement{u})
		}
		return out
	}
	type h = map[string][]string
	tests := map[string]struct {
		security []spec.Requirement
		header   h
		query    string
		tls      *tls.ConnectionState
		want     string
		verdict  verdict
	}{
		"no security lets everybody in":                  {nil, nil, "", nil, "", admitted},
		"a bearer token":                                 {one(bearer), h{"Authorization": {"Bearer abc"}}, "", nil, "abc", admitted},
		"the scheme is read in any case":                 {one(bearer), h{"Authorization": {"bEARER abc"}}, "", nil, "abc", admitted},
		"two schemes of one header, by the first":        {one(bearer, basic), h{"Authorization": {"Bearer abc"}}, "", nil, "abc", admitted},
		"two schemes of one header and a key, no key":    {one(bearer, basic, key), h{"Authorization": {"Bearer abc"}}, "", nil, "", missing},
		"no bearer token":                                {one(bearer), nil, "", nil, "", missing},
		"an empty bearer token":                          {one(bearer), h{"Authorization": {"Bearer "}}, "", nil, "", missing},
		"a scheme word alone":                            {one(bearer), h{"Authorization": {"Bearer"}}, "", nil, "", missing},
		"a token with a space in it":                     {one(bearer), h{"Authorization": {"Bearer a b"}}, "", nil, "", malformed},
		"two tokens":                                     {one(bearer), h{"Authorization": {"Bearer a", "Bearer b"}}, "", nil, "", malformed},
		"basic where bearer is asked for":                {one(bearer), h{"Authorization": {"Basic YTpi"}}, "", nil, "", missing},
		"basic":                                          {one(basic), h{"Authorization": {"Basic YTpi"}}, "", nil, "YTpi", admitted},
		"basic that is no base64":                        {one(basic), h{"Authorization": {"Basic %%"}}, "", nil, "", malformed},
		"basic without a colon":                          {one(basic), h{"Authorization": {"Basic YWI="}}, "", nil, "", malformed},
		"digest":                                         {one(digest), h{"Authorization": {`Digest username="a"`}}, "", nil, `username="a"`, admitted},
		"another http scheme":                            {one(other), h{"Authorization": {"HOBA x"}}, "", nil, "x", admitted},
		"a key in a header":                              {one(key), h{"X-Api-Key": {"k"}}, "", nil, "k", admitted},
		"an empty key in a header":                       {one(key), h{"X-Api-Key": {""}}, "", nil, "", missing},
		"a key in the query, its name encoded":           {one(query), nil, "a=1&api%20key=k%21", nil, "k!", admitted},
		"a key of the query that is not there":           {one(query), nil, "a=1", nil, "", missing},
		"a key in a cookie":                              {one(cookie), h{"Cookie": {"a=b; sid=s"}}, "", nil, "s", admitted},
		"another cookie":                                 {one(cookie), h{"Cookie": {"a=b"}}, "", nil, "", missing},
		"oauth2 is a bearer token":                       {one(oauth), h{"Authorization": {"Bearer abc"}}, "", nil, "abc", admitted},
		"openIdConnect is a bearer token":                {one(connect), h{"Authorization": {"Bearer abc"}}, "", nil, "abc", admitted},
		"mutual TLS cannot be asked for over plain HTTP": {one(mutual), nil, "", nil, "", admitted},
		"mutual TLS without a certificate":               {one(mutual), nil, "", &tls.ConnectionState{}, "", missing},
		"mutual TLS with one": {one(mutual), nil, "",
			&tls.ConnectionState{PeerCertificates: []*x509.Certificate{{RawSubject: []byte("cn")}}}, "cn", admitted},
		"a scheme that the document does not have":     {one(ghost), nil, "", nil, "", admitted},
		"two together, both there":                     {one(bearer, key), h{"Authorization": {"Bearer abc"}, "X-Api-Key": {"k"}}, "", nil, "abc\nk", admitted},
		"two together, one there":                      {one(bearer, key), h{"X-Api-Key": {"k"}}, "", nil, "", missing},
		"either of two, the second":                    {either(bearer, key), h{"X-Api-Key": {"k"}}, "", nil, "k", admitted},
		"either of two, neither":                       {either(bearer, key), nil, "", nil, "", missing},
		"either of two, one malformed":                 {either(basic, key), h{"Authorization": {"Basic !"}}, "", nil, "", malformed},
		"an empty requirement makes it optional":       {append(one(bearer), spec.Requirement{}), nil, "", nil, "", admitted},
		"optional credentials are read where they are": {append(one(), spec.Requirement{bearer}), h{"Authorization": {"Bearer abc"}}, "", nil, "abc", admitted},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header, r.TLS = http.Header(tt.header), tt.tls
			if r.Header == nil {
				r.Header = http.Header{}
			}
			cs := newClients(scenarios.Empty(&spec.Document{}))
			g := newGuard(tt.security, "API", &cs.locks)
			c, v := g.check(r, tt.query, cs)
			if v != tt.verdict {
				t.Errorf("check = %d, want %d", v, tt.verdict)
			}
			if tt.want != "" && (c == nil || c.id == "") || tt.want == "" && c != nil {
				t.Errorf("check finds the client %v, want one that presents %q", c, tt.want)
			}
		})
	}
}

func TestChallengeNamesEachSchemeOnce(t *testing.T) {
	use := func(s spec.SecurityScheme, scopes ...string) spec.Requirement {
		return spec.Requirement{{Scheme: &s, Scopes: scopes}}
	}
	tests := map[string]struct {
		security []spec.Requirement
		want     string
	}{
		"bearer":           {[]spec.Requirement{use(spec.SecurityScheme{Type: "http", Scheme: "bearer"})}, `Bearer realm="An \"API\""`},
		"oauth with scope": {[]spec.Requirement{use(spec.SecurityScheme{Type: "oauth2"}, "a", "b")}, `Bearer realm="An \"API\"", scope="a b"`},
		"basic":            {[]spec.Requirement{use(spec.SecurityScheme{Type: "http", Scheme: "basic"})}, `Basic realm="An \"API\"", charset="UTF-8"`},
		"two, one twice": {[]spec.Requirement{
			use(spec.SecurityScheme{Type: "http", Scheme: "bearer"}),
			use(spec.SecurityScheme{Type: "openIdConnect"}),
			use(spec.SecurityScheme{Type: "apiKey", In: spec.InHeader, Name: "X-Key"}),
		}, `Bearer realm="An \"API\"", ApiKey realm="An \"API\"", in="header", name="X-Key"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			g := newGuard(tt.security, `An "API"`, &locks{})
			if len(g.challenge) != 1 || g.challenge[0] != tt.want {
				t.Errorf("challenge = %q, want %q", g.challenge, tt.want)
			}
		})
	}
}

func TestGuardDoesNotAllocateForABearerToken(t *testing.T) {
	cs := newClients(scenarios.Empty(&spec.Document{}))
	g := newGuard([]spec.Requirement{{{Scheme: &spec.SecurityScheme{Type: "http", Scheme: "bearer"}}}}, "API", &cs.locks)
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Authorization", "Bearer dGVzdA==")
	if n := testing.AllocsPerRun(100, func() { g.check(r, "", cs) }); n > 1 {
		t.Errorf("check allocates %v times, want at most the key of a look-up", n)
	}
}
