package conformance

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// leakChecks look for what should have stayed inside.
var leakChecks = []*Check{&serverError, &leaksTrace, &leaksPath, &leaksCredential, &leaksOwnCredential, &leaksPassword}

// serverError demands that no request makes the target fail.
var serverError = Check{
	ID:       "server-error",
	Severity: Must,
	Says:     "no request that does not ask for a 5xx gets one",
	Source:   "RFC 9110 §15.6",
	Why:      "A 5xx says that the server does not know what happened; clients repeat the request, and people are woken.",
	Right:    "200 OK to a valid request",
	Wrong:    "500 Internal Server Error to a valid request",
	For:      func(c *Case) bool { return c.Topic != Coverage }, // which has its own
	ByAnswer: true,
	Applies: func(x *Exchange) bool {
		asGet := x.Operation() == nil && len(x.earlier) > 0 && sameStatusAsGet(x)                  // of which GET tells
		return !asGet && !(x.Response.Status == http.StatusNotImplemented && x.Operation() == nil) // RFC 9110 §9.1
	},
	Run: func(x *Exchange) error {
		s := x.Response.Status
		if s < 500 || onlyFails(x.Operation()) || contains(x.step.Expect.Status, fmt.Sprint(s)) || contains(x.step.Expect.Status, "5XX") {
			return nil
		}
		return &Mismatch{x.step.Expect.String(), statusText(s)}
	},
}

// onlyFails tells whether an operation documents nothing but errors of the
// server.
func onlyFails(op *spec.Operation) bool {
	if op == nil {
		return false
	}
	for _, r := range op.Responses {
		if r.Status[0] != '5' {
			return false
		}
	}
	return len(op.Responses) > 0
}

// leaksTrace demands that errors do not show the stack of a program.
var leaksTrace = Check{
	ID:       "leaks.stack-trace",
	Severity: Must,
	Says:     "an error shows no stack trace and no query of a database",
	Source:   "RFC 9457 §5; CWE-209",
	Why:      "It tells an attacker what the server is made of, and a client nothing.",
	Right:    "\"detail\": \"Something went wrong on our side.\"",
	Wrong:    "\"detail\": \"Traceback (most recent call last): …\"",
	For:      anyStep(mayFail),
	Applies:  isError,
	Run:      neverShows(traces, "a stack trace"),
}

// leaksPath demands that errors do not show where a program lies.
var leaksPath = Check{
	ID:       "leaks.path",
	Severity: Must,
	Says:     "an error names no source file by its place on the server",
	Source:   "RFC 9457 §5; CWE-209",
	Why:      "It tells an attacker how the server is laid out, and a client nothing.",
	Right:    "\"detail\": \"Something went wrong on our side.\"",
	Wrong:    "\"detail\": \"/app/internal/store/customers.go:12: gone\"",
	For:      anyStep(mayFail),
	Applies:  isError,
	Run:      neverShows(sourceFiles, "the place of a source file"),
}

// traces are the forms in which runtimes print stacks, and databases errors.
var traces = regexp.MustCompile(strings.Join([]string{
	`Traceback \(most recent call last\)`,                                                  // Python
	`goroutine \d+ \[[a-z ,0-9]+\]:`,                                                       // Go
	`\bat [\w$.<>]+\([\w$]+\.(?:java|kt|scala|groovy):\d+\)`,                               // JVM
	`\bat (?:[\w$.<>\[\] ]+ \()?(?:file://|/|[A-Z]:\\\\?)[^\s()"]+\.[cm]?[jt]s:\d+:\d+\)?`, // Node
	`\bat [\w.<>` + "`" + `]+\([^)]*\) in [^\s"]+\.(?:cs|vb|fs):line \d+`,                  // .NET
	`#\d+ [^\s"]+\.php\(\d+\): `,                                                           // PHP
	`\.rb:\d+:in [` + "`" + `']`,                                                           // Ruby
	`thread '[^']+' panicked at `,                                                          // Rust
	`SQLSTATE\[\w+\]`, `\bORA-\d{5}: `, `You have an error in your SQL syntax`, `pq: (?:syntax error|duplicate key|relation )`,
}, "|"))

