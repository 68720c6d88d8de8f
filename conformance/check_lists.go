package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/concord-api/concord/conformance/coverage"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// listChecks are about lists that a client narrows by its query.
var listChecks = []*Check{&listLimit, &listFilter}

// limitNames are what contracts call the most items that an answer may hold, as
// plain writes them.
var limitNames = []string{"limit", "pagesize", "perpage", "maxresults", "maxitems"}

// listLimit demands no more items than were asked for.
var listLimit = Check{
	ID:       "list.limit",
	Severity: Must,
	Says:     "a list has at most as many items as its limit parameter asks for",
	Source:   "the contract's parameter (limit, page_size, per_page, max_results)",
	Why:      "Clients that page by offset or by a count see items twice, and those that made room for n items get more.",
	Right:    "GET /things?limit=1: one thing",
	Wrong:    "GET /things?limit=1: two things",
	For:      anyStep(func(s *Step) bool { return limitParameter(s.Operation) != nil }),
	Applies:  func(x *Exchange) bool { return isList(x) && limitParameter(x.Operation()) != nil },
	Run: func(x *Exchange) error {
		p := limitParameter(x.Operation())
		limit, err := strconv.Atoi(sentQuery(x).Get(p.Name))
		if err != nil || limit < 1 {
			return nil
		}
		if items, ok := listItems(x.Response.Body); ok && len(items) > limit {
			return &Mismatch{fmt.Sprintf("at most %d for %s=%d", limit, p.Name, limit), fmt.Sprintf("%d items", len(items))}
		}
		return nil
	},
}

// listFilter demands items that have what was asked for.
var listFilter = Check{
	ID:       "list.filter",
	Severity: Should,
	Says:     "each item of a list has the value that a filter of the query names, where both are one enumeration or a boolean of one name",
	Source:   "the contract's parameter and the member of the same name",
	Why:      "A filter that filters nothing shows clients what they did not ask for. That parameter and member mean the same is read from their names, so that this is a should.",
	Right:    `GET /things?status=new: [{"status":"new"}]`,
	Wrong:    `GET /things?status=new: [{"status":"old"}]`,
	For:      anyStep(func(s *Step) bool { return len(filterParameters(s.Operation)) > 0 }),
	Applies:  func(x *Exchange) bool { return isList(x) && len(filterParameters(x.Operation())) > 0 },
	Run: func(x *Exchange) error {
		query := sentQuery(x)
		items, _ := listItems(x.Response.Body)
		for _, p := range filterParameters(x.Operation()) {
			values := query[p.Name]
			if len(values) != 1 || values[0] == "" {
				continue
			}
			for i, item := range items {
				var members map[string]json.RawMessage
				if json.Unmarshal(item, &members) != nil {
					continue
				}
				if got, ok := scalar(members[p.Name]); ok && got != values[0] {
					return &Mismatch{p.Name + " " + values[0] + " in each item", fmt.Sprintf("%s in item %d", got, i)}
				}
			}
		}
		return nil
	},
}

// limitParameter is the query parameter of a GET that bounds its list, nil for
// none.
func limitParameter(op *spec.Operation) *spec.Parameter {
	if op == nil || op.Method != http.MethodGet {
		return nil
	}
	for _, p := range op.Parameters {
		if p.In == spec.InQuery && p.Schema != nil && slices.Contains(limitNames, plain(p.Name)) {
			return p
		}
	}
	return nil
}

// filterParameters are the query parameters of a GET that take one of a few
// values.
func filterParameters(op *spec.Operation) []*spec.Parameter {
	if op == nil || op.Method != http.MethodGet {
		return nil
	}
	var out []*spec.Parameter
	for _, p := range op.Parameters {
		if p.In == spec.InQuery && p.Schema != nil && slices.ContainsFunc(inPlace(p.Schema), func(s *schema.Schema) bool { return s.Enum != nil || s.Types == schema.TypeBoolean }) {
			out = append(out, p)
		}
	}
	return out
}

// isList tells a success of a request that keeps the contract. The mock's is none:
// it plays samples, whatever the query.
func isList(x *Exchange) bool {
	if x.Mock || x.Operation() == nil || !succeeded(x) || x.Request.Method != http.MethodGet {
		return false
	}
	return x.step == nil || x.step.trial == nil || x.step.trial.at == nil || x.step.trial.at.Want == coverage.Accept
}

func sentQuery(x *Exchange) url.Values {
	u, err := url.Parse(x.Request.URL)
	if err != nil {
		return nil
	}
	return u.Query()
}

// listItems are the items of a body that is an array, or an object with exactly
// one.
func listItems(body []byte) (items []json.RawMessage, ok bool) {
	if json.Unmarshal(body, &items) == nil {
		return items, items != nil
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return nil, false
	}
	for _, name := range sortedKeys(members) {
		var found []json.RawMessage
		if json.Unmarshal(members[name], &found) != nil || found == nil {
			continue
		}
		if ok {
			return nil, false
		}
		items, ok = found, true
	}
	return items, ok
}

// scalar is a JSON text or boolean as a query writes it.
func scalar(v json.RawMessage) (string, bool) {
	var text string
	if json.Unmarshal(v, &text) == nil && len(v) > 0 && v[0] == '"' {
		return text, true
	}
	return string(v), string(v) == "true" || string(v) == "false"
}
