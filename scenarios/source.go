package scenarios

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec/source"
)

// Source is where files of a script are.
type Source struct {
	location string
	fsys     fs.FS
	texts    []text // already read
}

// Path is a file, or a folder whose files *.yaml and *.yml are read by name,
// those of its subfolders too.
func Path(location string) Source { return Source{location: location} }

// FS is a folder in a file system; its files are shown to people under name.
func FS(name string, fsys fs.FS) Source { return Source{location: name, fsys: fsys} }

// maxFile bounds the size of one file of a script, in bytes.
const maxFile = 16 << 20

// text is one file as it was read.
type text struct {
	name string
	data []byte
}

// files reads all files of a source, by name.
func (s Source) files(ctx context.Context) ([]text, error) {
	if s.texts != nil {
		return s.texts, nil
	}
	fsys, root := s.fsys, "."
	if fsys == nil {
		info, err := os.Stat(s.location)
		if err != nil {
			return nil, fmt.Errorf("read scenarios: %w", err)
		}
		if !info.IsDir() {
			data, err := readFile(os.DirFS(filepath.Dir(s.location)), filepath.Base(s.location))
			if err != nil {
				return nil, fmt.Errorf("read scenarios: %w", err)
			}
			return []text{{s.location, data}}, nil
		}
		fsys = os.DirFS(s.location)
	}
	var names []string
	err := fs.WalkDir(fsys, root, func(name string, entry fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if ext := path.Ext(name); !entry.IsDir() && (ext == ".yaml" || ext == ".yml") {
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read scenarios in %s: %w", s.location, err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("read scenarios: %s has no file *.yaml or *.yml", s.location)
	}
	sort.Strings(names)
	var out []text
	for _, name := range names {
		data, err := readFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read scenarios in %s: %w", s.location, err)
		}
		out = append(out, text{s.shown(name), data})
	}
	return out, nil
}

func (s Source) shown(name string) string {
	if s.fsys != nil {
		return path.Join(s.location, name)
	}
	return filepath.Join(s.location, filepath.FromSlash(name))
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s is larger than %d MiB", name, maxFile>>20)
	}
	return data, err
}

// parse reads a file as YAML. A file that says nothing gives nil.
func (fs *findings) parse(t text) *source.File {
	file := &source.File{Location: t.name, Name: t.name}
	decoder := yaml.NewDecoder(bytes.NewReader(t.data))
	var root, second yaml.Node
	err := decode(decoder, &root)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		fs.errorf(yamlPosition(t.name, err), ruleSyntax, "the file is no YAML: %s", yamlMessage(err))
		return nil
	}
	if err := decode(decoder, &second); err == nil {
		fs.errorf(source.Position{File: t.name, Line: second.Line, Column: second.Column}, ruleSyntax,
			"a file of a script holds one YAML document: move the second into a file of its own")
	}
	if file.Root = source.Resolve(&root); file.Root == nil || file.Root.Kind == 0 {
		return nil
	}
	return file
}

// decode reads one YAML document. The parser is of others and has panicked on
// malformed input before; here that is an error like any other.
func decode(d *yaml.Decoder, into *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return d.Decode(into)
}

// yamlPlace is how the parser says where: "line 3:" or "at L3.C1".
var yamlPlace = regexp.MustCompile(`(?:line (\d+): ?| ?at L(\d+)\.C(\d+):?)`)

// yamlPosition takes the place out of the parser's message.
func yamlPosition(name string, err error) source.Position {
	at := source.Position{File: name}
	m := yamlPlace.FindStringSubmatch(err.Error())
	if m == nil {
		return at
	}
	at.Column = 1
	if at.Line, err = strconv.Atoi(m[1] + m[2]); err != nil {
		return source.Position{File: name}
	}
	if column, err := strconv.Atoi(m[3]); err == nil {
		at.Column = column
	}
	return at
}

// yamlMessage leaves out the place, which is told in front.
func yamlMessage(err error) string {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	message = strings.TrimPrefix(message, "go-yaml load error in ")
	return strings.TrimSpace(yamlPlace.ReplaceAllString(message, ""))
}
