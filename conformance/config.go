package conformance

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// Config says what is checked against what, and how. Its tags are the flags of
// all three ways to run the suite; see [BindFlags]. The zero value of everything
// but BaseURL, Document and Script has a meaning.
type Config struct {
	BaseURL string `help:"Where the target is: scheme, host and, where it has one, the path in front of the contract's paths." placeholder:"URL" env:"CONCORD_BASE_URL"`

	Token       string            `help:"The run's own credential: a token, a key, or user:password, as the operations want it." env:"CONCORD_TOKEN" placeholder:"SECRET"`
	Credential  map[string]string `help:"A further credential, by name: one of the script, or other_partner for a client that has no right to what the run makes. Also CONCORD_CREDENTIAL_<NAME>." placeholder:"NAME=SECRET" mapsep:"none"`
	Credentials string            `help:"A YAML or JSON file of credentials, by name; own is the run's own." type:"existingfile" env:"CONCORD_CREDENTIALS" placeholder:"FILE"`
	Header      []string          `help:"A header for each request: \"Name: value\"." short:"H" sep:"none" placeholder:"HEADER"`

	Fixture  map[string]string `help:"A fixture of the script, by name. Also CONCORD_FIXTURE_<NAME>." placeholder:"NAME=VALUE" mapsep:"none"`
	Fixtures string            `help:"A YAML or JSON file of fixtures, by name." type:"existingfile" env:"CONCORD_FIXTURES" placeholder:"FILE"`
	Defaults string            `help:"Whether the script's own fixtures and credentials stand for what is not set: only where the target is Concord's mock (auto), always, never." enum:"auto,always,never" default:"auto" env:"CONCORD_DEFAULTS"`

	Phases      []string      `help:"Which phases to run; all where none is given." env:"CONCORD_PHASES" placeholder:"PHASE"`
	Noisy       bool          `help:"Also play the scenarios that the script marks as noisy." env:"CONCORD_NOISY"`
	Strict      bool          `help:"Let a broken \"should\" fail the run." env:"CONCORD_STRICT"`
	Timeout     time.Duration `help:"For one answer, its body included." default:"10s" env:"CONCORD_TIMEOUT"`
	MaxWait     time.Duration `help:"The longest Retry-After that is waited out." default:"1m" env:"CONCORD_MAX_WAIT"`
	Concurrency int           `help:"How many cases run at the same time." default:"8" env:"CONCORD_CONCURRENCY"`
	Rate        float64       `help:"At most so many requests a second; 0 sets no limit." default:"0" env:"CONCORD_RATE"`
	Seed        uint64        `help:"Seed of what is generated." default:"1" env:"CONCORD_SEED"`
	MaxBody     int64         `help:"How many bytes of an answer's body are read; more is a fault." default:"16777216" env:"CONCORD_MAX_BODY"`
	MaxCases    int           `help:"At most so many requests of the coverage phase for each operation." default:"250" env:"CONCORD_MAX_CASES"`
	Repeat      int           `help:"Send each request that changes nothing so many times, to catch answers that differ now and then." default:"1" env:"CONCORD_REPEAT"`
	Safe        bool          `help:"Send only GET, HEAD and OPTIONS, and what the script marks as harmless." env:"CONCORD_SAFE"`

	Insecure bool   `help:"Do not verify the target's certificate." env:"CONCORD_INSECURE"`
	CA       string `name:"ca" help:"Authorities (PEM) to trust for the target's certificate, beside those of the system." type:"existingfile" env:"CONCORD_CA" placeholder:"FILE"`
	Cert     string `help:"The run's own certificate (PEM), for targets that ask for one." type:"existingfile" env:"CONCORD_CERT" placeholder:"FILE"`
	Key      string `help:"Its key (PEM); without it the file of the certificate holds it." type:"existingfile" env:"CONCORD_KEY" placeholder:"FILE"`

	MaxResponseTime time.Duration `help:"The longest time for one answer that is no fault; 0 sets no limit." default:"0" env:"CONCORD_MAX_RESPONSE_TIME"`
	AllowHost       []string      `help:"A further host, with its port where it has one, that requests may go to; without any, none leaves the host of --base-url." env:"CONCORD_ALLOW_HOST" placeholder:"HOST"`

	Baseline       string `help:"Failures that are known: they pass, and only new ones break the run." env:"CONCORD_BASELINE" placeholder:"FILE"`
	UpdateBaseline bool   `help:"Write what is broken now into --baseline."`

	// Refusals are further statuses by which operations refuse what breaks the
	// contract: "409,418" by the id of the operation.
	Refusals map[string]string `name:"refused-with" help:"Further statuses by which an operation refuses what breaks the contract: createThing=409,418." placeholder:"OPERATION=STATUS" mapsep:"none"`

	Arazzo []string `help:"An Arazzo 1.0 document whose workflows are played; its inputs come from the fixtures of their names. Can be given again." sep:"none" placeholder:"FILE"`

	// Document is the contract.
	Document *spec.Document `kong:"-"`
	// Script is the script; nil checks what the contract alone says.
	Script *scenarios.Script `kong:"-"`
	// TLS is for targets with certificates of their own; nil trusts what the
	// system trusts.
	TLS *tls.Config `kong:"-"`
	// OnDemand makes each exchange when the first node needs it, in place of all
	// in one SynchronizedBeforeSuite node: for suites that have such a node of
	// their own. In a parallel run, processes may then repeat exchanges.
	OnDemand bool `kong:"-"`
	// KeepExchanges keeps all exchanges in [Results.Played], which otherwise are
	// let go once they are judged, but for those that failures are about.
	KeepExchanges bool `kong:"-"`

	workflows       []*workflow
	furtherRefusals map[*spec.Operation][]int
}

