package scenarios

import (
	"fmt"

	"github.com/concord-api/concord/spec/schema"
)

// sending are the variables of requests to a target.
func (s *Script) sending(env *Env) (*scope, error) {
	fixtures := make(map[string]any, len(s.Fixtures))
	for _, f := range s.Fixtures {
		text, ok := env.Fixtures[f.Name]
		if !ok {
			if v, known := s.fixtures[f.Name]; known && env.Defaults {
				fixtures[f.Name] = v
			}
			continue
		}
		v, err := fixtureOf(f, text)
		if err != nil {
			return nil, fmt.Errorf("fixture %s: %w", f.Name, err)
		}
		fixtures[f.Name] = v
	}
	in := &Input{ServerURL: env.BaseURL}
	if env.Now != nil {
		in.Now = env.Now()
	}
	in.scope.in, in.scope.fixtures = in, fixtures
	return &in.scope, nil
}

// fixtureOf reads a target's value of a fixture: text where the script's own is
// text or is not there, else JSON.
func fixtureOf(f Fixture, text string) (any, error) {
	if f.Value == nil || f.Value.Kind() == '"' {
		return text, nil
	}
	v, err := decodeJSON(schema.Value(text), shapeOf(f.Value))
	if err != nil {
		return nil, fmt.Errorf("%q is no JSON, as %s is: %w", text, f.Value, err)
	}
	return v, nil
}
