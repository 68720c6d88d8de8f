// Command concord plays an OpenAPI contract as a mock server and checks servers
// against it, both by the same scenarios. See README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"github.com/concord-api/concord/conformance"
	"github.com/concord-api/concord/conformance/report"
	"github.com/concord-api/concord/mockserver"
	"github.com/concord-api/concord/scenarios"
	dinieScript "github.com/concord-api/concord/scenarios/dinie"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/dinie"
)

// Exit codes of every command.
const (
	exitOK          = 0 // conforms; nothing to complain about
	exitFailed      = 1 // does not conform
	exitUsage       = 2 // wrong usage, or files that cannot be used
	exitUnreachable = 3 // the target cannot be reached
)

// embedded is the name of the contract and script that the binary carries.
const embedded = "dinie"

type cli struct {
	Serve   serveCommand   `cmd:"" aliases:"mock" help:"Play a contract and its scenarios as a mock server."`
	Verify  verifyCommand  `cmd:"" help:"Check a server against a contract and its scenarios."`
	Check   checkCommand   `cmd:"" help:"Check a contract and its scenarios; say every fault with its place."`
	Init    initCommand    `cmd:"" help:"Write a first script for a contract: one scenario for each operation and documented status."`
	Explain explainCommand `cmd:"" help:"Say what a check demands, why, and who says so; without one, list them all."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// contract is what every command that reads a contract asks for.
type contract struct {
	Spec string `arg:"" optional:"" default:"${embedded}" placeholder:"SPEC" env:"CONCORD_SPEC" help:"OpenAPI 3.x document: a file, a URL, - for standard input, or ${embedded} for the one that is built in (the default)."`
}

func (c contract) load(ctx context.Context) (*spec.Document, error) {
	return spec.Load(ctx, c.Spec, spec.Embedded(embedded, dinie.Document))
}

// script is what every command that plays or checks scenarios asks for.
type script struct {
	Scenarios []string `placeholder:"PATH" help:"Scenario files, or folders of them. The default is the built-in script with the built-in contract, and none with any other."`
}

// builtIn is the script that the binary carries. Its tests hold it to its
// contract.
var builtIn = scenarios.FS("scenarios/"+embedded, dinieScript.Files)

func (s script) load(ctx context.Context, doc *spec.Document) (*scenarios.Script, error) {
	var sources []scenarios.Source
	for _, location := range s.Scenarios {
		sources = append(sources, scenarios.Path(location))
	}
	if sources == nil {
		if doc.Location != embedded {
			return scenarios.Empty(doc), nil
		}
		sources = append(sources, builtIn)
	}
	return scenarios.Load(ctx, doc, sources...)
}

// open reads a contract and its script. It does not hold the built-in script to
// its contract once more.
func (s script) open(ctx context.Context, c contract) (*scenarios.Script, error) {
	if s.Scenarios == nil && c.Spec == embedded {
		return scenarios.Open(ctx, c.load, builtIn)
	}
	doc, err := c.load(ctx)
	if err != nil {
		return nil, err
	}
	return s.load(ctx, doc)
}

// exit is an error that ends the command with a code of its own.
type exit struct {
	code int
	err  error // nil where everything has been said
}

// Error implements error.
func (e exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

// Unwrap returns what ended the command.
func (e exit) Unwrap() error { return e.err }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string) int {
	var c cli
	parser, err := kong.New(&c,
		kong.Name("concord"),
		kong.Description("One OpenAPI contract and one set of scenarios: played as a mock server, and checked against any server.\n\nExit codes: 0 all is well, 1 the server or contract does not conform, 2 wrong usage or unusable files, 3 the target cannot be reached."),
		kong.Vars{"embedded": embedded, "formats": strings.Join(report.FindingFormats, ",")},
		kong.DefaultEnvars("CONCORD"),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "concord:", err)
		return exitUsage
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "concord: %v\nrun `concord --help` for the commands and their flags\n", err)
		return exitUsage
	}
	return finish(parsed.Run())
}

// finish prints what ended a command and returns its exit code.
func finish(err error) int {
	if err == nil {
		return exitOK
	}
	code := exitUsage
	var e exit
	if errors.As(err, &e) {
		if code = e.code; e.err == nil {
			return code
		}
	}
	fmt.Fprintln(os.Stderr, "concord:", err)
	return code
}

type explainCommand struct {
	Check string `arg:"" optional:"" help:"Id of a check, as a failure shows it."`
}

// Run explains.
func (c explainCommand) Run() error { return conformance.Explain(os.Stdout, c.Check) }

type versionCommand struct{}

// Run prints the version that the binary was built from.
func (versionCommand) Run() error {
	version := "(unknown)"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
	}
	fmt.Println("concord", version)
	return nil
}

type serveCommand struct {
	contract
	script

	Host     string  `default:"127.0.0.1" help:"Address to listen on; 0.0.0.0 for all."`
	Port     int     `short:"p" default:"4010" help:"Port to listen on; 0 for any that is free."`
	TLSCert  string  `name:"tls-cert" placeholder:"FILE" help:"Certificate (PEM), for HTTPS."`
	TLSKey   string  `name:"tls-key" placeholder:"FILE" help:"Its key (PEM)."`
	Dynamic  bool    `short:"d" help:"Make fresh bodies from the schemas, instead of the contract's examples."`
	Seed     *uint64 `placeholder:"N" help:"Make the same bodies in each run."`
	Examples string  `enum:"mended,verbatim" default:"mended" help:"Mend examples that break their own schema, or send them verbatim (${enum})."`
	CORS     bool    `name:"cors" negatable:"" default:"true" help:"Let browsers of any origin in."`
	Errors   bool    `help:"Answer with the error also where a client asks for lenient handling."`

	RateLimit       int           `placeholder:"N" help:"Requests that the script's rate limit lets through, in place of its own number; for load tests."`
	MaxBody         int64         `default:"10485760" placeholder:"BYTES" help:"Longest body of a request; a longer one is a 413 (${default})."`
	MaxHeader       int           `default:"65536" placeholder:"BYTES" help:"Longest header of a request (${default})."`
	MaxRequests     int           `default:"4096" placeholder:"N" help:"Requests at a time; one more is a 503 (${default})."`
	ReadTimeout     time.Duration `default:"30s" help:"For a whole request (${default})."`
	WriteTimeout    time.Duration `default:"2m" help:"For a whole answer, without a scripted delay (${default})."`
	IdleTimeout     time.Duration `default:"2m" help:"Between the requests of a connection (${default})."`
	ShutdownTimeout time.Duration `default:"10s" help:"For running requests when the server is stopped (${default})."`
	LogLevel        slog.Level    `default:"info" help:"debug, info, warn or error; debug logs each request."`
}

// Run serves until it is interrupted.
func (c serveCommand) Run(ctx context.Context) error {
	played, err := c.script.open(ctx, c.contract)
	if err != nil {
		return err
	}
	options := []mockserver.Option{
		mockserver.WithLogger(logger(c.LogLevel)),
		mockserver.WithDynamic(c.Dynamic),
		mockserver.WithVerbatim(c.Examples == "verbatim"),
		mockserver.WithCORS(c.CORS),
		mockserver.WithStrict(c.Errors),
		mockserver.WithMaxBody(c.MaxBody),
		mockserver.WithMaxInFlight(c.MaxRequests),
		mockserver.WithRateLimit(c.RateLimit),
	}
	if c.Seed != nil {
		options = append(options, mockserver.WithSeed(*c.Seed))
	}
	server, err := mockserver.New(played.Document, played, options...)
	if err != nil {
		return err
	}
	return mockserver.Serve(ctx, server, mockserver.Listen{
		Host: c.Host, Port: c.Port, TLSCert: c.TLSCert, TLSKey: c.TLSKey,
		ReadTimeout: c.ReadTimeout, WriteTimeout: c.WriteTimeout, IdleTimeout: c.IdleTimeout,
		ShutdownTimeout: c.ShutdownTimeout, MaxHeader: c.MaxHeader, Out: os.Stdout,
	})
}

// logger logs to standard error: text on a terminal, JSON otherwise.
func logger(level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		return slog.New(slog.NewTextHandler(os.Stderr, options))
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, options))
}

type verifyCommand struct {
	contract
	script
	conformance.Config        `embed:""`
	conformance.VerifyOptions `embed:""`
}

// Help teaches how a run is begun.
func (verifyCommand) Help() string {
	return `A contract and a base URL are enough. A script adds what the contract cannot say; what differs from server to server (ids, credentials) comes from --fixture and --credential, or from the environment or files, where no process list shows it.

  concord verify openapi.yaml --base-url https://staging.example.com
  CONCORD_TOKEN=… concord verify --base-url https://staging.example.com --fixture customer=cust_…
  concord verify --base-url http://127.0.0.1:4010 --label-filter '404 && must'`
}

