package mockserver_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/concord-api/concord/mockserver"
	"github.com/concord-api/concord/spec/problem"
)

// petsServer is a mock of the contract whose errors come in many shapes.
func petsServer(t testing.TB, options ...mockserver.Option) *mockserver.Server {
	t.Helper()
	doc, err := load("testdata/pets.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := mockserver.New(doc, nil, options...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// send plays a request, given as "METHOD /path", to a handler.
func send(t testing.TB, h http.Handler, request, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	method, target, _ := strings.Cut(request, " ")
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, reader)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if length := w.Header().Get("Content-Length"); length != "" && method != http.MethodHead && length != strconv.Itoa(w.Body.Len()) {
		t.Errorf("%s: Content-Length %s for %d bytes", request, length, w.Body.Len())
	}
	return w
}

const (
	asJSON  = "application/json"
	asError = problem.MediaType
)

func TestEachRequestGetsItsAnswer(t *testing.T) {
	type h = []string
	key := h{"X-Key", "k"}
	tests := map[string]struct {
		request string
		header  h
		body    string
		status  int
		as      string // media type
		says    string // part of the body
	}{
		"the lowest documented success":                            {"GET /pets", nil, "", 200, asJSON, `[{"id":1,"name":"Rex"},{"id":2,"name":"Tom"}]`},
		"with the path of a server in front":                       {"GET /v1/pets", nil, "", 200, asJSON, "Rex"},
		"a class of statuses is its first":                         {"GET /pets/1", nil, "", 200, asJSON, "Rex"},
		"an operation that documents only an error":                {"GET /odd", nil, "", 404, asJSON, "No."},
		"a path that is not there":                                 {"GET /cats", nil, "", 404, asError, "no path of the contract matches /cats"},
		"a method that the path does not have":                     {"PATCH /pets", nil, "", 405, asJSON, "PATCH is not documented for /pets, which has GET, POST"},
		"a media type that the client does not read":               {"GET /pets", h{"Accept", "image/png"}, "", 200 + 206, asJSON, "image/png"},
		"a media type by quality":                                  {"GET /pets", h{"Accept", "application/json;q=0.1, application/xml"}, "", 200, "application/xml", ""},
		"any media type":                                           {"GET /pets", h{"Accept", "*/*"}, "", 200, asJSON, "Rex"},
		"a parameter that breaks its schema":                       {"GET /pets?limit=0", nil, "", 422, asJSON, "limit"},
		"a status by Prefer":                                       {"GET /pets", h{"Prefer", "code=404"}, "", 404, asJSON, "There are no pets."},
		"a status by the query":                                    {"GET /pets?__code=404", nil, "", 404, asJSON, "There are no pets."},
		"a status that the default covers":                         {"GET /pets", h{"Prefer", "code=418"}, "", 418, asJSON, "message"},
		"a status of a class":                                      {"GET /pets/1", h{"Prefer", "code=206"}, "", 206, asJSON, "Rex"},
		"a status that nothing covers":                             {"GET /pets/1", h{"Prefer", "code=500"}, "", 422, asError, "422"},
		"a status that nothing covers, leniently":                  {"GET /pets/1", h{"Prefer", "code=500, handling=lenient"}, "", 200, asJSON, "Rex"},
		"an example by name":                                       {"GET /pets", h{"Prefer", "example=none"}, "", 200, asJSON, "[]"},
		"an example of another status":                             {"GET /pets", h{"Prefer", "example=nothing"}, "", 404, asJSON, "There are no pets."},
		"an example that is not there":                             {"GET /pets", h{"Prefer", "example=three"}, "", 400, asJSON, "the examples two, none, nothing"},
		"a scenario where there is none":                           {"GET /pets", h{"Prefer", "scenario=x"}, "", 400, asJSON, "no scenarios"},
		"a preference that is not ours":                            {"GET /pets", h{"Prefer", "respond-async"}, "", 200, asJSON, "Rex"},
		"a body":                                                   {"POST /pets", h{"Content-Type", asJSON}, `{"name":"Kit"}`, 201, asJSON, "Kit"},
		"a body as a form":                                         {"POST /pets", h{"Content-Type", "application/x-www-form-urlencoded"}, `name=Kit&age=3`, 201, asJSON, "Kit"},
		"a form that breaks its schema":                            {"POST /pets", h{"Content-Type", "application/x-www-form-urlencoded"}, `name=Kit&age=-3`, 400, asJSON, "bad_pet"},
		"a body that breaks its schema, and an error without room": {"POST /pets", h{"Content-Type", asJSON}, `{}`, 400, asJSON, `{"error":{"code":"bad_pet"}}`},
		"a body that is no JSON":                                   {"POST /pets", h{"Content-Type", asJSON}, `{`, 400, asJSON, "bad_pet"},
		"a media type that is not documented":                      {"POST /pets", h{"Content-Type", "text/csv"}, `a,b`, 415, "", ""},
		"a documented error that says nothing":                     {"POST /pets", h{"Content-Type", asJSON, "Prefer", "code=404"}, `{"name":"Kit"}`, 404, "", ""},
		"problem details with only the members that are named":     {"GET /pets/x", nil, "", 422, asError, `"trace":"abcd"`},
		"an undocumented error is problem details":                 {"PUT /pets/1", h{"Content-Type", "text/plain"}, "too long", 422, asError, "body"},
		"no content":                                               {"PUT /pets/1", h{"Content-Type", "text/plain"}, "ok", 204, "", ""},
		"no body where none is demanded":                           {"PUT /pets/1", nil, "", 204, "", ""},
		"no credential, in a media type that is text":              {"DELETE /pets/1", nil, "", 401, "text/plain", "Who are you?"},
		"one of two credentials":                                   {"DELETE /pets/1", key, "", 204, "", ""},
		"a body where none is documented":                          {"DELETE /pets/1", append(h{"Content-Type", asJSON}, key...), "{", 204, "", ""},
		"OPTIONS":                                                  {"OPTIONS /pets", nil, "", 204, "", ""},
		"OPTIONS that is documented":                               {"OPTIONS /odd", nil, "", 200, "text/plain", "odd"},
		"a content coding that nobody knows":                       {"POST /pets", h{"Content-Type", asJSON, "Content-Encoding", "zstd"}, "x", 415, "", ""},
	}
	s := petsServer(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := send(t, s, tt.request, tt.body, tt.header...)
			if w.Code != tt.status {
				t.Errorf("status %d, want %d: %s", w.Code, tt.status, w.Body)
			}
			if got := w.Header().Get("Content-Type"); got != tt.as {
				t.Errorf("Content-Type %q, want %q", got, tt.as)
			}
			if !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("the body does not say %s: %s", tt.says, w.Body)
			}
			if spec := w.Header().Get("Content-Type"); strings.HasSuffix(spec, "json") && !json.Valid(w.Body.Bytes()) {
				t.Errorf("the body is no JSON: %s", w.Body)
			}
		})
	}
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	s := petsServer(t)
	get, head := send(t, s, "GET /pets", ""), send(t, s, "HEAD /pets", "")
	if head.Code != get.Code || head.Body.Len() != 0 {
		t.Errorf("HEAD is answered %d with %d bytes, GET %d", head.Code, head.Body.Len(), get.Code)
	}
	for name := range get.Header() {
		if head.Header().Get(name) != get.Header().Get(name) {
			t.Errorf("header %s is %q for HEAD, %q for GET", name, head.Header().Get(name), get.Header().Get(name))
		}
	}
}

