package conformance

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// maxPages bounds how far a list is read.
const maxPages = 40

// listing reads the list until what was made is found, or the list ends.
func (r *resource) listing(n int) *Step {
	found := func(x *Exchange) bool {
		id, ok := r.id(r.read, x.earlier[n])
		return ok && mentions(x.Response.Body, id, r.idMembers(r.read))
	}
	return &Step{
		Name: "list it", Operation: r.list, role: lists, resource: r,
		Expect: Expect{Because: r.create.ID + " made it, and it can be read"},
		build: func(b *builder, earlier []*Exchange) (*Request, error) {
			request, err := b.at(r.list, r.collectionOf(earlier[n]), earlier[n])
			if err != nil {
				return nil, err
			}
			request.URL = withLargestPage(request.URL, r.list)
			return request, nil
		},
		follow: func(b *builder, x *Exchange, tried int) (*Request, time.Duration) {
			if !succeeded(x) || tried >= maxPages || found(x) {
				return nil, 0
			}
			next, rest := nextPage(r.list, x)
			switch {
			case next != "":
				address, ok := b.within(x, next)
				if !ok {
					return nil, 0
				}
				request := again(x)
				request.URL = address.String()
				return request, 0
			case rest == listEnds && tried <= 4: // one page, which may not be up to date yet
				return again(x), 50 * time.Millisecond << (tried - 1)
			}
			return nil, 0
		},
		gate: func(x *Exchange) string {
			if !succeeded(x) {
				return fmt.Sprintf("%s is answered %s", r.list.ID, statusText(x.Response.Status))
			}
			if found(x) {
				return ""
			}
			if next, rest := nextPage(r.list, x); next != "" || rest != listEnds {
				return fmt.Sprintf("the list of %s goes on: nothing tells where it ends", r.list.ID)
			}
			if query := filters(r.list); query != "" {
				return fmt.Sprintf("%s lists what its %s asks for, which may be something else", r.list.ID, query)
			}
			return ""
		},
	}
}

// filters names a required query parameter, which may leave things out.
func filters(op *spec.Operation) string {
	for _, p := range op.Parameters {
		if p.In == spec.InQuery && p.Required && !isPaging(p.Name) {
			return "query parameter " + p.Name
		}
	}
	return ""
}

// mentions tells whether a list holds a thing: its id as a text, as the last
// segment of an address, or as the value of a member that holds ids.
func mentions(body []byte, id string, members []string) bool {
	var v any
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return strings.Contains(string(body), id)
	}
	return holdsID(v, true, id, members)
}

func holdsID(v any, numbers bool, id string, members []string) bool {
	switch v := v.(type) {
	case string:
		return v == id || strings.HasSuffix(v, "/"+id)
	case json.Number:
		return numbers && v.String() == id
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return holdsID(item, true, id, members) })
	case map[string]any:
		for name, member := range v {
			if holdsID(member, slices.Contains(members, plain(name)), id, members) {
				return true
			}
		}
		_, keyed := v[id]
		return keyed
	}
	return false
}

// How sure it is that a page is a list's last.
type listRest int

const (
	listUnknown listRest = iota // more may follow, and nothing tells how to ask for it
	listEnds
)

// sizes, cursors, pages and offsets are what parameters that page through lists
// are called, as plain writes them.
var (
	sizes   = []string{"limit", "perpage", "pagesize", "size", "count", "maxresults", "top", "first", "take"}
	cursors = []string{"cursor", "after", "startingafter", "pagetoken", "nexttoken", "continuationtoken", "marker", "startafter"}
	pages   = []string{"page", "pagenumber", "p"}
	offsets = []string{"offset", "skip", "start", "from"}
)

func isPaging(name string) bool {
	name = plain(strings.NewReplacer("[", "", "]", "", "$", "").Replace(name))
	return slices.Contains(slices.Concat(sizes, cursors, pages, offsets), name)
}

// queryLike is the query parameter that is called as one of some names.
func queryLike(op *spec.Operation, names []string) *spec.Parameter {
	for _, p := range op.Parameters {
		if p.In == spec.InQuery && slices.Contains(names, plain(p.Name)) {
			return p
		}
	}
	return nil
}

// withLargestPage asks for as many things a page as the contract allows.
func withLargestPage(address string, op *spec.Operation) string {
	p := queryLike(op, sizes)
	if p == nil || p.Schema == nil || p.Schema.Target().Maximum == "" {
		return address
	}
	return withQuery(address, p.Name, string(p.Schema.Target().Maximum))
}

func withQuery(address, name, value string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	query := u.Query()
	query.Set(name, value)
	u.RawQuery = query.Encode()
	return u.String()
}

