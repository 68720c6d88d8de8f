package spec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/libopenapi"
	"github.com/pb33f/libopenapi/datamodel"
	"github.com/pb33f/libopenapi/utils"

	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// MaxDocumentBytes bounds what is read from one file or URL.
const MaxDocumentBytes = 256 << 20

// ErrUnusable is wrapped by the errors of documents that cannot be used.
var ErrUnusable = errors.New("unusable document")

// Option changes how a document is loaded.
type Option func(*loader)

// Embedded lets a document be loaded by a name, without a file.
func Embedded(name string, document []byte) Option {
	return func(l *loader) { l.embedded[name] = document }
}

// Client sets the client that fetches documents by URL. The default gives up
// after 30 seconds.
func Client(c *http.Client) Option {
	return func(l *loader) { l.client = c }
}

// Stdin sets what is read for the location "-". The default is os.Stdin.
func Stdin(r io.Reader) Option {
	return func(l *loader) { l.stdin = r }
}

type loader struct {
	ctx      context.Context
	embedded map[string][]byte
	client   *http.Client
	stdin    io.Reader
}

// Load reads an OpenAPI document from a path, an http(s) URL, "-" for standard
// input, or a name given by [Embedded]. External references are read as they
// are met, relative to the file that they stand in.
//
// A document that cannot be used at all is an error that wraps [ErrUnusable]
// and names every place; one with faults is loaded, and they are its Findings.
func Load(ctx context.Context, location string, options ...Option) (*Document, error) {
	l := &loader{
		ctx:      ctx,
		embedded: map[string][]byte{},
		client:   &http.Client{Timeout: 30 * time.Second},
		stdin:    os.Stdin,
	}
	for _, o := range options {
		o(l)
	}
	absolute, text, err := l.readRoot(location)
	if err != nil {
		return nil, fmt.Errorf("read the OpenAPI document %s: %w", location, err)
	}
	return l.document(location, absolute, text)
}

func (l *loader) readRoot(location string) (absolute string, text []byte, err error) {
	if text, ok := l.embedded[location]; ok {
		return location, text, nil
	}
	switch {
	case location == "":
		return "", nil, errors.New("no location was given")
	case location == "-":
		text, err = io.ReadAll(io.LimitReader(l.stdin, MaxDocumentBytes+1))
		if wd, wdErr := os.Getwd(); wdErr == nil {
			absolute = filepath.Join(wd, "stdin")
		}
	case isURL(location):
		absolute = location
		text, err = l.read(location)
	default:
		if absolute, err = filepath.Abs(location); err == nil {
			text, err = l.read(absolute)
		}
	}
	if err == nil && len(text) > MaxDocumentBytes {
		err = fmt.Errorf("it is larger than %d MiB", MaxDocumentBytes>>20)
	}
	return absolute, text, err
}

func isURL(location string) bool {
	return strings.HasPrefix(location, "http://") || strings.HasPrefix(location, "https://")
}