// The defaults of [Config].
const (
	DefaultTimeout     = 10 * time.Second
	DefaultMaxWait     = time.Minute
	DefaultConcurrency = 8
	DefaultMaxBody     = 16 << 20
	DefaultMaxCases    = 250
	DefaultRepeat      = 1
)

// The values of [Config.Defaults].
const (
	DefaultsAuto   = "auto"
	DefaultsAlways = "always"
	DefaultsNever  = "never"
)

// UsageError says that a configuration cannot be used.
type UsageError struct{ Err error }

// Error implements error.
func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *UsageError) Unwrap() error { return e.Err }

func usage(format string, args ...any) error { return &UsageError{fmt.Errorf(format, args...)} }

// complete fills in defaults and checks what can be checked without the target.
func (c *Config) complete() error {
	if c.Document == nil {
		return usage("the configuration has no document: load one with spec.Load")
	}
	if c.Script == nil {
		c.Script = scenarios.Empty(c.Document)
	}
	if c.Script.Document != c.Document {
		return usage("the script was loaded for another document than the one to check against")
	}
	setDefault(&c.Timeout, DefaultTimeout)
	setDefault(&c.MaxWait, DefaultMaxWait)
	setDefault(&c.Concurrency, DefaultConcurrency)
	setDefault(&c.MaxBody, DefaultMaxBody)
	setDefault(&c.MaxCases, DefaultMaxCases)
	setDefault(&c.Repeat, DefaultRepeat)
	setDefault(&c.Defaults, DefaultsAuto)
	setDefault(&c.Seed, 1)
	if c.UpdateBaseline && c.Baseline == "" {
		return usage("--update-baseline needs a file to write: name it with --baseline")
	}
	if err := c.readRefusals(); err != nil {
		return err
	}
	if c.MaxCases < 0 || c.Repeat < 0 {
		return usage("max-cases and repeat cannot be negative")
	}
	if c.Rate < 0 || c.Concurrency < 0 || c.Timeout < 0 || c.MaxWait < 0 || c.MaxResponseTime < 0 || c.MaxBody < 0 {
		return usage("timeout, max-response-time, max-wait, max-body, concurrency and rate cannot be negative")
	}
	if err := c.readWorkflows(); err != nil {
		return err
	}
	for _, name := range c.Phases {
		if phaseNamed(name) == nil {
			return usage("there is no phase %q: the phases are %s", name, phaseNames())
		}
	}
	return nil
}

