package scenarios

import (
	"iter"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// Script is a script that was held to its contract. It is not changed after
// Load and may be used by many goroutines.
type Script struct {
	Document    *spec.Document
	Fixtures    []Fixture
	Credentials []*Credential // none, own and invalid always among them
	Behaviour   Behaviour

	// Findings are the warnings of a script that can be used, in the order of
	// the files. Errors keep a script from being loaded: see [Error].
	Findings []spec.Finding

	cast     cast
	fixtures map[string]any // as expressions see them
	loader   *loader        // for answers that are made when they are first needed; nil of an empty script
}

// Fixture is a name for a value that differs from server to server.
type Fixture struct {
	Name     string
	Value    schema.Value // the mock's; nil where the script gives none
	Position source.Position
}

// Scenarios are all scenarios in file order, files by name.
func (s *Script) Scenarios() iter.Seq[*Scenario] {
	return s.cast.those(func(pending) bool { return true })
}

// Successes are the scenarios that show a client a success: they present the
// run's own credential, and their first answer is a whole one of 2xx.
func (s *Script) Successes() iter.Seq[*Scenario] {
	return func(yield func(*Scenario) bool) {
		for sc := range s.cast.those(pending.maySucceed) {
			first := sc.Responses[0]
			if sc.Credentials == "" && first.Status/100 == 2 && first.Fault == NoFault && !yield(sc) {
				return
			}
		}
	}
}

// Size returns how many scenarios the script has.
func (s *Script) Size() int { return s.cast.size() }

// Scenario returns the scenario with a name, or nil.
func (s *Script) Scenario(name string) *Scenario { return s.cast.named(name) }

// Of lists the scenarios of an operation in the order in which they are tried.
func (s *Script) Of(op *spec.Operation) []*Scenario { return s.cast.of(op) }

// Fixture returns the fixture with a name.
func (s *Script) Fixture(name string) (Fixture, bool) {
	for _, f := range s.Fixtures {
		if f.Name == name {
			return f, true
		}
	}
	return Fixture{}, false
}

// Empty is the script of a contract that has none: no scenario, no behaviour,
// every credential accepted.
func Empty(doc *spec.Document) *Script {
	s := &Script{Document: doc}
	s.addCredentials()
	return s
}

// addCredentials adds those that every script has.
func (s *Script) addCredentials() {
	for _, name := range []string{None, Own, Invalid} {
		if s.Credential(name) == nil {
			s.Credentials = append(s.Credentials, &Credential{Name: name})
		}
	}
}
