package spec

import "github.com/concord-api/concord/spec/source"

// Severity tells whether a finding keeps a document or script from being used.
type Severity string

// The severities of findings.
const (
	Error   Severity = "error"   // cannot be used as it is
	Warning Severity = "warning" // is used, but somebody should look
	Note    Severity = "note"
)

// Finding is a fault in a document or script, and its place.
type Finding struct {
	Severity Severity
	Rule     string // stable, for filters and SARIF: "schema.pattern", "example.invalid"
	Message  string // a sentence, lower case, without the position
	Position source.Position
	Pointer  string // JSON pointer in the file, where there is one
}

// String returns "file:line:column: severity: message (rule)".
func (f Finding) String() string {
	s := f.Position.String()
	if s != "" {
		s += ": "
	}
	return s + string(f.Severity) + ": " + f.Message + " (" + f.Rule + ")"
}
