package conformance

import (
	"flag"
	"fmt"
	"io"

	"github.com/alecthomas/kong"
)

// BindFlags adds the flags of a struct with kong's tags, such as one that embeds
// [Config], to a flag set, so that the three ways to run the suite have the same
// flags and the same environment variables. The struct is filled in by the
// function that BindFlags returns, to be called after the flag set has parsed
// its arguments.
func BindFlags(flags *flag.FlagSet, into any) (complete func() error, err error) {
	parser, err := kong.New(into, kong.Name("conformance"), kong.NoDefaultHelp(), kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) {}))
	if err != nil {
		return nil, fmt.Errorf("bind flags: %w", err)
	}
	var arguments []string
	for _, f := range parser.Model.Flags {
		take := func(value string) error {
			arguments = append(arguments, "--"+f.Name+"="+value)
			return nil
		}
		if f.IsBool() {
			flags.BoolFunc(f.Name, f.Help, take)
		} else {
			flags.Func(f.Name, f.Help, take)
		}
	}
	return func() error {
		if _, err := parser.Parse(arguments); err != nil {
			return &UsageError{err}
		}
		return nil
	}, nil
}
