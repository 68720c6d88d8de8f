package conformance

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"
)

// decode takes off the encoding of a body, gzip or deflate (RFC 9110 §8.4.1):
// nobody asked for one, and servers may choose it all the same (§12.5.3). A body
// in another encoding stays as it is; one that is not in the encoding that it is
// said to be in, too, and Undecoded says so. At most limit bytes are decoded.
func (r *Response) decode(limit int64) {
	if len(r.Body) == 0 {
		return
	}
	var plain io.Reader
	var err error
	switch strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))) {
	case "gzip", "x-gzip":
		plain, err = gzip.NewReader(bytes.NewReader(r.Body))
	case "deflate":
		plain, err = zlib.NewReader(bytes.NewReader(r.Body))
	default:
		return
	}
	var body []byte
	if err == nil {
		body, err = io.ReadAll(io.LimitReader(plain, limit))
	}
	if err != nil {
		r.Undecoded = err.Error()
		return
	}
	r.Body = body
}
