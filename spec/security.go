package spec

import (
	"strings"

	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec/source"
)

func (d *Document) readSecuritySchemes(root source.Place) {
	list := root.Child("components", source.Get(root.Node, "components"))
	list = list.Child("securitySchemes", source.Get(list.Node, "securitySchemes"))
	for _, m := range source.Members(list.Node) {
		if at, ok := d.deref(list.Child(m.Name(), m.Value)); ok {
			d.SecuritySchemes = append(d.SecuritySchemes, d.securityScheme(m.Name(), at))
		}
	}
}

func (d *Document) securityScheme(id string, at source.Place) *SecurityScheme {
	text := func(name string) string {
		if n := source.Get(at.Node, name); n != nil {
			return n.Value
		}
		return ""
	}
	s := &SecurityScheme{
		ID: id, Type: text("type"), Scheme: strings.ToLower(text("scheme")),
		In: Location(text("in")), Name: text("name"), at: at,
	}
	switch s.Type {
	case "http", "apiKey", "oauth2", "openIdConnect", "mutualTLS":
	default:
		d.find(Warning, "security-scheme", at, "security scheme %q has the type %q, which OpenAPI does not know; everybody is let in", s.ID, s.Type)
	}
	return s
}

// scheme finds a security scheme by its name among the components, else by its
// URI (OpenAPI 3.2 §4.30); nil where there is none.
func (d *Document) scheme(name string, from source.Place) *SecurityScheme {
	for _, s := range d.SecuritySchemes {
		if s.ID == name {
			return s
		}
	}
	if !strings.ContainsAny(name, "#/.") {
		return nil
	}
	at, err := d.files.Resolve(name, from.File)
	if err != nil || at.Node == nil || at.Node.Kind != yaml.MappingNode {
		return nil
	}
	if at, ok := d.deref(at); ok {
		for _, s := range d.SecuritySchemes {
			if s.at.Node == at.Node {
				return s
			}
		}
		return d.securityScheme(name, at)
	}
	return nil
}

// requirements reads the member `security` of a place; nil where it has none.
func (d *Document) requirements(at source.Place) []Requirement {
	n := source.Get(at.Node, "security")
	if n == nil {
		return nil
	}
	out := []Requirement{}
	for _, item := range source.Items(n) {
		r := Requirement{}
		for _, m := range source.Members(item) {
			use := SchemeUse{ID: m.Name(), Scheme: d.scheme(m.Name(), at)}
			if use.Scheme == nil {
				d.find(Warning, "security", at.Child("security", n), "security scheme %q is not among the components", m.Name())
			} else {
				use.ID = use.Scheme.ID
			}
			for _, scope := range source.Items(m.Value) {
				if scope != nil {
					use.Scopes = append(use.Scopes, scope.Value)
				}
			}
			r = append(r, use)
		}
		out = append(out, r)
	}
	return out
}
