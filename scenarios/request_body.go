package scenarios

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// boundary parts the fields of a multipart body (RFC 2046 §5.1.1). One that is
// always the same makes requests that are.
const boundary = "concord-6f9b1c74e2a84d0f"

// renderBody writes the body in its media type.
func (t *requestTemplate) renderBody(r *Request, vars *scope) error {
	if t.raw != nil {
		r.Body, r.HasBody = []byte(*t.raw), *t.raw != ""
		if r.HasBody {
			r.ContentType = t.mediaType
		}
		return nil
	}
	value := t.bodySample
	if t.body != nil {
		if t.body.isNull() {
			return nil
		}
		var err error
		if value, err = t.body.appendJSON(nil, vars); err != nil {
			return err
		}
	}
	if value == nil {
		return nil
	}
	r.HasBody, r.ContentType = true, t.mediaType
	var err error
	switch {
	case isJSON(t.mediaType):
		r.Body = value
	case essence(t.mediaType) == formType:
		r.Body, err = formBody(value)
	case essence(t.mediaType) == multipartType:
		r.ContentType = multipartType + "; boundary=" + boundary
		r.Body, err = multipartBody(value, t.content)
	default:
		r.Body = []byte(plainText(value))
	}
	return err
}

// eachMember visits the members of a JSON object.
func eachMember(object schema.Value, visit func(name string, value schema.Value) error) error {
	d := jsontext.NewDecoder(bytes.NewReader(object))
	if token, err := d.ReadToken(); err != nil || token.Kind() != '{' {
		return fmt.Errorf("a form must be a mapping of fields, not %s", object)
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		key := name.String()
		value, err := d.ReadValue()
		if err != nil {
			return err
		}
		if err := visit(key, value.Clone()); err != nil {
			return err
		}
	}
	return nil
}

// each calls visit for the items of a list, or for the one value.
func each(value schema.Value, visit func(schema.Value) error) error {
	if value.Kind() != '[' {
		return visit(value)
	}
	d := jsontext.NewDecoder(bytes.NewReader(value))
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != ']' {
		item, err := d.ReadValue()
		if err != nil {
			return err
		}
		if err := visit(item.Clone()); err != nil {
			return err
		}
	}
	return nil
}

// formBody writes fields as application/x-www-form-urlencoded.
func formBody(object schema.Value) ([]byte, error) {
	var pairs []string
	err := eachMember(object, func(name string, value schema.Value) error {
		return each(value, func(item schema.Value) error {
			pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(plainText(item)))
			return nil
		})
	})
	return []byte(strings.Join(pairs, "&")), err
}

// multipartBody writes fields as multipart/form-data (RFC 7578). A field that
// the contract has as binary is a file.
func multipartBody(object schema.Value, mt *spec.MediaType) ([]byte, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary(boundary); err != nil {
		return nil, err
	}
	err := eachMember(object, func(name string, value schema.Value) error {
		return each(value, func(item schema.Value) error {
			header := textproto.MIMEHeader{}
			disposition := fmt.Sprintf("form-data; name=%q", name)
			if contentType, ok := fileType(mt, name); ok {
				disposition += fmt.Sprintf("; filename=%q", name)
				header.Set("Content-Type", contentType)
			} else if k := item.Kind(); k == '{' || k == '[' {
				header.Set("Content-Type", jsonType)
			}
			header.Set("Content-Disposition", disposition)
			part, err := w.CreatePart(header)
			if err != nil {
				return err
			}
			_, err = part.Write([]byte(plainText(item)))
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// fileType tells the media type of a field that is a file, and false for others.
func fileType(mt *spec.MediaType, name string) (string, bool) {
	if mt == nil {
		return "", false
	}
	var encoded string
	for _, e := range mt.Encoding {
		if e.Name == name && e.ContentType != "" {
			encoded, _, _ = strings.Cut(e.ContentType, ",")
		}
	}
	v := view{}
	if mt.Schema != nil {
		v.merge(mt.Schema.Target(), 0)
	}
	for _, p := range v.properties {
		if p.Name != name {
			continue
		}
		s := p.Schema.Target()
		switch {
		case s.ContentMediaType != "":
			return s.ContentMediaType, true
		case s.Format == "binary" || s.ContentEncoding != "":
			if encoded == "" || strings.Contains(encoded, "*") {
				encoded = "application/octet-stream"
			}
			return encoded, true
		}
	}
	return encoded, encoded != "" && !strings.HasPrefix(encoded, "text/plain") && !isJSON(encoded) && !strings.Contains(encoded, "*")
}
