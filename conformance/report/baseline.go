package report

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// Entry is a failure as a baseline knows it. It holds no id, date or value that
// could differ from run to run.
type Entry struct {
	Check     string `json:"check"`
	Operation string `json:"operation,omitempty"`
	Case      string `json:"case"`
	Note      string `json:"note,omitempty"` // of people, kept by an update
}

// Fingerprint is the entry's identity in 16 hexadecimal digits, for services
// that follow a failure from run to run.
func (e Entry) Fingerprint() string {
	sum := sha256.Sum256([]byte(e.Check + "\x00" + e.Operation + "\x00" + e.Case))
	return hex.EncodeToString(sum[:8])
}

// Failures are the failures that a team knows of and lives with for now.
type Failures map[string]Entry // by fingerprint

// baselineFile is the form of a baseline. It is sorted, so that it can be kept
// under version control.
type baselineFile struct {
	Version int     `json:"version"`
	Known   []Entry `json:"known"`
}

// ReadBaseline reads a baseline that [Failures.Write] has written. A file that
// is not there is an error that wraps [fs.ErrNotExist].
func ReadBaseline(file string) (Failures, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read baseline: %w: write it with --update-baseline", err)
	}
	if err != nil {
		return nil, fmt.Errorf("read baseline: %w", err)
	}
	failures, err := parseBaseline(data)
	if err != nil {
		return nil, fmt.Errorf("read baseline %s: %w: mend it, or write it anew with --update-baseline", file, err)
	}
	return failures, nil
}

func parseBaseline(data []byte) (Failures, error) {
	var read baselineFile
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&read); err != nil {
		var wrong *json.SyntaxError
		if errors.As(err, &wrong) {
			line := 1 + bytes.Count(data[:min(int(wrong.Offset), len(data))], []byte("\n"))
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		return nil, err
	}
	if read.Version != Version {
		return nil, fmt.Errorf("its version is %d, and this program reads %d", read.Version, Version)
	}
	out := Failures{}
	for i, e := range read.Known {
		if e.Check == "" || e.Case == "" {
			return nil, fmt.Errorf("entry %d of known has no check or no case", i+1)
		}
		out[e.Fingerprint()] = e
	}
	return out, nil
}

// Write writes the failures, sorted by operation, case and check.
func (f Failures) Write(w io.Writer) error {
	known := make([]Entry, 0, len(f))
	for _, e := range f {
		known = append(known, e)
	}
	slices.SortFunc(known, func(a, b Entry) int {
		return cmp.Or(strings.Compare(a.Operation, b.Operation), strings.Compare(a.Case, b.Case), strings.Compare(a.Check, b.Check))
	})
	return writeJSON(w, baselineFile{Version, known})
}

// Has tells whether a failure is known.
func (f Failures) Has(e Entry) bool {
	_, ok := f[e.Fingerprint()]
	return ok
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