// Run checks a server.
func (c verifyCommand) Run(ctx context.Context) error {
	doc, err := c.contract.load(ctx)
	if err != nil {
		return err
	}
	script, err := c.script.load(ctx, doc)
	if err != nil {
		return err
	}
	c.Config.Document, c.Config.Script = doc, script
	c.VerifyOptions.Out, c.VerifyOptions.Color = os.Stdout, colored(os.Stdout)
	c.VerifyOptions.Progress, c.VerifyOptions.Live = os.Stderr, colored(os.Stderr)
	code, err := conformance.Verify(ctx, c.Config, c.VerifyOptions)
	if code == exitOK && err == nil {
		return nil
	}
	return exit{code, err}
}

type checkCommand struct {
	contract
	script
	Format string `enum:"${formats}" default:"text" help:"How to write what is found: ${formats}."`
	Output string `short:"o" placeholder:"FILE" default:"-" help:"Where to write it; - is standard output."`
	Strict bool   `help:"Fail on warnings too."`
}

// Run checks a contract and its scenarios.
func (c checkCommand) Run(ctx context.Context) error {
	doc, err := c.contract.load(ctx)
	if err != nil {
		return err
	}
	found, err := doc.Audit(ctx, progress("check"))
	if err != nil {
		return err
	}
	script, err := c.script.load(ctx, doc)
	var faults *scenarios.Error
	switch {
	case errors.As(err, &faults):
		found = append(found, faults.Findings...)
	case err != nil:
		return err
	default:
		found = append(found, script.Findings...)
	}
	findings := report.Findings{Found: found, Color: colored(os.Stdout) && c.Output == "-"}
	if err := writeTo(c.Output, os.O_TRUNC, func(w io.Writer) error { return findings.Write(w, c.Format) }); err != nil {
		return err
	}
	wrong, doubtful := findings.Worst()
	if c.Format == "text" {
		played := 0
		if script != nil {
			played = script.Size()
		}
		fmt.Fprintf(os.Stderr, "%s: %d operations, %d scenarios: %d errors, %d warnings\n", c.Spec, doc.Size(), played, wrong, doubtful)
	}
	if wrong > 0 || c.Strict && doubtful > 0 {
		return exit{code: exitFailed}
	}
	return nil
}

