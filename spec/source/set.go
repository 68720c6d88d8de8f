package source

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/pb33f/go-yaml"
)

// File is one document that was read.
type File struct {
	Location string // absolute path or URL
	Name     string // what the user is shown
	Root     *yaml.Node
	// Self is the URI that the file says it has (`$self`, OpenAPI 3.2 §4.8.1),
	// "" for none. Relative references start there, else at Location.
	Self string
}

// Position is the place of a node in the file.
func (f *File) Position(n *yaml.Node) Position {
	p := Position{File: f.Name}
	if n != nil {
		p.Line, p.Column = n.Line, n.Column
	}
	return p
}

// Place is a node, the file that it stands in, and the JSON pointer to it.
type Place struct {
	Node    *yaml.Node
	File    *File
	Pointer string // RFC 6901, "" is the whole document
}

// Position is where the place's node begins.
func (p Place) Position() Position { return p.File.Position(p.Node) }

// Child is the place of a member or an item, by its name or index.
func (p Place) Child(name string, n *yaml.Node) Place {
	return Place{Node: Resolve(n), File: p.File, Pointer: p.Pointer + "/" + EscapePointer(name)}
}

// Set is the files of one contract, by location. It is safe for concurrent use.
type Set struct {
	// Open reads a file that is not in the set yet; nil leaves it missing.
	Open func(location string) (*File, error)
	// Read reads a text that is no document of the contract; nil leaves it
	// missing.
	Read func(location string) ([]byte, error)

	mu     sync.Mutex
	files  map[string]*File
	failed map[string]error
	texts  map[string]text
}

// text is what Read returned.
type text struct {
	is  []byte
	err error
}

// ErrNotFound says that a reference leads nowhere.
var ErrNotFound = errors.New("not found")

// Add puts a file into the set, in place of an earlier one of that location.
func (s *Set) Add(f *File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(f)
}

func (s *Set) add(f *File) {
	if s.files == nil {
		s.files = map[string]*File{}
	}
	s.files[f.Location] = f
	self := Get(f.Root, "$self")
	if self == nil || self.Kind != yaml.ScalarNode || self.Value == "" {
		return
	}
	uri, _, _ := strings.Cut(self.Value, "#")
	f.Self = join(f.Location, uri)
	if s.files[f.Self] == nil {
		s.files[f.Self] = f
	}
}

// File returns the file of an absolute path or URL, read at its first use. The
// error of a file that cannot be read wraps [ErrNotFound] where nothing is
// there to be read.
func (s *Set) File(location string) (*File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.files[location]; f != nil {
		return f, nil
	}
	if err := s.failed[location]; err != nil {
		return nil, err
	}
	if s.Open == nil {
		return nil, fmt.Errorf("file %s: %w", location, ErrNotFound)
	}
	f, err := s.Open(location)
	if err != nil {
		if s.failed == nil {
			s.failed = map[string]error{}
		}
		s.failed[location] = err
		return nil, err
	}
	s.add(f)
	return f, nil
}

// Text returns the bytes that a reference in a file leads to, read at the first
// use of their location.
func (s *Set) Text(ref string, from *File) ([]byte, error) {
	ref, _, _ = strings.Cut(ref, "#")
	beside := join(from.Location, ref)
	is, err := s.text(beside)
	if err != nil && from.Self != "" {
		if uri := join(from.Self, ref); uri != beside {
			return s.text(uri)
		}
	}
	return is, err
}

func (s *Set) text(location string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.texts[location]; ok {
		return t.is, t.err
	}
	t := text{err: fmt.Errorf("file %s: %w", location, ErrNotFound)}
	if s.Read != nil {
		t.is, t.err = s.Read(location)
	}
	if s.texts == nil {
		s.texts = map[string]text{}
	}
	s.texts[location] = t
	return t.is, t.err
}

// Resolve finds what a reference (RFC 3986) in a file means. Its fragment is a
// JSON pointer (RFC 6901) or empty. The error wraps [ErrNotFound] and names the
// part that is missing.
func (s *Set) Resolve(ref string, from *File) (Place, error) {
	location, fragment, _ := strings.Cut(ref, "#")
	file := from
	if location != "" {
		var err error
		if file, err = s.target(location, from); err != nil {
			return Place{}, fmt.Errorf("reference %q: %w", ref, err)
		}
	}
	pointer, err := url.PathUnescape(fragment)
	if err != nil {
		return Place{}, fmt.Errorf("reference %q: %w", ref, err)
	}
	node, err := Walk(file.Root, pointer)
	if err != nil {
		return Place{}, fmt.Errorf("reference %q: %w", ref, err)
	}
	return Place{Node: node, File: file, Pointer: pointer}, nil
}

// target finds the file that a reference leads to. Files that lie beside one
// that names itself elsewhere are taken from there, as they were when it was
// written; only what is missing is fetched by its URI.
func (s *Set) target(location string, from *File) (*File, error) {
	if from.Self == "" {
		return s.File(join(from.Location, location))
	}
	uri, beside := join(from.Self, location), join(from.Location, location)
	if f := s.known(uri); f != nil || uri == beside {
		return s.File(uri)
	}
	if f, err := s.File(beside); err == nil {
		return f, nil
	}
	return s.File(uri)
}

func (s *Set) known(location string) *File {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[location]
}

func join(base, ref string) string {
	if u, err := url.Parse(base); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		if r, err := u.Parse(ref); err == nil {
			return r.String()
		}
		return ref
	}
	if u, err := url.Parse(ref); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		return ref
	}
	if p, err := url.PathUnescape(ref); err == nil {
		ref = p
	}
	if filepath.IsAbs(ref) {
		return filepath.Clean(ref)
	}
	return filepath.Join(filepath.Dir(base), filepath.FromSlash(ref))
}

// Walk follows a JSON pointer from a node. The error wraps [ErrNotFound].
func Walk(n *yaml.Node, pointer string) (*yaml.Node, error) {
	n = Resolve(n)
	if pointer == "" || pointer == "/" {
		return n, nil
	}
	if !strings.HasPrefix(pointer, "/") {
		return nil, fmt.Errorf("anchor %q: %w", pointer, ErrNotFound)
	}
	for _, token := range strings.Split(pointer[1:], "/") {
		name := UnescapePointer(token)
		var next *yaml.Node
		switch {
		case n != nil && n.Kind == yaml.SequenceNode:
			if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.Content) {
				next = Resolve(n.Content[i])
			}
		default:
			next = Get(n, name)
		}
		if next == nil {
			return nil, fmt.Errorf("%s of %s: %w", name, pointer, ErrNotFound)
		}
		n = next
	}
	return n, nil
}

var (
	pointerEscaper   = strings.NewReplacer("~", "~0", "/", "~1")
	pointerUnescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

// EscapePointer writes a name as one token of a JSON pointer (RFC 6901 §3).
func EscapePointer(name string) string { return pointerEscaper.Replace(name) }

// UnescapePointer reads one token of a JSON pointer (RFC 6901 §4).
func UnescapePointer(token string) string { return pointerUnescaper.Replace(token) }
