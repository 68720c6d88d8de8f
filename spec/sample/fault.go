package sample

import (
	"fmt"

	"github.com/concord-api/concord/spec/schema"
)

// placed is an error at a schema.
type placed struct {
	at, why string
}

// Error implements error.
func (e *placed) Error() string { return e.at + ": " + e.why }

// fault is an error at the schemas of a place.
func fault(all []*schema.Schema, format string, args ...any) error {
	return &placed{where(all), fmt.Sprintf(format, args...)}
}

// where names the schemas of a place for an error.
func where(all []*schema.Schema) string {
	if len(all) == 0 {
		return "a member that nothing is said about"
	}
	s := all[0].Target()
	if s.Position.Line == 0 {
		return orRoot(s.Pointer)
	}
	return s.Position.String() + ": schema " + orRoot(s.Pointer)
}
