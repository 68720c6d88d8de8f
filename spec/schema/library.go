package schema

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/pb33f/jsonschema/v6"
	"github.com/pb33f/libopenapi-validator/config"
	"github.com/pb33f/libopenapi-validator/helpers"
)

// library is the validator that decides and explains: pb33f/jsonschema with the
// formats and settings of libopenapi-validator, over one resource per schema.
// Schemas are compiled at their first use and never all at once.
type library struct {
	mu        sync.Mutex
	compilers [2]*jsonschema.Compiler
}

// compile returns the library's form of a schema. A compiler is not safe for
// concurrent use, hence the lock; what it returns is.
func (r *Reader) compile(dir Direction, s *Schema) (*jsonschema.Schema, error) {
	r.library.mu.Lock()
	defer r.library.mu.Unlock()
	c := r.library.compilers[dir]
	if c == nil {
		options := []config.Option{config.WithFormatAssertions(), config.WithRegexEngine(regexpEngine)}
		for name, is := range formatChecks {
			options = append(options, config.WithCustomFormat(name, ofFormat(is)))
		}
		c = helpers.NewCompilerWithOptions(config.NewValidationOptions(options...))
		c.DefaultDraft(jsonschema.Draft2020)
		c.UseLoader(loader{r, dir})
		r.library.compilers[dir] = c
	}
	compiled, err := c.Compile(location(dir, s))
	if err != nil {
		return nil, fmt.Errorf("%s: schema %s cannot be compiled: %w", s.Position, s.Pointer, err)
	}
	return compiled, nil
}

// loader hands the library one schema of the contract as a resource.
type loader struct {
	reader *Reader
	dir    Direction
}

// Load implements jsonschema.URLLoader.
func (l loader) Load(url string) (any, error) {
	id, err := strconv.Atoi(url[strings.LastIndexByte(url, '/')+1:])
	if err != nil || !strings.HasPrefix(url, "concord://") {
		return nil, fmt.Errorf("%s is no schema of the contract", url)
	}
	l.reader.mu.Lock()
	defer l.reader.mu.Unlock()
	if id < 1 || id > len(l.reader.byID) {
		return nil, fmt.Errorf("%s is no schema of the contract", url)
	}
	e := emitter{l.dir, map[*Schema]bool{}}
	return e.emit(l.reader.byID[id-1]), nil
}

func regexpEngine(pattern string) (jsonschema.Regexp, error) { return CompilePattern(pattern) }

// decode reads a JSON text for the library: numbers as json.Number.
func decode(v Value) any {
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(tamed(v)))
	if err != nil {
		return string(v)
	}
	return out
}

func decodeAll(values []Value) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = decode(v)
	}
	return out
}
