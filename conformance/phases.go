package conformance

import "strings"

// A phase makes cases of one kind from a contract and a script. A further phase
// is a file with its builder, and a row here.
type phase struct {
	name  string
	says  string
	cases func(c *Config) []*Case
}

// phases, in the order in which their cases are listed.
var phases = []phase{
	{"scenarios", "plays the script", scenarioCases},
	{"protocol", "asks for what HTTP and the contract demand of every server", protocolCases},
	{"coverage", "changes one thing of a valid request, for each parameter and member", coverageCases},
	{"steps", "makes things, reads, lists, changes and removes them, and follows the contract's links", stepsCases},
	{"workflows", "plays the workflows of Arazzo documents", workflowCases},
}

func phaseNamed(name string) *phase {
	for i := range phases {
		if phases[i].name == name {
			return &phases[i]
		}
	}
	return nil
}

func phaseNames() string {
	names := make([]string, len(phases))
	for i, p := range phases {
		names[i] = p.name
	}
	return strings.Join(names, ", ")
}
