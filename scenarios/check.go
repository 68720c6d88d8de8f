package scenarios

import (
	"context"
	"errors"

	"github.com/concord-api/concord/spec"
)

// Check lists what is wrong with a contract and with a script for it: the
// document's findings first, then the script's, each in the order of its files.
// Without sources only the contract is checked. The error is of files that
// cannot be read at all.
func Check(ctx context.Context, doc *spec.Document, sources ...Source) ([]spec.Finding, error) {
	out := doc.Findings()
	if len(sources) == 0 {
		return out, nil
	}
	s, err := Load(ctx, doc, sources...)
	var faults *Error
	switch {
	case errors.As(err, &faults):
		return append(out, faults.Findings...), nil
	case err != nil:
		return out, err
	}
	return append(out, s.Findings...), nil
}
