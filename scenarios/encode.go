package scenarios

import (
	"encoding/base64"
	"fmt"
	"math"
	"sort"
	"strconv"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"github.com/go-json-experiment/json/jsontext"
)

// appendValue appends what an expression gives as JSON. Timestamps are RFC 3339
// texts in UTC, durations are their seconds ("90s"), bytes are base64, members
// of maps are in the order of their names.
func appendValue(dst []byte, v ref.Val) ([]byte, error) {
	switch v := v.(type) {
	case types.Null:
		return append(dst, "null"...), nil
	case types.Bool:
		return strconv.AppendBool(dst, bool(v)), nil
	case types.Int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case types.Uint:
		return strconv.AppendUint(dst, uint64(v), 10), nil
	case types.Double:
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fmt.Errorf("the number %v cannot be written as JSON", float64(v))
		}
		return strconv.AppendFloat(dst, float64(v), 'g', -1, 64), nil
	case traits.Mapper:
		return appendMap(dst, v)
	case traits.Lister:
		return appendList(dst, v)
	}
	s, err := textOf(v)
	if err != nil {
		return nil, err
	}
	return jsontext.AppendQuote(dst, s)
}

func appendList(dst []byte, list traits.Lister) ([]byte, error) {
	var err error
	dst = append(dst, '[')
	first := true
	for it := list.Iterator(); it.HasNext() == types.True; first = false {
		if !first {
			dst = append(dst, ',')
		}
		if dst, err = appendValue(dst, it.Next()); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

func appendMap(dst []byte, m traits.Mapper) ([]byte, error) {
	var names []string
	values := map[string]ref.Val{}
	for it := m.Iterator(); it.HasNext() == types.True; {
		key := it.Next()
		name, err := textOf(key)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
		values[name] = m.Get(key)
	}
	sort.Strings(names)
	dst = append(dst, '{')
	for i, name := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = jsontext.AppendQuote(dst, name); err != nil {
			return nil, err
		}
		if dst, err = appendValue(append(dst, ':'), values[name]); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// textOf writes a value as it stands inside a text, a header or a path.
func textOf(v ref.Val) (string, error) {
	switch v := v.(type) {
	case types.String:
		return string(v), nil
	case types.Int:
		return strconv.FormatInt(int64(v), 10), nil
	case types.Uint:
		return strconv.FormatUint(uint64(v), 10), nil
	case types.Double:
		return strconv.FormatFloat(float64(v), 'f', -1, 64), nil
	case types.Bool:
		return strconv.FormatBool(bool(v)), nil
	case types.Timestamp:
		return v.Time.UTC().Format(time.RFC3339Nano), nil
	case types.Duration:
		return strconv.FormatFloat(v.Duration.Seconds(), 'f', -1, 64) + "s", nil
	case types.Bytes:
		return base64.StdEncoding.EncodeToString([]byte(v)), nil
	case types.Null:
		return "null", nil
	case traits.Mapper, traits.Lister:
		b, err := appendValue(nil, v)
		return string(b), err
	}
	return "", fmt.Errorf("a value of the type %s cannot be written", v.Type().TypeName())
}
