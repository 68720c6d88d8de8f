package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readValues reads a file that maps the names of fixtures or credentials to
// values. Strings stay what they are; anything else becomes JSON.
func readValues(kind, file string) (map[string]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, usage("read %ss: %w", kind, err)
	}
	var nodes map[string]yaml.Node
	if err := yaml.Unmarshal(data, &nodes); err != nil {
		return nil, usage("read %ss from %s: %s; write one \"name: value\" a line", kind, file, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	values := map[string]string{}
	for name, node := range nodes {
		if node.Kind == yaml.ScalarNode && node.Tag != "!!null" {
			values[name] = node.Value
			continue
		}
		text, err := nodeJSON(&node)
		if err != nil {
			return nil, usage("%s:%d:%d: %s %q: %w", file, node.Line, node.Column, kind, name, err)
		}
		values[name] = text
	}
	return values, nil
}

func nodeJSON(node *yaml.Node) (string, error) {
	var v any
	if err := node.Decode(&v); err != nil {
		return "", err
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("cannot be written as JSON: %w", err)
	}
	return string(text), nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func contains(list []string, s string) bool { return slices.Contains(list, s) }

// list joins names for a sentence; "none" for none.
func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
