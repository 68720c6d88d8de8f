package conformance_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"

	"github.com/concord-api/concord/conformance"
)

// faultMatrix is what TestFaultMatrix finds: of each fault whether its check saw
// it, of each right server whether it passed clean.
type faultMatrix struct {
	mu     sync.Mutex
	caught map[string]string // check by fault
	missed map[string]string
	clean  map[string]bool // by right server
}

func (m *faultMatrix) fault(name, check string, found bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.caught[name] = check; !found {
		m.missed[name] = check
	}
}

func (m *faultMatrix) right(name string, clean bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clean[name] = clean
}

// print writes a line for each fault, in the order of the catalogue.
func (m *faultMatrix) print(out io.Writer) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "check\tseverity\tfault\tresult\tright answer near it\tresult")
	for _, c := range conformance.Catalogue() {
		var names []string
		for name, check := range m.caught {
			if check == c.ID {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		for i, name := range names {
			result, near, passed := "caught", "", ""
			if m.missed[name] != "" {
				result = "MISSED"
			}
			if i == 0 {
				near, passed = nearest[c.ID], "FLAGGED"
				if m.clean[near] {
					passed = "clean"
				}
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", c.ID, c.Severity, name, result, near, passed)
		}
	}
	_ = table.Flush()
}

// TestFaultMatrix serves each fault, which its check must see, and each right
// server, of which no check may complain. With -v it prints the table of all.
func TestFaultMatrix(t *testing.T) {
	m := &faultMatrix{caught: map[string]string{}, missed: map[string]string{}, clean: map[string]bool{}}
	t.Run("faults", func(t *testing.T) {
		for name, f := range faults {
			m.caughtBy(t, name, f.check, func(t *testing.T) *conformance.Results { return playFault(t, f) })
		}
		for name, f := range faultsElsewhere {
			m.caughtBy(t, name, f.check, f.run)
		}
	})
	t.Run("right servers", func(t *testing.T) {
		for name, wrap := range rights {
			m.passes(t, name, 1000, func(t *testing.T) *conformance.Results { return playRight(t, name, wrap) })
		}
		for name, wrap := range coverageRights {
			m.passes(t, name, 1, func(t *testing.T) *conformance.Results {
				doc, script := defaults(t)
				return runFor(t, "coverage.", conformance.Config{
					Document: doc, Script: script, Defaults: conformance.DefaultsAlways,
					BaseURL: serve(t, wrap(mock(t, doc, script))),
				})
			})
		}
		for name, play := range rightsElsewhere {
			m.passes(t, name, 1, play)
		}
	})
	if whole := len(m.caught) == len(faults)+len(faultsElsewhere) && len(m.clean) == len(rights)+len(coverageRights)+len(rightsElsewhere); !whole {
		return // -run chose some of them
	}
	m.complete(t)
	if testing.Verbose() {
		m.print(os.Stdout)
	}
}

// complete demands of each check a fault, and a right answer near it.
func (m *faultMatrix) complete(t *testing.T) {
	of := map[string]bool{}
	for _, check := range m.caught {
		of[check] = true
	}
	for _, c := range conformance.Catalogue() {
		if !of[c.ID] {
			t.Errorf("no fault is for the check %s", c.ID)
		}
		if _, played := m.clean[nearest[c.ID]]; !played {
			t.Errorf("no right server is near to the faults of %s: %q is none", c.ID, nearest[c.ID])
		}
	}
}

func (m *faultMatrix) caughtBy(t *testing.T, name, check string, play func(*testing.T) *conformance.Results) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		r := play(t)
		var ids []string
		for v := range r.Verdicts() {
			if v.Outcome == conformance.Broken || v.Outcome == conformance.Warned {
				ids = append(ids, v.Check.ID)
			}
		}
		found := slices.Contains(ids, check)
		if !found {
			slices.Sort(ids)
			t.Errorf("%s held; broken are %v", check, slices.Compact(ids))
		}
		if r.Plan.Config.Strict && r.Conforms() {
			t.Error("the server conforms")
		}
		m.fault(name, check, found)
	})
}

// passes demands that nothing is broken and nothing warned of, of so many checks
// at least.
func (m *faultMatrix) passes(t *testing.T, name string, atLeast int, play func(*testing.T) *conformance.Results) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		r := play(t)
		for v := range r.Verdicts() {
			if v.Outcome == conformance.Broken || v.Outcome == conformance.Warned {
				t.Errorf("%s: %s", v.Case.ID, v)
			}
		}
		if !r.Conforms() || r.Checked() < atLeast {
			t.Errorf("%d checks were made, conforms = %t", r.Checked(), r.Conforms())
		}
		m.right(name, !t.Failed())
	})
}

// playFault runs what can show a fault of the mock.
func playFault(t *testing.T, f fault) *conformance.Results {
	doc, script := defaults(t)
	plan, err := conformance.NewPlan(conformance.Config{
		Document: doc, Script: script, Defaults: conformance.DefaultsAlways, Strict: true,
		BaseURL: serve(t, f.wrap(mock(t, doc, script))),
		Timeout: faultTimeout, MaxWait: faultTimeout,
		Phases: phasesFor(f.check), Repeat: repeatsFor(f.check),
	})
	if err != nil {
		t.Fatal(err)
	}
	plan.Cases = slices.DeleteFunc(plan.Cases, func(c *conformance.Case) bool {
		return c.Operation != nil && !slices.Contains(faulty, c.Operation.ID)
	})
	r, err := plan.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// playRight plays the script and what HTTP demands on a right server.
func playRight(t *testing.T, name string, wrap func(http.Handler) http.Handler) *conformance.Results {
	doc, script := defaults(t)
	url := serve(t, wrap(mock(t, doc, script)))
	if name == "another base path" {
		url += "/partner/2026"
	}
	return run(t, conformance.Config{Document: doc, Script: script, Defaults: conformance.DefaultsAlways, Phases: phasesFor(""), BaseURL: url})
}

// TestReadmeQuotesTheFaultMatrix holds the excerpt in the README to the faults and
// right servers that there are.
func TestReadmeQuotesTheFaultMatrix(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, excerpt, found := strings.Cut(string(text), "$ go test ./conformance -run TestFaultMatrix -v\n")
	excerpt, _, closed := strings.Cut(excerpt, "```")
	if !found || !closed {
		t.Fatal("the README does not quote the table")
	}
	m := &faultMatrix{caught: map[string]string{}, clean: map[string]bool{}}
	for name, f := range faults {
		m.caught[name] = f.check
	}
	for name, f := range faultsElsewhere {
		m.caught[name] = f.check
	}
	for _, near := range nearest {
		m.clean[near] = true
	}
	var printed strings.Builder
	m.print(&printed)
	lines := map[string]bool{}
	for _, line := range strings.Split(printed.String(), "\n") {
		lines[strings.Join(strings.Fields(line), " ")] = true
	}
	quoted := 0
	for _, line := range strings.Split(excerpt, "\n") {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" || line == "…" {
			continue
		}
		if quoted++; !lines[line] {
			t.Errorf("the table has no line %q", line)
		}
	}
	if quoted < 5 {
		t.Errorf("the README quotes %d lines", quoted)
	}
}
