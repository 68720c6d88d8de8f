package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strconv"

	"cel.dev/cel-go/cel"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/concord-api/concord/spec/schema"
)

// decodeJSON reads a JSON text into what expressions work with: whole numbers
// are int64 where the shape wants no double, objects map[string]any.
func decodeJSON(text []byte, as *shape) (any, error) {
	d := jsontext.NewDecoder(bytes.NewReader(text))
	v, err := decodeValue(d, as)
	if err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}

func decodeValue(d *jsontext.Decoder, as *shape) (any, error) {
	if as == nil {
		as = anything
	}
	token, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case 'n':
		return nil, nil
	case 't', 'f':
		return token.Bool(), nil
	case '"':
		return token.String(), nil
	case '0':
		return decodeNumber(token.String(), as), nil
	case '[':
		list := []any{}
		for d.PeekKind() != ']' {
			item, err := decodeValue(d, as.elem)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		_, err := d.ReadToken()
		return list, err
	case '{':
		object := map[string]any{}
		for d.PeekKind() != '}' {
			name, err := d.ReadToken()
			if err != nil {
				return nil, err
			}
			key := name.String()
			member := as.fields[key]
			if member == nil {
				member = as.elem
			}
			if object[key], err = decodeValue(d, member); err != nil {
				return nil, err
			}
		}
		_, err := d.ReadToken()
		return object, err
	}
	return nil, fmt.Errorf("unexpected %s", token)
}

func decodeNumber(text string, as *shape) any {
	if !as.number {
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return i
		}
	}
	f, _ := strconv.ParseFloat(text, 64) // beyond its range: infinity
	if !as.number && f == float64(int64(f)) && f > -(1<<53) && f < 1<<53 {
		return int64(f) // 1.0 is an integer (JSON Schema validation §6.1.1)
	}
	return f
}

// decodeText reads the text of a parameter or form field as its shape has it;
// what is no such value stays text.
func decodeText(text string, as *shape) any {
	if as == nil || as.cel == nil {
		return text
	}
	switch as.cel.Kind() {
	case cel.IntKind, cel.DoubleKind:
		if jsontext.Value(text).IsValid() && jsontext.Value(text).Kind() == '0' {
			return decodeNumber(text, as)
		}
	case cel.BoolKind:
		if b, err := strconv.ParseBool(text); err == nil {
			return b
		}
	}
	return text
}

// decodeTexts reads the values of a query parameter or form field: a list where
// its shape is one or it is given more than once.
func decodeTexts(texts []string, as *shape) any {
	if as != nil && as.elem != nil && as.cel.Kind() == cel.ListKind {
		list := make([]any, len(texts))
		for i, t := range texts {
			list[i] = decodeText(t, as.elem)
		}
		return list
	}
	if len(texts) == 1 {
		return decodeText(texts[0], as)
	}
	if as != nil && as != anything {
		return decodeText(texts[0], as)
	}
	list := make([]any, len(texts))
	for i, t := range texts {
		list[i] = t
	}
	return list
}

// decodeBody reads a body as its media type says; nil where there is none.
func decodeBody(mediaType, contentType string, body []byte, as *shape) (any, error) {
	if len(body) == 0 {
		return nil, nil
	}
	switch {
	case mediaType == "" || isJSON(mediaType):
		return decodeJSON(body, as)
	case essence(mediaType) == formType:
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, err
		}
		return decodeForm(values, as), nil
	case essence(mediaType) == multipartType:
		return decodeMultipart(contentType, body, as)
	}
	return string(body), nil
}

func decodeForm(values map[string][]string, as *shape) map[string]any {
	out := make(map[string]any, len(values))
	for name, texts := range values {
		out[name] = decodeTexts(texts, as.fields[name])
	}
	return out
}

func decodeMultipart(contentType string, body []byte, as *shape) (any, error) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, err
	}
	form, err := multipart.NewReader(bytes.NewReader(body), params["boundary"]).ReadForm(int64(len(body)) + 1<<20)
	if err != nil {
		return nil, err
	}
	defer form.RemoveAll()
	out := decodeForm(form.Value, as)
	for name, files := range form.File {
		f, err := files[0].Open()
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(f)
		f.Close()
		if err != nil {
			return nil, err
		}
		out[name] = string(content)
	}
	return out, nil
}

// shapeOf is the shape of a value that is known.
func shapeOf(value schema.Value) *shape {
	switch value.Kind() {
	case '"', 0: // a fixture without a value is given as text
		return aString
	case '0':
		if _, err := strconv.ParseInt(string(value), 10, 64); err != nil {
			return &shape{cel: cel.DoubleType, number: true}
		}
		return &shape{cel: cel.IntType}
	case 't', 'f':
		return &shape{cel: cel.BoolType}
	}
	return anything
}
