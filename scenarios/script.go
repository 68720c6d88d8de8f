package scenarios

import (
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
	Scenarios   []*Scenario // in file order, files by name

	// Findings are the warnings of a script that can be used, in the order of
	// the files. Errors keep a script from being loaded: see [Error].
	Findings []spec.Finding

	byName      map[string]*Scenario
	byOperation map[*spec.Operation][]*Scenario
	fixtures    map[string]any // as expressions see them
	loader      *loader        // for answers that are made when they are first needed; nil of an empty script
}

// Fixture is a name for a value that differs from server to server.
type Fixture struct {
	Name     string
	Value    schema.Value // the mock's; nil where the script gives none
	Position source.Position
}

// Scenario returns the scenario with a name, or nil.
func (s *Script) Scenario(name string) *Scenario { return s.byName[name] }

// Of lists the scenarios of an operation in the order in which they are tried.
func (s *Script) Of(op *spec.Operation) []*Scenario { return s.byOperation[op] }

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
	s.index()
	return s
}

// index fills the maps that look-ups use, and adds the credentials that every
// script has.
func (s *Script) index() {
	s.byName = make(map[string]*Scenario, len(s.Scenarios))
	s.byOperation = map[*spec.Operation][]*Scenario{}
	for _, sc := range s.Scenarios {
		if s.byName[sc.Name] == nil {
			s.byName[sc.Name] = sc
		}
		s.byOperation[sc.Operation] = append(s.byOperation[sc.Operation], sc)
	}
	for _, name := range []string{None, Own, Invalid} {
		if s.Credential(name) == nil {
			s.Credentials = append(s.Credentials, &Credential{Name: name})
		}
	}
}
