package report

import (
	_ "embed" // for the schema
	"io"
)

// Schema is the JSON Schema (2020-12) of the JSON report.
//
//go:embed results.schema.json
var Schema []byte

// writeRunJSON writes the model as it is.
func writeRunJSON(w io.Writer, r *Run) error { return writeJSON(w, r) }
