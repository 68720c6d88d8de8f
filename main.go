// Command concord plays an OpenAPI contract as a mock server and checks servers
// against it, both by the same scenarios. See README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

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
	Check   checkCommand   `cmd:"" help:"Check a contract and its scenarios; say every fault with its place."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// contract is what every command that reads a contract asks for.
type contract struct {
	Spec string `arg:"" optional:"" default:"${embedded}" placeholder:"SPEC" env:"CONCORD_SPEC" help:"OpenAPI 3.x document: a file, a URL, - for standard input, or ${embedded} for the one that is built in (the default)."`
}

func (c contract) load(ctx context.Context) (*spec.Document, error) {
	return spec.Load(ctx, c.Spec, spec.Embedded(embedded, dinie.Document))
}

// exit is an error that ends the command with a code of its own.
type exit struct {
	code int
	err  error // nil where everything has been said
}

func (e exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e exit) Unwrap() error { return e.err }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string) (code int) {
	var c cli
	parser, err := kong.New(&c,
		kong.Name("concord"),
		kong.Description("One OpenAPI contract and one set of scenarios: played as a mock server, and checked against any server.\n\nExit codes: 0 all is well, 1 the server or contract does not conform, 2 wrong usage or unusable files, 3 the target cannot be reached."),
		kong.Vars{"embedded": embedded},
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Exit(func(c int) { panic(exit{code: c}) }),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "concord:", err)
		return exitUsage
	}
	defer func() { // kong ends --help by its Exit
		if r := recover(); r != nil {
			e, ok := r.(exit)
			if !ok {
				panic(r)
			}
			code = e.code
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "concord: %v\nrun `concord --help` for the commands and their flags\n", err)
		return exitUsage
	}
	return report(parsed.Run())
}

// report prints what ended a command and returns its exit code.
func report(err error) int {
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

type checkCommand struct {
	contract
}

// Run checks a contract.
func (c checkCommand) Run(ctx context.Context) error {
	doc, err := c.load(ctx)
	if err != nil {
		return err
	}
	failed := false
	for _, f := range doc.Findings() {
		fmt.Println(f)
		failed = failed || f.Severity == spec.Error
	}
	if failed {
		return exit{code: exitFailed}
	}
	return nil
}
