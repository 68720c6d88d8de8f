package scenarios

import (
	"fmt"
	"net/http"
	"time"
)

// Env is what the suite knows of a target.
type Env struct {
	BaseURL string // "https://sandbox.example/v3", for `server.url`
	// Fixtures are the target's values by name, as text: a fixture that the
	// script gives as a number, boolean or object is read as JSON.
	Fixtures map[string]string
	// Credentials are the target's secrets by name: a token, a key, or
	// "user:password", for whatever scheme the operation wants. "own" is the
	// run's own.
	Credentials map[string]string
	// Defaults lets the script's own values stand for what is not set. They
	// are the mock's values: another server seldom knows them.
	Defaults bool
	Now      func() time.Time // nil is time.Now
}

// Request is what the suite sends for a scenario.
type Request struct {
	Method      string
	Path        string // escaped, without the path of the base URL
	RawQuery    string
	Header      http.Header // without credentials
	ContentType string      // "" where there is no body
	Body        []byte
	HasBody     bool
	Credential  string // name; how it is presented is the operation's security
	Secret      string // "" for none, and where the run has none of its own
}

// UnsetError says that a target has no value for a name of the script, so that
// a scenario cannot be checked there.
type UnsetError struct {
	Kind string // "fixture" or "credential"
	Name string
}

// Error implements error.
func (e *UnsetError) Error() string {
	if e.Kind == "credential" && e.Name == Own {
		return "the run has no credential of its own: give it with --token, or CONCORD_TOKEN"
	}
	return fmt.Sprintf("%s %q has no value for this target: give one with --%s %s=…", e.Kind, e.Name, e.Kind, e.Name)
}
