package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Format is a way to write a run.
type Format struct {
	Name  string
	Says  string // what reads it
	write func(io.Writer, *Run) error
}

// Formats lists the formats. A further one is a file, and a row here.
var Formats = []Format{
	{"html", "one page for people, which needs no network", writeHTML},
	{"json", "the whole model, by results.schema.json", writeRunJSON},
	{"junit", "test reporters: GitLab, Jenkins, GitHub's", writeJUnit},
	{"sarif", "code scanning: SARIF 2.1.0", writeSARIF},
	{"github", "annotations of GitHub Actions, and the step summary", writeGitHub},
}

// Write writes the run in a format.
func (f Format) Write(w io.Writer, r *Run) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	if err := f.write(buffered, r); err != nil {
		return fmt.Errorf("write %s report: %w", f.Name, err)
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("write %s report: %w", f.Name, err)
	}
	return nil
}

// Names lists the names of the formats.
func Names() []string {
	names := make([]string, len(Formats))
	for i, f := range Formats {
		names[i] = f.Name
	}
	return names
}

// Output is one report that somebody wants: a format, and where it goes.
type Output struct {
	Format Format
	Path   string // "-" is the standard output
}

// ParseOutput reads "html=report.html", "junit=-" or "github", which is short for
// "github=-".
func ParseOutput(s string) (Output, error) {
	name, path, hasPath := strings.Cut(s, "=")
	i := slices.IndexFunc(Formats, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Output{}, fmt.Errorf("report %q: there is no format %q: one of %s is, as in html=report.html", s, name, strings.Join(Names(), ", "))
	}
	switch {
	case hasPath && path == "":
		return Output{}, fmt.Errorf("report %q names no file: write %s=FILE, or %s=- for the standard output", s, name, name)
	case !hasPath && name != "github":
		return Output{}, fmt.Errorf("report %q names no file: write %s=FILE, or %s=- for the standard output", s, name, name)
	case !hasPath:
		path = "-"
	}
	return Output{Formats[i], path}, nil
}

// Write writes the run where it is wanted. A file appears whole or not at all.
func (o Output) Write(stdout io.Writer, r *Run) error {
	if o.Path == "-" {
		return o.Format.Write(stdout, r)
	}
	if info, err := os.Stat(o.Path); err == nil && !info.Mode().IsRegular() {
		return o.writeDevice(r)
	}
	temporary, err := os.CreateTemp(filepath.Dir(o.Path), ".concord-report-*")
	if err != nil {
		return fmt.Errorf("write %s report to %s: %w", o.Format.Name, o.Path, err)
	}
	err = errors.Join(o.Format.Write(temporary, r), temporary.Chmod(0o644), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), o.Path)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
		return fmt.Errorf("write %s report to %s: %w", o.Format.Name, o.Path, err)
	}
	return nil
}

// writeDevice writes to what is there and is no file: a pipe, a terminal.
func (o Output) writeDevice(r *Run) error {
	device, err := os.OpenFile(o.Path, os.O_WRONLY, 0)
	if err == nil {
		err = errors.Join(o.Format.Write(device, r), device.Close())
	}
	if err != nil {
		return fmt.Errorf("write %s report to %s: %w", o.Format.Name, o.Path, err)
	}
	return nil
}