// sourceFiles are absolute paths of source files, with their line where there is
// one.
var sourceFiles = regexp.MustCompile(`(?:^|[\s"'(=\[])(?:/(?:app|home|usr|var|opt|srv|root|src|go|build|workspace|Users|private)/[\w.@+/-]+\.(?:go|py|rb|php|java|kt|cs|[cm]?[jt]sx?|rs|ex|exs|scala)\b|[A-Z]:(?:\\{1,2}[\w .@+-]+)+\.(?:cs|vb|py|php|java|[jt]s)\b)`)

// unescapes reads the escapes of JSON strings that stacks and paths are full of.
var unescapes = strings.NewReplacer(`\\`, `\`, `\/`, `/`, `\n`, "\n", `\r`, "\r", `\t`, "\t", `\"`, `"`)

// neverShows returns a Run that finds a pattern in a body.
func neverShows(pattern *regexp.Regexp, what string) func(*Exchange) error {
	return func(x *Exchange) error {
		if at := pattern.FindString(unescapes.Replace(string(x.Response.Body))); at != "" {
			return fmt.Errorf("the body shows %s: %s", what, shorten(strings.TrimSpace(at), 160))
		}
		return nil
	}
}

// mayFail tells whether a step is not sure to succeed: an error in place of a
// success is broken as it is.
func mayFail(s *Step) bool {
	return len(s.Expect.Status) == 0 || slices.ContainsFunc(s.Expect.Status, func(status string) bool { return status[0] != '2' })
}

func isError(x *Exchange) bool { return x.Response.Status >= 400 }

// leaksCredential demands that errors and headers do not repeat a credential.
var leaksCredential = Check{
	ID:       "leaks.credential",
	Severity: Must,
	Says:     "neither an error nor a header repeats the credential of the request",
	Source:   "RFC 6750 §5.3; CWE-532, CWE-209",
	Why:      "Errors end up in logs, trackers and screenshots, and with them whoever reads those can act as the client.",
	Right:    "\"detail\": \"The token is not valid.\"",
	Wrong:    "\"detail\": \"The token dinie_at_… is not valid.\"",
	For:      anyStep(func(s *Step) bool { return s.Operation == nil || len(waysIn(s.Operation)) > 0 }),
	Run: func(x *Exchange) error {
		for _, secret := range presented(x) {
			for _, name := range sortedKeys(x.Response.Header) {
				if strings.Contains(strings.Join(x.Response.Header[name], "\n"), secret) && name != "Set-Cookie" {
					return fmt.Errorf("header %s repeats the credential", name)
				}
			}
			if isError(x) && repeats(x.Response.Body, secret) {
				return errors.New("the body repeats the credential")
			}
		}
		return nil
	},
}

// leaksOwnCredential is leaksCredential of successes, some of which are about
// credentials.
var leaksOwnCredential = Check{
	ID:       "leaks.credential-in-success",
	Severity: Should,
	Says:     "the body of a success does not repeat the credential of the request, unless the operation gives out credentials",
	Source:   "RFC 6750 §5.3; CWE-200",
	Why:      "What a client stores or logs of an answer should not let others act in its name.",
	Right:    "the customer, and nothing of who asked",
	Wrong:    "{\"id\": \"cust_1\", \"requested_with\": \"Bearer …\"}",
	For:      anyStep(func(s *Step) bool { return len(waysIn(s.Operation)) > 0 && !givesCredentials(s) }),
	Applies:  func(x *Exchange) bool { return x.Operation() != nil && x.Response.Status/100 == 2 },
	Run: func(x *Exchange) error {
		for _, secret := range presented(x) {
			if repeats(x.Response.Body, secret) {
				return errors.New("the body repeats the credential")
			}
		}
		return nil
	},
}

// leaksPassword demands that what was sent as a password does not come back.
var leaksPassword = Check{
	ID:       "leaks.password",
	Severity: Should,
	Says:     "no answer repeats a password of the request's body",
	Source:   "CWE-200; OpenAPI 3.1 §4.8.24.3 (format password, writeOnly)",
	Why:      "A password that comes back is stored or logged where it should not be.",
	Right:    "{\"user\": \"ana\"}",
	Wrong:    "{\"user\": \"ana\", \"password\": \"…\"}",
	For: anyStep(func(s *Step) bool {
		return s.Operation != nil && s.Operation.RequestBody != nil && len(passwords(s)) > 0
	}),
	Applies: func(x *Exchange) bool { return x.Operation() != nil && len(x.Request.Body) > 0 },
	Run: func(x *Exchange) error {
		for _, name := range passwords(x.step) {
			sent := memberText(x.Request.Body, name)
			if len(sent) >= 8 && repeats(x.Response.Body, sent) {
				return fmt.Errorf("the body repeats what was sent as %s", name)
			}
		}
		return nil
	},
}

// presented lists the secrets that a request presents, those too short to be
// told from other text left out.
func presented(x *Exchange) []string {
	r := &x.Request
	var found []string
	add := func(secret string) {
		if len(secret) >= 12 && !strings.Contains(userAgent, secret) {
			found = append(found, secret)
		}
	}
	if scheme, rest, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok {
		add(rest)
		if plain, err := base64.StdEncoding.DecodeString(rest); err == nil && strings.EqualFold(scheme, "Basic") {
			_, password, _ := strings.Cut(string(plain), ":")
			add(password)
		}
	}
	for name := range r.Secret {
		if name != "Authorization" && name != "Cookie" && !strings.HasPrefix(name, "?") {
			add(r.Header.Get(name))
		}
	}
	for _, way := range waysIn(x.step.Operation) { // also what opens nothing
		for _, scheme := range way {
			if scheme.Type == "apiKey" && scheme.In == spec.InHeader {
				add(r.Header.Get(scheme.Name))
			}
		}
	}
	return found
}

// repeats tells whether a body holds a text, as it is or escaped.
func repeats(body []byte, text string) bool {
	return slices.ContainsFunc(formsOf(text), func(form string) bool { return bytes.Contains(body, []byte(form)) })
}

// givesCredentials tells whether what an operation answers is credentials.
func givesCredentials(s *Step) bool {
	if s.Operation == nil {
		return false
	}
	for _, r := range s.Operation.Responses {
		for _, mt := range r.Content {
			for _, part := range inPlace(mt.Schema) {
				for _, p := range part.Properties {
					if contains([]string{"accesstoken", "token", "apikey", "key", "secret", "clientsecret"}, plain(p.Name)) {
						return true
					}
				}
			}
		}
	}
	return false
}

// passwords lists the members of an operation's request body that hold one.
func passwords(s *Step) []string {
	var names []string
	for _, mt := range s.Operation.RequestBody.Content {
		for _, part := range inPlace(mt.Schema) {
			for _, p := range part.Properties {
				if !contains(names, p.Name) && isPassword(p) {
					names = append(names, p.Name)
				}
			}
		}
	}
	return names
}

func isPassword(p schema.Property) bool {
	for _, s := range inPlace(p.Schema) {
		if s.Format == "password" {
			return true
		}
	}
	return contains([]string{"password", "clientsecret", "passwd", "passphrase"}, plain(p.Name))
}

// memberText is a member of a JSON object that is text, "" where there is none.
func memberText(body []byte, name string) string {
	text := valueAt(body, "/"+escapePointer(name))
	if len(text) < 2 || text[0] != '"' {
		return ""
	}
	return text[1 : len(text)-1]
}
