package coverage

import (
	"errors"
	"net/http"
	"strings"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// Change is one difference to a valid request, as data. Of its fields, those of
// one line are used.
type Change struct {
	// A parameter, or a place in the body, and its new value; nil takes it away.
	Parameter *spec.Parameter
	Pointer   string
	Value     schema.Value

	// The body as another media type of the contract.
	Media *spec.MediaType

	// The body as bytes, in a way that no value has.
	Spoil Spoil
}

// errNoChange says that a change cannot be made to a request.
var errNoChange = errors.New("the request has no place for the change")

// apply makes the change to a request of the base.
func (c *Change) apply(b *Base, r *Request) error {
	switch {
	case c.Spoil != "":
		return c.Spoil.apply(b, r)
	case c.Parameter != nil:
		return c.parameter(b, r)
	}
	return c.body(b, r)
}

func (c *Change) parameter(b *Base, r *Request) error {
	p := c.Parameter
	text := ""
	if c.Value != nil {
		var err error
		if text, err = p.Encode(c.Value); err != nil {
			return err
		}
	}
	switch p.In {
	case spec.InPath:
		if text == "" {
			return errNoChange
		}
		r.Path = b.path(p.Name, text)
	case spec.InQuery, spec.InQueryString:
		r.Query = withoutPairs(r.Query, p)
		if r.Query != "" && text != "" {
			r.Query += "&"
		}
		r.Query += text
	case spec.InHeader:
		r.Header.Del(p.Name)
		if c.Value != nil {
			r.Header.Set(p.Name, text)
		}
	case spec.InCookie:
		var kept []string
		for _, cookie := range strings.Split(r.Header.Get("Cookie"), ";") {
			cookie = strings.TrimSpace(cookie)
			if name, _, _ := strings.Cut(cookie, "="); cookie != "" && name != p.Name {
				kept = append(kept, cookie)
			}
		}
		if text != "" {
			kept = append(kept, text)
		}
		r.Header.Del("Cookie")
		if len(kept) > 0 {
			r.Header.Set("Cookie", strings.Join(kept, "; "))
		}
	}
	return nil
}

func (c *Change) body(b *Base, r *Request) error {
	mt := b.media
	if c.Pointer == "" && c.Value == nil && c.Media == nil {
		r.Body, r.ContentType, r.HasBody = nil, "", false
		return nil
	}
	if c.Media != nil {
		return c.as(c.Media, c.Value, r)
	}
	if c.Pointer == "" && c.Value != nil && mt == nil && b.Operation.RequestBody != nil {
		mt = b.Operation.RequestBody.Preferred()
	}
	if mt == nil {
		return errNoChange
	}
	v := b.body
	if c.Pointer != "" && r.HasBody && len(r.Body) > 0 {
		var err error
		if v, err = mt.Decode(r.ContentType, r.Body); err != nil {
			return err
		}
	}
	v, ok := set(v, c.Pointer, c.Value)
	if !ok {
		return errNoChange
	}
	contentType := r.ContentType
	if err := c.as(mt, v, r); err != nil {
		return err
	}
	if contentType != "" && mt.IsJSON() {
		r.ContentType = contentType
	}
	return nil
}

// as sends a value as a body of a media type.
func (c *Change) as(mt *spec.MediaType, v schema.Value, r *Request) (err error) {
	r.Body, r.ContentType, err = mt.Encode(v)
	r.HasBody = err == nil
	return err
}

// clone copies what changes are made to.
func (r *Request) clone() *Request {
	out := *r
	if out.Header = r.Header.Clone(); out.Header == nil {
		out.Header = http.Header{}
	}
	return &out
}
