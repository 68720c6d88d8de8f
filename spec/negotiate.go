package spec

import (
	"strconv"
	"strings"

	"github.com/concord-api/concord/spec/schema"
)

// Negotiate chooses among the media types that a response documents by the
// values of the Accept header (RFC 9110 §12.5.1): the highest quality wins, then
// the most specific range of the header, then the document's order. It returns
// the media type and the concrete type to send; nil where nothing fits.
func Negotiate(accept []string, offers []*MediaType) (*MediaType, string) {
	if len(offers) == 0 {
		return nil, ""
	}
	if len(accept) == 0 || len(accept) == 1 && (accept[0] == "" || accept[0] == "*/*") {
		return offers[0], offers[0].Concrete()
	}
	if len(accept) == 1 && accept[0] == offers[0].Range {
		return offers[0], offers[0].Range
	}
	wanted := parseAccept(accept)
	if len(wanted) == 0 {
		return offers[0], offers[0].Concrete()
	}
	var best *MediaType
	var sent string
	bestQuality, bestRank := 0, 0
	for _, offer := range offers {
		concrete := offer.Concrete()
		t, params := parsed(concrete)
		quality, rank := 0, 0
		if strings.Contains(offer.Range, "*") {
			// The response may be anything in a range: what is asked for most.
			r, own := parsed(offer.Range)
			for _, w := range wanted {
				if w.quality > quality && !strings.Contains(w.text, "*") && coverage(r, own, w.text, w.params) > 0 && offer.carries(w.text) {
					quality, rank, concrete = w.quality, 50, w.text
				}
			}
		}
		if quality == 0 {
			quality, rank = acceptance(wanted, t, params)
		}
		if quality > bestQuality || quality == bestQuality && quality > 0 && rank > bestRank {
			best, sent, bestQuality, bestRank = offer, concrete, quality, rank
		}
	}
	return best, sent
}

// wanted is one range of an Accept header. Quality is in thousandths.
type wanted struct {
	text    string
	params  map[string]string
	quality int
}

func parseAccept(accept []string) []wanted {
	var out []wanted
	for _, line := range accept {
		for _, item := range splitQuoted(line, ',') {
			if strings.TrimSpace(item) == "" {
				continue
			}
			w := wanted{quality: 1000}
			w.text, w.params = parsed(item)
			if w.text == "*" {
				w.text = "*/*" // as java.net.HttpURLConnection sends it
			}
			if q, ok := w.params["q"]; ok {
				f, err := strconv.ParseFloat(q, 64)
				if err != nil || f < 0 || f > 1 {
					f = 0
				}
				w.quality = int(f*1000 + 0.5)
				delete(w.params, "q")
			}
			if strings.Contains(w.text, "/") {
				out = append(out, w)
			}
		}
	}
	return out
}

// splitQuoted splits at a separator that stands outside quoted strings.
func splitQuoted(s string, separator byte) []string {
	var out []string
	quoted, start := false, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == separator && !quoted:
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}

// carries tells whether bodies of the media type's schema can be written as a
// type of its range: a range such as */* does not make an object a picture.
func (m *MediaType) carries(t string) bool {
	s := m.shape()
	switch mediaKind(t) {
	case jsonKind, xmlKind:
		return true
	case formKind, multipartKind:
		return s.types == 0 || s.types.Has(schema.TypeObject)
	case jsonLinesKind, eventsKind:
		return s.types.Has(schema.TypeArray)
	}
	return s.scalar()
}

// acceptance is the quality of the most specific range that covers a type, and
// how specific that is.
func acceptance(ranges []wanted, t string, params map[string]string) (quality, rank int) {
	for _, w := range ranges {
		r := coverage(w.text, w.params, t, params)
		if r == 0 && w.text == "application/json" && strings.HasSuffix(t, "+json") {
			// A client that reads JSON reads every +json (RFC 6839 §3.1); its
			// own offers are preferred.
			r = 5
		}
		if r > rank {
			quality, rank = w.quality, r
		}
	}
	return quality, rank
}

// Concrete is the type that a body of the media type is sent with: the range
// itself where it has no wildcard, else the likeliest type in it.
func (m *MediaType) Concrete() string {
	if !strings.Contains(m.Range, "*") {
		return m.Range
	}
	t, _ := parsed(m.Range)
	switch {
	case strings.HasPrefix(t, "text/"):
		return "text/plain"
	case strings.HasPrefix(t, "image/"):
		return "image/png"
	case strings.HasPrefix(t, "audio/"):
		return "audio/mpeg"
	case strings.HasPrefix(t, "video/"):
		return "video/mp4"
	case strings.HasPrefix(t, "font/"):
		return "font/woff2"
	case strings.HasPrefix(t, "model/"):
		return "model/stl"
	}
	if strings.Contains(t, "*+") {
		return strings.Replace(t, "*+", "vnd.api+", 1)
	}
	return "application/json"
}