// read returns the bytes of an absolute path or URL.
func (l *loader) read(location string) ([]byte, error) {
	if !isURL(location) {
		info, err := os.Stat(location)
		if err != nil {
			return nil, cause(err)
		}
		if info.IsDir() {
			return nil, errors.New("it is a directory; name the file")
		}
		text, err := os.ReadFile(location)
		return text, cause(err)
	}
	req, err := http.NewRequestWithContext(l.ctx, http.MethodGet, location, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/vnd.oai.openapi+json, application/json, application/yaml, */*;q=0.5")
	resp, err := l.client.Do(req)
	if err != nil {
		return nil, cause(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answers %s", resp.Status)
	}
	return io.ReadAll(io.LimitReader(resp.Body, MaxDocumentBytes+1))
}

// cause strips the operation and location from an error whose caller names them.
func cause(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// document makes a document of its text.
func (l *loader) document(location, absolute string, text []byte) (*Document, error) {
	unusable := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrUnusable, fmt.Sprintf(format, args...))
	}
	text = source.Text(text)
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, unusable("%s is empty", location)
	}
	config := datamodel.NewDocumentConfiguration()
	config.BypassDocumentCheck = true // said below, with places
	config.SkipJSONConversion = true
	config.Logger = slog.New(slog.DiscardHandler)
	doc, err := libopenapi.NewDocumentWithConfiguration(text, config)
	if err != nil {
		return nil, unusable("%s", positioned(location, err))
	}
	info := doc.GetSpecInfo()
	root := &source.File{Location: absolute, Name: location, Root: source.Resolve(info.RootNode)}
	if root.Root == nil || root.Root.Kind != yaml.MappingNode {
		// The library makes a node of text that is no YAML; its parser says
		// what is wrong with it.
		if _, err := source.Parse(text); err != nil {
			return nil, unusable("%s", positioned(location, err))
		}
	}
	if root.Root == nil || root.Root.Kind != yaml.MappingNode {
		return nil, unusable("%s is no OpenAPI document: it must be an object with the members openapi, info and paths", location)
	}
	if err := version(root); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	if problems := duplicates(root); len(problems) > 0 {
		return nil, unusable("%s", strings.Join(problems, "\n"))
	}
	d := &Document{Location: location, files: &source.Set{Open: l.open, Read: l.readExample}, root: root, text: text}
	d.files.Add(root)
	d.index(source.Place{Node: root.Root, File: root})
	if len(d.operations)+len(d.webhooks) == 0 && source.Get(root.Root, "paths") == nil && source.Get(root.Root, "webhooks") == nil && source.Get(root.Root, "components") == nil {
		return nil, unusable("%s has none of paths, webhooks and components", root.Position(root.Root))
	}
	return d, nil
}

// open reads a file that a reference leads to.
func (l *loader) open(location string) (*source.File, error) {
	text, err := l.read(location)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", location, err)
	}
	root, err := source.Parse(text)
	if err != nil {
		return nil, errors.New(positioned(location, err))
	}
	name := location
	if wd, err := os.Getwd(); err == nil && !isURL(location) {
		if rel, err := filepath.Rel(wd, location); err == nil && !strings.HasPrefix(rel, "..") {
			name = rel
		}
	}
	f := &source.File{Location: location, Name: name, Root: source.Resolve(root)}
	if problems := duplicates(f); len(problems) > 0 {
		return nil, errors.New(strings.Join(problems, "\n"))
	}
	return f, nil
}

// exampleTimeout bounds how long an example is fetched, which a request may wait
// for: documents name servers that are long gone.
const exampleTimeout = 5 * time.Second

// readExample reads what an externalValue leads to.
func (l *loader) readExample(location string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(l.ctx, exampleTimeout)
	defer cancel()
	within := *l
	within.ctx = ctx
	text, err := within.read(location)
	if err == nil && len(text) > MaxDocumentBytes {
		err = fmt.Errorf("it is larger than %d MiB", MaxDocumentBytes>>20)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", location, err)
	}
	return text, nil
}

// version refuses documents that are not for OpenAPI 3.
func version(f *source.File) error {
	if v := source.Get(f.Root, "openapi"); v != nil {
		if v.Value == "3" || strings.HasPrefix(v.Value, "3.") {
			return nil
		}
		return fmt.Errorf("%s: openapi %q is not supported: OpenAPI 3.0, 3.1 and 3.2 are", f.Position(v), v.Value)
	}
	if v := source.Get(f.Root, utils.OpenApi2); v != nil {
		return fmt.Errorf("%s: Swagger %s is not supported: convert the document to OpenAPI 3 first (for example with the npm package swagger2openapi)", f.Position(v), v.Value)
	}
	if v := source.Get(f.Root, utils.AsyncApi); v != nil {
		return fmt.Errorf("%s: this is an AsyncAPI document, not OpenAPI", f.Position(v))
	}
	return fmt.Errorf("%s: the member openapi is missing, such as openapi: 3.1.0", f.Position(f.Root))
}

// yamlError is how the parser words its errors.
var yamlError = regexp.MustCompile(`(?s)^go-yaml load error in .*? at L(\d+)\.C(\d+)(?:-\S+)?: (.*)$`)

// positioned turns a parser's error into file:line:column: message.
func positioned(location string, err error) string {
	if m := yamlError.FindStringSubmatch(err.Error()); m != nil {
		return location + ":" + m[1] + ":" + m[2] + ": " + m[3]
	}
	return location + ": " + err.Error()
}

// duplicates lists the members that a mapping has twice, with both places.
func duplicates(f *source.File) []string {
	var out []string
	var walk func(n *yaml.Node, depth int)
	walk = func(n *yaml.Node, depth int) {
		if depth > 1000 || len(out) > 100 {
			return
		}
		if n.Kind == yaml.MappingNode {
			first := make(map[string]*yaml.Node, len(n.Content)/2)
			for i := 0; i+1 < len(n.Content); i += 2 {
				key := n.Content[i]
				if earlier, ok := first[key.Value]; ok && key.Kind == yaml.ScalarNode && key.Value != "<<" {
					out = append(out, fmt.Sprintf("%s: member %q stands twice, first at line %d", f.Position(key), key.Value, earlier.Line))
				} else {
					first[key.Value] = key
				}
			}
		}
		for _, c := range n.Content {
			if len(c.Content) > 0 {
				walk(c, depth+1)
			}
		}
	}
	walk(f.Root, 0)
	return out
}

func schemaVersion(openapi string) schema.Version {
	if strings.HasPrefix(openapi, "3.0") {
		return schema.V30
	}
	return schema.V31
}
