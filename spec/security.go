package spec

import (
	"strings"

	"github.com/concord-api/concord/spec/source"
)

func (d *Document) readSecuritySchemes(root source.Place) {
	list := root.Child("components", source.Get(root.Node, "components"))
	list = list.Child("securitySchemes", source.Get(list.Node, "securitySchemes"))
	for _, m := range source.Members(list.Node) {
		at, ok := d.deref(list.Child(m.Name(), m.Value))
		if !ok {
			continue
		}
		text := func(name string) string {
			if n := source.Get(at.Node, name); n != nil {
				return n.Value
			}
			return ""
		}
		s := &SecurityScheme{
			ID: m.Name(), Type: text("type"), Scheme: strings.ToLower(text("scheme")),
			In: Location(text("in")), Name: text("name"),
		}
		switch s.Type {
		case "http", "apiKey", "oauth2", "openIdConnect", "mutualTLS":
		default:
			d.find(Warning, "security-scheme", at, "security scheme %q has the type %q, which OpenAPI does not know; everybody is let in", s.ID, s.Type)
		}
		d.SecuritySchemes = append(d.SecuritySchemes, s)
	}
}

func (d *Document) scheme(id string) *SecurityScheme {
	for _, s := range d.SecuritySchemes {
		if s.ID == id {
			return s
		}
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
			use := SchemeUse{ID: m.Name(), Scheme: d.scheme(m.Name())}
			if use.Scheme == nil {
				d.find(Warning, "security", at.Child("security", n), "security scheme %q is not among the components", m.Name())
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
