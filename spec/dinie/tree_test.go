package dinie_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/concord-api/concord/spec/dinie"
	"github.com/pb33f/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// tree is the decoded document: maps, slices and JSON scalars.
type tree struct{ root any }

// readTree decodes the document as JSON data, so that a YAML date or an
// integer key cannot hide in it.
func readTree(t *testing.T) tree {
	t.Helper()
	var decoded any
	if err := yaml.Unmarshal(dinie.Document, &decoded); err != nil {
		t.Fatalf("decode the document: %v", err)
	}
	raw, err := json.Marshal(decoded)
	if err != nil {
		t.Fatalf("the document is not JSON data: %v", err)
	}
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("decode the document as JSON: %v", err)
	}
	return tree{root}
}

// at returns the value at a JSON pointer (RFC 6901), following each $ref met on
// the way and at the end. The second result is the pointer without references.
func (tr tree) at(pointer string) (any, string, error) {
	value, home := tr.root, ""
	for _, token := range tokens(pointer) {
		var err error
		if value, home, err = tr.deref(value, home); err != nil {
			return nil, "", fmt.Errorf("%s: %w", pointer, err)
		}
		if value, err = child(value, token); err != nil {
			return nil, "", fmt.Errorf("%s: %w", pointer, err)
		}
		home += "/" + escape(token)
	}
	return tr.deref(value, home)
}

// deref follows $ref from value, which lies at home, to the object referred to.
func (tr tree) deref(value any, home string) (any, string, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return value, home, nil
	}
	ref, ok := object["$ref"].(string)
	if !ok {
		return value, home, nil
	}
	pointer, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil, "", fmt.Errorf("%s leaves the document", ref)
	}
	return tr.at(pointer)
}

func child(value any, token string) (any, error) {
	switch v := value.(type) {
	case map[string]any:
		if c, ok := v[token]; ok {
			return c, nil
		}
	case []any:
		if i, err := strconv.Atoi(token); err == nil && i >= 0 && i < len(v) {
			return v[i], nil
		}
	}
	return nil, fmt.Errorf("there is no %q", token)
}

// nodes walks every object of the document with its pointer, in a fixed order.
// It does not follow references, so that each object is met once.
func (tr tree) nodes() iter.Seq2[string, map[string]any] {
	return func(yield func(string, map[string]any) bool) { walk(tr.root, "", yield) }
}

func walk(value any, pointer string, yield func(string, map[string]any) bool) bool {
	switch v := value.(type) {
	case map[string]any:
		if !yield(pointer, v) {
			return false
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if !walk(v[name], pointer+"/"+escape(name), yield) {
				return false
			}
		}
	case []any:
		for i, item := range v {
			if !walk(item, pointer+"/"+strconv.Itoa(i), yield) {
				return false
			}
		}
	}
	return true
}

func tokens(pointer string) []string {
	if pointer == "" {
		return nil
	}
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, part := range parts {
		parts[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
	}
	return parts
}

func escape(token string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(token)
}

// keys returns the sorted member names of an object, none of anything else.
func keys(value any) []string {
	object, _ := value.(map[string]any)
	return slices.Sorted(maps.Keys(object))
}
