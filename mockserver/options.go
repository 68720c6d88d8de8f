package mockserver

import (
	"log/slog"
	"time"

	"github.com/concord-api/concord/mockserver/state"
)

// The limits of a [Server] that no option changes.
const (
	DefaultMaxBody     = 10 << 20 // bytes of a request's body, decoded
	DefaultMaxInFlight = 4096     // requests at a time
)

// Option changes how a [Server] plays its contract.
type Option func(*config)

type config struct {
	log         *slog.Logger
	clock       func() time.Time
	store       state.Store
	maxBody     int64
	maxInFlight int64
	cors        bool
	dynamic     bool
	seed        uint64
	seeded      bool
	verbatim    bool
	strict      bool
	rateLimit   int
}

func defaults() config {
	return config{
		log:         slog.New(slog.DiscardHandler),
		clock:       time.Now,
		maxBody:     DefaultMaxBody,
		maxInFlight: DefaultMaxInFlight,
		cors:        true,
	}
}

// WithLogger says where to log. The default logs nothing. Tokens, keys, queries
// and bodies are never logged.
func WithLogger(l *slog.Logger) Option { return func(c *config) { c.log = l } }

// WithClock replaces [time.Now], for tests.
func WithClock(now func() time.Time) Option { return func(c *config) { c.clock = now } }

// WithStore says where idempotent answers, positions of sequences and counts of
// the rate limit are kept, for replicas that share them. The default is this
// process's memory.
func WithStore(s state.Store) Option { return func(c *config) { c.store = s } }

// WithMaxBody bounds a request's body, in bytes; a longer one is a 413. The
// default is [DefaultMaxBody].
func WithMaxBody(n int64) Option { return func(c *config) { c.maxBody = n } }

// WithMaxInFlight bounds how many requests are served at a time; one more is a
// 503 with Retry-After. The default is [DefaultMaxInFlight].
func WithMaxInFlight(n int) Option { return func(c *config) { c.maxInFlight = int64(n) } }

// WithCORS tells whether browsers of any origin are let in. The default is yes.
func WithCORS(on bool) Option { return func(c *config) { c.cors = on } }

// WithDynamic makes fresh bodies from the schemas for each request, instead of
// the contract's examples.
func WithDynamic(on bool) Option { return func(c *config) { c.dynamic = on } }

// WithSeed makes generated bodies the same in each run.
func WithSeed(seed uint64) Option { return func(c *config) { c.seed, c.seeded = seed, true } }

// WithVerbatim sends examples of the contract as they are written, also those
// that break their own schema; the header Concord-Verbatim says so then.
func WithVerbatim(on bool) Option { return func(c *config) { c.verbatim = on } }

// WithStrict answers with the error also where the client asked for lenient
// handling of its choices (RFC 7240 §4.4).
func WithStrict(on bool) Option { return func(c *config) { c.strict = on } }

// WithRateLimit replaces how many requests the script's rate limit lets through
// in each window, for load tests; its headers are sent as before. A script
// without a rate limit stays without one, and 0 leaves the script's number.
func WithRateLimit(requests int) Option { return func(c *config) { c.rateLimit = requests } }