func setDefault[T comparable](v *T, value T) {
	var zero T
	if *v == zero {
		*v = value
	}
}

// base reads BaseURL.
func (c *Config) base() (*url.URL, error) {
	if c.BaseURL == "" {
		return nil, usage("no target: give its address with --base-url, as in --base-url http://127.0.0.1:4010")
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil {
		return nil, usage("read base URL: %w", errors.Unwrap(err))
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, usage("base URL %q does not begin with http:// or https://", u.Redacted())
	case u.Host == "":
		return nil, usage("base URL %q names no host", u.Redacted())
	case u.RawQuery != "" || u.Fragment != "":
		return nil, usage("base URL %q has a query or fragment, which no path can be added to", u.Redacted())
	case u.User != nil:
		return nil, usage("base URL %q holds a password: give it with --token", u.Redacted())
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = strings.TrimRight(u.RawPath, "/")
	return u, nil
}

// headers reads Header.
func (c *Config) headers() (http.Header, error) {
	h := http.Header{}
	for _, line := range c.Header {
		name, value, ok := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); !ok || name == "" {
			return nil, usage("header %q is not of the form \"Name: value\"", line)
		}
		h.Add(name, strings.TrimSpace(value))
	}
	return h, nil
}

// fixtures collects the target's fixtures: flags before environment before file.
func (c *Config) fixtures() (map[string]string, error) {
	values := map[string]string{}
	known := c.inputs()
	if c.Fixtures != "" {
		fromFile, err := readValues("fixture", c.Fixtures)
		if err != nil {
			return nil, err
		}
		values = fromFile
	}
	for _, f := range c.Script.Fixtures {
		known = append(known, f.Name)
	}
	for _, name := range known {
		if v, ok := os.LookupEnv(environmentName("FIXTURE", name)); ok {
			values[name] = v
		}
	}
	for name, v := range c.Fixture {
		values[name] = v
	}
	return values, knownOnly("fixture", values, known)
}

// credentials collects the target's credentials: flags before environment before
// file.
func (c *Config) credentials() (map[string]string, error) {
	values := map[string]string{}
	if c.Credentials != "" {
		fromFile, err := readValues("credential", c.Credentials)
		if err != nil {
			return nil, err
		}
		values = fromFile
	}
	known := []string{otherPartner}
	for _, cr := range c.Script.Credentials {
		if cr.Name != otherPartner {
			known = append(known, cr.Name)
		}
	}
	for _, name := range known {
		if v, ok := os.LookupEnv(environmentName("CREDENTIAL", name)); ok {
			values[name] = v
		}
	}
	for name, v := range c.Credential {
		values[name] = v
	}
	switch _, set := values[scenarios.Own]; {
	case c.Token != "":
		values[scenarios.Own] = c.Token
	case !set && c.presents():
		values[scenarios.Own] = "" // what is presented is among the run's headers
	}
	return values, knownOnly("credential", values, known)
}

// presents tells whether the run's headers hold a credential.
func (c *Config) presents() bool {
	h, err := c.headers()
	if err != nil {
		return false
	}
	for _, s := range c.Document.SecuritySchemes {
		if s.Type == "apiKey" && s.In == spec.InHeader && h.Get(s.Name) != "" {
			return true
		}
	}
	return h.Get("Authorization") != "" || h.Get("Cookie") != ""
}

func knownOnly(kind string, values map[string]string, known []string) error {
	for _, name := range sortedKeys(values) {
		if !contains(known, name) {
			return usage("the script has no %s %q: it has %s", kind, name, list(known))
		}
	}
	return nil
}

// environmentName is the variable that holds a fixture or credential.
func environmentName(kind, name string) string {
	upper := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, name)
	return "CONCORD_" + kind + "_" + upper
}