func TestHeadersThatGoWithAnAnswer(t *testing.T) {
	type h = []string
	tests := map[string]struct {
		request string
		header  h
		name    string
		want    string
	}{
		"a documented header":                       {"GET /pets", nil, "X-Total", "2"},
		"Allow with a 405":                          {"PATCH /pets", nil, "Allow", "GET, HEAD, POST, OPTIONS"},
		"Allow with OPTIONS":                        {"OPTIONS /pets", nil, "Allow", "GET, HEAD, POST, OPTIONS"},
		"a challenge with a 401":                    {"DELETE /pets/1", nil, "Www-Authenticate", `ApiKey realm="Pets", in="header", name="X-Key", Basic realm="Pets", charset="UTF-8"`},
		"what was applied":                          {"GET /pets", h{"Prefer", `code=404, example=nothing`}, "Preference-Applied", "code=404, example=nothing"},
		"that the answer varies":                    {"GET /pets", h{"Prefer", `code=404`}, "Vary", "Prefer"},
		"nothing was applied":                       {"GET /pets", h{"Prefer", `wait=1`}, "Preference-Applied", ""},
		"an origin":                                 {"GET /pets", h{"Origin", "https://a.example"}, "Access-Control-Allow-Origin", "https://a.example"},
		"what a script of that origin may read":     {"GET /pets", h{"Origin", "https://a.example"}, "Access-Control-Expose-Headers", "X-Total"},
		"no origin":                                 {"GET /pets", nil, "Access-Control-Allow-Origin", ""},
		"an origin of an error":                     {"GET /cats", h{"Origin", "https://a.example"}, "Access-Control-Allow-Origin", "https://a.example"},
		"a preflight's methods":                     {"OPTIONS /pets", h{"Origin", "https://a.example", "Access-Control-Request-Method", "POST"}, "Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS"},
		"a preflight's headers":                     {"OPTIONS /pets", h{"Origin", "https://a.example", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,x-a"}, "Access-Control-Allow-Headers", "authorization,x-a"},
		"what is wrong, where the body has no room": {"POST /pets", h{"Content-Type", "text/csv"}, "Concord-Problem", "the request breaks the contract: body is required"},
		"which codings are understood":              {"POST /pets", h{"Content-Encoding", "zstd"}, "Accept-Encoding", ""},
	}
	s := petsServer(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := send(t, s, tt.request, "", tt.header...)
			if got := w.Header().Get(tt.name); got != tt.want {
				t.Errorf("%s: %q, want %q (status %d)", tt.name, got, tt.want, w.Code)
			}
		})
	}
}

func TestCORSCanBeTurnedOff(t *testing.T) {
	w := send(t, petsServer(t, mockserver.WithCORS(false)), "GET /pets", "", "Origin", "https://a.example")
	if got := w.Header().Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("Access-Control-Allow-Origin: %q, want none", got)
	}
}

func TestALongBodyIsRefused(t *testing.T) {
	s := petsServer(t, mockserver.WithMaxBody(10))
	for name, length := range map[string]int64{"declared": 11, "not declared": -1} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/pets", strings.NewReader("12345678901"))
			r.Header.Set("Content-Type", asJSON)
			r.ContentLength = length
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			// The contract's 4XX says nothing, so the header does.
			if w.Code != http.StatusRequestEntityTooLarge || w.Header().Get("Concord-Problem") == "" {
				t.Errorf("answered %d, %v", w.Code, w.Header())
			}
		})
	}
}

func TestLenientHandlingCanBeRefused(t *testing.T) {
	w := send(t, petsServer(t, mockserver.WithStrict(true)), "GET /pets", "", "Prefer", "example=x, handling=lenient")
	if w.Code != http.StatusBadRequest {
		t.Errorf("answered %d, want 400", w.Code)
	}
}

func TestTheServerThatIsFullSaysSo(t *testing.T) {
	w := send(t, petsServer(t, mockserver.WithMaxInFlight(0)), "GET /pets", "")
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "1" {
		t.Errorf("answered %d with Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
}
