package spec

import "errors"

// ErrNoPath says that no path of the document matches.
var ErrNoPath = errors.New("no path of the contract matches")

// MethodError says that a path is documented, but not with the method.
type MethodError struct {
	Path    string   // template
	Allowed []string // methods, in the order GET HEAD POST PUT PATCH DELETE …, HEAD and OPTIONS included where they are answered
}

// Error implements error.
func (e *MethodError) Error() string { return "method is not documented for " + e.Path }

// Match is an operation and the path parameters that a request gives it.
type Match struct {
	Operation *Operation
	Params    Params
	BasePath  string // the prefix of a server that the request's path had
}

// Params are the raw values of path parameters, percent-encoded as they came.
type Params struct {
	names []string
	few   [4]string
	more  []string
}

// Get returns a parameter's raw value.
func (p *Params) Get(name string) (string, bool) {
	for i, n := range p.names {
		if n == name {
			return p.at(i), true
		}
	}
	return "", false
}

func (p *Params) at(i int) string {
	if i < len(p.few) {
		return p.few[i]
	}
	return p.more[i-len(p.few)]
}
