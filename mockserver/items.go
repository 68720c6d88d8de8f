package mockserver

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/concord-api/concord/spec/problem"
	"github.com/concord-api/concord/spec/schema"
)

// An itemRole is one thing that an item of a problem says, and what contracts
// call it, the likeliest first.
type itemRole struct {
	says   func(problem.Item) string
	called []string
}

// itemRoles are what an item says; what is wrong comes first, as an item that
// cannot say it is of no use.
var itemRoles = []itemRole{
	{func(i problem.Item) string { return i.Detail }, []string{"detail", "message", "description", "reason", "error", "title"}},
	{func(i problem.Item) string { return i.Param }, []string{"param", "field", "parameter", "property", "path", "name"}},
	{func(i problem.Item) string { return i.Pointer }, []string{"pointer"}},
	{func(i problem.Item) string { return i.Code }, []string{"code", "type"}},
}

// itemNames lists the members that a schema names for the items of its member
// errors; none where it leaves them open.
func itemNames(s *schema.Schema) []string {
	var out []string
	eachPart(s, 0, func(s *schema.Schema) {
		for _, p := range s.Properties {
			if p.Name == "errors" {
				eachPart(p.Schema, 0, func(list *schema.Schema) { out = append(out, memberNames(list.Items)...) })
			}
		}
	})
	return out
}

// covers tells whether names have all that an item of problem details is
// written with.
func covers(names []string) bool {
	for _, role := range itemRoles {
		if role.called[0] != "pointer" && !slices.Contains(names, role.called[0]) {
			return false
		}
	}
	return true
}

// itemised writes items with the members that a contract names for them, over
// the first item of its sample; nil where it has no word for what is wrong.
func itemised(items []problem.Item, names []string, sample memberList, roles []itemRole) json.RawMessage {
	out := []byte{'['}
	for i, item := range items {
		if i > 0 {
			out = append(out, ',')
		}
		one := slices.Clone(sample)
		for j, role := range roles {
			at := slices.IndexFunc(role.called, func(name string) bool { return slices.Contains(names, name) })
			text := role.says(item)
			if at < 0 || text == "" {
				if j == 0 {
					return nil
				}
				continue
			}
			value, err := json.Marshal(text)
			if err != nil {
				return nil
			}
			one.set(problem.Member{Name: role.called[at], Value: value})
		}
		out = append(out, one.object()...)
	}
	return append(out, ']')
}

// firstItem reads the first item of a sample's member errors.
func firstItem(sample []byte) memberList {
	for _, m := range members(sample) {
		if m.Name == "errors" {
			return members(bytes.TrimLeft(bytes.TrimPrefix(bytes.TrimSpace(m.Value), []byte{'['}), " \t\r\n"))
		}
	}
	return nil
}