type initCommand struct {
	contract
	Output string `short:"o" placeholder:"FILE" default:"-" help:"Where to write it; - is standard output. A file that is there is not written over."`
}

// Run writes a first script for a contract.
func (c initCommand) Run(ctx context.Context) error {
	doc, err := c.load(ctx)
	if err != nil {
		return err
	}
	text, err := scenarios.Init(doc)
	if err != nil {
		return err
	}
	return writeTo(c.Output, os.O_EXCL, func(w io.Writer) error { _, err := w.Write(text); return err })
}

// writeTo writes to standard output for "-", else to a file.
func writeTo(path string, flags int, write func(io.Writer) error) error {
	if path == "-" {
		return write(os.Stdout)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|flags, 0o644)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Unwrap(err))
	}
	return errors.Join(write(f), f.Close())
}

// colored tells whether a file is a terminal that wants colour
// (https://no-color.org).
func colored(f *os.File) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

// progress returns what shows how far a command is, on a terminal after its
// first second; nil elsewhere.
func progress(what string) func(done, of int) {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return nil
	}
	start, shown := time.Now(), false
	return func(done, of int) {
		if time.Since(start) > time.Second {
			fmt.Fprintf(os.Stderr, "\r%s: %d of %d operations ", what, done, of)
			shown = true
		}
		if shown && done == of {
			fmt.Fprint(os.Stderr, "\r\x1b[K")
		}
	}
}