// nextPage is where a list goes on, "" where it ends or nothing tells: by its Link
// header (RFC 8288), by an address or a cursor in its body, or by counting pages.
func nextPage(op *spec.Operation, x *Exchange) (next string, rest listRest) {
	if next := linkNext(x.Response.Header.Values("Link")); next != "" {
		return next, listUnknown
	}
	var top map[string]json.RawMessage
	_ = json.Unmarshal(x.Response.Body, &top)
	items := itemsOf(x.Response.Body)
	told := len(x.Response.Header.Values("Link")) > 0
	for _, level := range append([]map[string]json.RawMessage{top}, objects(top, "links", "_links", "paging", "pagination", "meta", "page", "cursor")...) {
		for _, name := range []string{"next", "nexturl", "nextpageurl", "nextlink", "nextcursor", "nextpagetoken", "nexttoken", "nextpage", "hasmore", "hasnext", "hasnextpage"} {
			value := memberLike(level, name)
			if value == nil {
				continue
			}
			told = true
			if next := leadsTo(op, x, name, value, items); next != "" {
				return next, listUnknown
			}
			if string(value) == "true" {
				return "", listUnknown
			}
		}
	}
	if told {
		return "", listEnds
	}
	return counted(op, x, len(items))
}

// leadsTo is where a member that tells of a next page leads.
func leadsTo(op *spec.Operation, x *Exchange, name string, value json.RawMessage, items []json.RawMessage) string {
	text := textOf(value)
	var link struct{ Href string }
	if text == "" && json.Unmarshal(value, &link) == nil {
		text = link.Href
	}
	cursor := queryLike(op, cursors)
	switch {
	case strings.HasPrefix(text, "http"), strings.HasPrefix(text, "/"), strings.HasPrefix(text, "?"):
		return text
	case text != "" && name == "nextpage" && queryLike(op, pages) != nil:
		return withQuery(x.Request.URL, queryLike(op, pages).Name, text)
	case text != "" && cursor != nil:
		return withQuery(x.Request.URL, cursor.Name, text)
	case string(value) == "true" && cursor != nil && len(items) > 0:
		var last map[string]json.RawMessage
		_ = json.Unmarshal(items[len(items)-1], &last)
		if id := textOf(memberLike(last, "id")); id != "" {
			return withQuery(x.Request.URL, cursor.Name, id)
		}
	}
	return ""
}

// counted is the next page of a list that is paged by number or offset, and goes
// on until a page is empty.
func counted(op *spec.Operation, x *Exchange, items int) (string, listRest) {
	u, err := url.Parse(x.Request.URL)
	if err != nil {
		return "", listUnknown
	}
	number := func(p *spec.Parameter, otherwise int) int {
		if n, err := strconv.Atoi(u.Query().Get(p.Name)); err == nil {
			return n
		}
		if p.Schema != nil {
			if n, err := strconv.Atoi(string(p.Schema.Target().Default)); err == nil {
				return n
			}
		}
		return otherwise
	}
	page, offset := queryLike(op, pages), queryLike(op, offsets)
	switch {
	case items == 0:
		return "", listEnds
	case page != nil:
		return withQuery(x.Request.URL, page.Name, strconv.Itoa(number(page, 1)+1)), listUnknown
	case offset != nil:
		return withQuery(x.Request.URL, offset.Name, strconv.Itoa(number(offset, 0)+items)), listUnknown
	}
	if size := queryLike(op, sizes); size != nil || queryLike(op, cursors) != nil {
		if size != nil && items < number(size, 0) {
			return "", listEnds
		}
		return "", listUnknown
	}
	return "", listEnds
}

// linkNext is the target of a Link header with the relation next.
func linkNext(values []string) string {
	for _, value := range values {
		for _, link := range strings.Split(value, ",") {
			target, parameters, _ := strings.Cut(link, ";")
			for _, p := range strings.Split(parameters, ";") {
				name, relation, _ := strings.Cut(strings.TrimSpace(p), "=")
				if strings.EqualFold(name, "rel") && slices.Contains(strings.Fields(strings.Trim(relation, `"`)), "next") {
					return strings.Trim(strings.TrimSpace(target), "<>")
				}
			}
		}
	}
	return ""
}

// itemsOf is the list in a body: the body itself, or its first member that is an
// array, also one level down.
func itemsOf(body []byte) []json.RawMessage {
	var items []json.RawMessage
	if json.Unmarshal(body, &items) == nil {
		return items
	}
	var members map[string]schema.Value
	if json.Unmarshal(body, &members) != nil {
		return nil
	}
	for _, name := range sortedKeys(members) {
		if members[name].Kind() == '[' && json.Unmarshal(members[name], &items) == nil {
			return items
		}
	}
	for _, name := range sortedKeys(members) {
		if members[name].Kind() == '{' {
			if items := itemsOf(members[name]); items != nil {
				return items
			}
		}
	}
	return nil
}

// objects lists those members that are objects, by name.
func objects(members map[string]json.RawMessage, names ...string) []map[string]json.RawMessage {
	var out []map[string]json.RawMessage
	for _, name := range names {
		var inner map[string]json.RawMessage
		if json.Unmarshal(members[name], &inner) == nil && inner != nil {
			out = append(out, inner)
		}
	}
	return out
}
