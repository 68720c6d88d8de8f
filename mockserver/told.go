package mockserver

import (
	"bytes"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/concord-api/concord/spec"
)

// tolds remembers how an operation tells its recurring troubles: under load most
// answers are refusals, and those must cost less than what they refuse.
type tolds struct {
	known sync.Map // *told, by toldKey
	count atomic.Int64
}

// mostTold bounds how many troubles an operation remembers. Clients choose the
// Accept that is part of what names one.
const mostTold = 64

type toldKey struct {
	status               int
	detail, code, accept string
}

// told is an error of the contract but for the path of the request.
type told struct {
	answer        answer
	before, after []byte          // of the body, around the path as JSON
	located       bool            // the path is in it
	media         *spec.MediaType // whose schema the body is held to
}

// failAgain is fail for a trouble whose detail and code are the same for many
// requests. It makes the answer at the first and again only where the path of
// the request does not fit into it.
func (x *exchange) failAgain(t *trouble) *answer {
	if x.op == nil {
		return x.fail(t)
	}
	key := toldKey{t.status(x.op), t.detail, t.code, acceptOf(x.r.Header)}
	if known, ok := x.op.tolds.known.Load(key); ok {
		if a := x.tellAgain(known.(*told), t); a != nil {
			return a
		}
		return x.fail(t)
	}
	a := x.fail(t)
	if x.op.tolds.count.Add(1) <= mostTold {
		if is := x.newTold(a, t); is != nil {
			x.op.tolds.known.Store(key, is)
		}
	}
	return a
}

// newTold takes an answer apart; nil where its path cannot be told from the rest.
func (x *exchange) newTold(a *answer, t *trouble) *told {
	is := &told{answer: *a}
	is.answer.header = slices.DeleteFunc(slices.Clone(a.header), func(f field) bool {
		return slices.ContainsFunc(t.header, func(own field) bool { return own.name == f.name })
	})
	path, err := jsontext.AppendQuote([]byte(`"instance":`), x.path)
	if err != nil {
		return nil
	}
	switch bytes.Count(a.body, path) {
	case 0:
		is.before = a.body
		return is
	case 1:
	default:
		return nil
	}
	i := bytes.Index(a.body, path)
	is.located = true
	is.before, is.after = a.body[:i+len(`"instance":`)], a.body[i+len(path):]
	if r := x.op.Response(a.status); r != nil {
		if is.media = r.MediaType(a.get("Content-Type")); is.media == nil {
			return nil
		}
	}
	return is
}

// tellAgain puts the path of the request into an answer; nil where it breaks the
// answer's schema.
func (x *exchange) tellAgain(is *told, t *trouble) *answer {
	x.own = is.answer
	x.own.header = slices.Concat(is.answer.header, t.header)
	if !is.located {
		return &x.own
	}
	body := make([]byte, 0, len(is.before)+len(x.path)+len(is.after)+16)
	body = append(body, is.before...)
	body, err := jsontext.AppendQuote(body, x.path)
	if err != nil {
		return nil
	}
	body = append(body, is.after...)
	if is.media != nil && !fits(is.media, body) {
		return nil
	}
	x.own.body = body
	x.own.measure()
	return &x.own
}
