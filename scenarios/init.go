package scenarios

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// Init writes a first script for a contract: a scenario for each operation and
// documented status, ready to edit. It passes [Load]: a scenario that the
// contract cannot be held to, such as one whose sample cannot be made, is left
// out.
//
// What brings an outcome about the contract does not say. Each but the success
// is played where the client asks for it by `Prefer: scenario=…`, until
// somebody writes what it really comes from.
func Init(doc *spec.Document) ([]byte, error) {
	w := initWriter{doc: doc, names: map[string]bool{}}
	for _, op := range doc.Operations() {
		for _, r := range ordered(op) {
			w.scenario(op, r)
		}
	}
	for range w.scenarios {
		script := w.bytes()
		s, err := load(context.Background(), doc, []Source{{texts: []text{{"script.yaml", script}}}})
		if err != nil {
			return nil, fmt.Errorf("write a first script for %s: %w", doc.Location, err)
		}
		if !s.failed() {
			return script, nil
		}
		if !w.drop(s.list) {
			return nil, fmt.Errorf("write a first script for %s: %w", doc.Location, &Error{s.sorted()})
		}
	}
	return w.bytes(), nil
}

// initWriter collects scenarios as text.
type initWriter struct {
	doc       *spec.Document
	names     map[string]bool
	scenarios []string
}

// ordered lists the responses of an operation, errors first: the success
// answers whatever they do not.
func ordered(op *spec.Operation) []*spec.Response {
	success, _ := op.Success()
	var out []*spec.Response
	for _, r := range op.Responses {
		if r != success && r.Code() >= 200 {
			out = append(out, r)
		}
	}
	if success != nil {
		out = append(out, success)
	}
	return out
}

const initHead = `# A first script for %s, to be edited: what a client sends, what comes back.
# Each outcome but the success is played where it is asked for by name, until its
# condition is written.
`

func (w *initWriter) bytes() []byte {
	var b bytes.Buffer
	title := strings.Join(strings.Fields(w.doc.Title), " ")
	if title == "" {
		title = "the contract"
	}
	fmt.Fprintf(&b, initHead, title)
	b.WriteString("scenarios:")
	if len(w.scenarios) == 0 {
		b.WriteString(" []\n")
	}
	for _, s := range w.scenarios {
		b.WriteString("\n" + s)
	}
	return b.Bytes()
}

// drop leaves out the scenarios that have findings.
func (w *initWriter) drop(list []spec.Finding) bool {
	starts := []int{}
	line := strings.Count(string((&initWriter{doc: w.doc}).bytes()), "\n")
	for _, s := range w.scenarios {
		starts = append(starts, line+1)
		line += strings.Count(s, "\n") + 1
	}
	bad := map[int]bool{}
	for _, f := range list {
		for i := len(starts) - 1; i >= 0 && f.Severity == spec.Error; i-- {
			if f.Position.Line >= starts[i] {
				bad[i] = true
				break
			}
		}
	}
	var kept []string
	for i, s := range w.scenarios {
		if !bad[i] {
			kept = append(kept, s)
		}
	}
	w.scenarios = kept
	return len(bad) > 0
}

func (w *initWriter) scenario(op *spec.Operation, r *spec.Response) {
	status := r.Code()
	name := w.name(op, status)
	success, _ := op.Success()
	var b strings.Builder
	fmt.Fprintf(&b, "  - name: %s\n    operation: %s\n", scalar(name), scalar(op.ID))
	if text := firstLine(r.Description); text != "" {
		fmt.Fprintf(&b, "    description: %s\n", scalar(strings.ReplaceAll(text, "${", "$${")))
	}
	if r == success {
		w.request(&b, op, "")
		b.WriteString("    when: \"true\"\n")
	} else {
		w.request(&b, op, "scenario="+name)
		fmt.Fprintf(&b, "    when: headers[\"prefer\"] == %q\n", "scenario="+name)
	}
	fmt.Fprintf(&b, "    response: {status: %d}\n", status)
	w.scenarios = append(w.scenarios, b.String())
}

// request writes the parameters and the body that the contract demands.
func (w *initWriter) request(b *strings.Builder, op *spec.Operation, prefer string) {
	sample, err := op.SampleRequest(spec.RequestOptions{})
	if err != nil {
		return
	}
	places := map[spec.Location]string{}
	for _, v := range sample.Values {
		switch in := v.Parameter.In; in {
		case spec.InPath, spec.InQuery:
			places[in] += "        " + scalar(v.Parameter.Name) + ": " + flow(v.Value) + "\n"
		}
	}
	if places[spec.InPath] == "" && places[spec.InQuery] == "" && sample.Body == nil && prefer == "" {
		return
	}
	b.WriteString("    request:\n")
	for _, in := range []spec.Location{spec.InPath, spec.InQuery} {
		if places[in] != "" {
			fmt.Fprintf(b, "      %s:\n%s", in, places[in])
		}
	}
	if prefer != "" {
		fmt.Fprintf(b, "      headers: {Prefer: %s}\n", scalar(prefer))
	}
	if sample.Body != nil {
		fmt.Fprintf(b, "      body: %s\n", flow(sample.Body))
	}
}

var notInName = regexp.MustCompile(`[^A-Za-z0-9]+`)

// name makes a name of an operation's id and a status, each once.
func (w *initWriter) name(op *spec.Operation, status int) string {
	base := strings.Trim(notInName.ReplaceAllString(op.ID, "-"), "-") + "-" + strconv.Itoa(status)
	name := base
	for n := 2; w.names[name]; n++ {
		name = base + "-" + strconv.Itoa(n)
	}
	w.names[name] = true
	return name
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(s)
}

// scalar writes a text as YAML, quoted where it must be.
func scalar(s string) string {
	out, err := yaml.Marshal(&yaml.Node{Kind: yaml.ScalarNode, Value: s, Tag: "!!str"})
	if err != nil || bytes.ContainsRune(bytes.TrimRight(out, "\n"), '\n') {
		return strconv.Quote(s)
	}
	return strings.TrimRight(string(out), "\n")
}

// flow writes JSON as YAML on one line. What would be an expression in a script
// is kept from being one.
func flow(v schema.Value) string { return strings.ReplaceAll(string(v), "${", "$${") }
