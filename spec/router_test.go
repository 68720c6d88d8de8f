package spec_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/concord-api/concord/spec"
)

const routing = `openapi: 3.1.0
info: {title: t, version: '1'}
servers: [{url: 'https://api.example.com/v3'}, {url: 'https://{host}/api/v3/', variables: {host: {default: example.com}}}]
paths:
  /: {get: {operationId: root}}
  /users: {get: {operationId: listUsers}, post: {operationId: createUser}}
  /users/me: {get: {operationId: getSelf}}
  /users/{id}: {get: {operationId: getUser}, delete: {operationId: deleteUser}}
  /users/{id}/files/{name}.{ext}: {get: {operationId: getFile}}
  /compare/{base}...{head}: {get: {operationId: compare}}
  /jobs/{id}:cancel: {post: {operationId: cancelJob}}
  /jobs/{id}: {get: {operationId: getJob}}
  /a/{b}/c/{d}/e/{f}/g/{h}/i/{j}: {get: {operationId: deep}}
`

func TestMatch(t *testing.T) {
	doc := load(t, routing)
	wrong := errors.New("any MethodError")
	tests := map[string]struct {
		method, path string
		want         string // operation id and path parameters
		wantErr      error
	}{
		"the root":                                   {"GET", "/", "root", nil},
		"a concrete path beats a templated one":      {"GET", "/users/me", "getSelf", nil},
		"another method falls to the templated path": {"DELETE", "/users/me", "deleteUser id=me", nil},
		"an encoded slash stays in its segment":      {"GET", "/users/a%2Fb", "getUser id=a%2Fb", nil},
		"an encoded letter is the letter":            {"GET", "/user%73/me", "getSelf", nil},
		"HEAD is answered by GET":                    {"HEAD", "/users", "listUsers", nil},
		"a known path with another method":           {"PATCH", "/users", "", wrong},
		"an unknown path":                            {"GET", "/nowhere", "", spec.ErrNoPath},
		"an empty parameter":                         {"GET", "/users/", "", spec.ErrNoPath},
		"a slash at the end":                         {"GET", "/users/1/", "", spec.ErrNoPath},
		"two parameters in a segment":                {"GET", "/users/1/files/a.b.txt", "getFile id=1 name=a.b ext=txt", nil},
		"parameters with text between":               {"GET", "/compare/v1...v2", "compare base=v1 head=v2", nil},
		"a verb after a parameter":                   {"POST", "/jobs/7:cancel", "cancelJob id=7", nil},
		"no verb after a parameter":                  {"GET", "/jobs/7", "getJob id=7", nil},
		"more parameters than fit":                   {"GET", "/a/1/c/2/e/3/g/4/i/5", "deep b=1 d=2 f=3 h=4 j=5", nil},
		"the path of a server in front":              {"GET", "/v3/users/1", "getUser id=1", nil},
		"the path of another server in front":        {"GET", "/api/v3/users/1", "getUser id=1", nil},
		"the path of a server alone":                 {"GET", "/v3", "root", nil},
		"a known path behind a server's":             {"PATCH", "/v3/users", "", wrong},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			match, err := doc.Match(tt.method, tt.path)
			if tt.wantErr == wrong {
				if method := (*spec.MethodError)(nil); !errors.As(err, &method) {
					t.Fatalf("Match(%s %s) error = %v, want a MethodError", tt.method, tt.path, err)
				}
				return
			}
			if !errors.Is(err, tt.wantErr) {
				t.Fatalf("Match(%s %s) error = %v, want %v", tt.method, tt.path, err, tt.wantErr)
			}
			if err != nil {
				return
			}
			want := strings.Fields(tt.want)
			if match.Operation.ID != want[0] {
				t.Errorf("Match(%s %s) = %s, want %s", tt.method, tt.path, match.Operation.ID, want[0])
			}
			for _, pair := range want[1:] {
				name, value, _ := strings.Cut(pair, "=")
				if got, _ := match.Params.Get(name); got != value {
					t.Errorf("parameter %s = %q, want %q", name, got, value)
				}
			}
		})
	}
}

func TestMatchDoesNotAllocate(t *testing.T) {
	doc := load(t, routing)
	doc.Operations()
	allocations := testing.AllocsPerRun(100, func() {
		if _, err := doc.Match("GET", "/users/1"); err != nil {
			t.Fatal(err)
		}
	})
	if allocations > 0 {
		t.Errorf("Match allocates %v times", allocations)
	}
}

func TestAllowed(t *testing.T) {
	doc := load(t, routing)
	if got := strings.Join(doc.Allowed("/users"), " "); got != "GET HEAD POST OPTIONS" {
		t.Errorf("Allowed(/users) = %q", got)
	}
	if got := strings.Join(doc.Allowed("/users/me"), " "); got != "GET HEAD DELETE OPTIONS" {
		t.Errorf("Allowed(/users/me) = %q, want those of /users/{id} too", got)
	}
	if got := doc.Allowed("/nowhere"); got != nil {
		t.Errorf("Allowed(/nowhere) = %q", got)
	}
}

func FuzzMatch(f *testing.F) {
	doc := load(f, routing)
	f.Add("GET", "/users/%")
	f.Add("GET", "//")
	f.Fuzz(func(t *testing.T, method, path string) {
		doc.Match(method, path)
	})
}

func TestNearestIsTheLongestDocumentedPathInFront(t *testing.T) {
	doc := load(t, routing)
	tests := map[string]struct{ path, want string }{
		"below a path":                         {"/users/7/roles", "getUser deleteUser"},
		"below a concrete path that hides one": {"/users/me/roles", "getSelf getUser deleteUser"},
		"a slash at the end":                   {"/users/", "listUsers createUser"},
		"behind the path of a server":          {"/v3/jobs/7/x", "getJob"},
		"nothing in common":                    {"/nowhere", ""},
		"only the beginning of a longer path":  {"/a/1", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, op := range doc.Nearest(tt.path) {
				got = append(got, op.ID)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("Nearest(%s) = %v, want %s", tt.path, got, tt.want)
			}
		})
	}
}
