package conformance

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
)

func TestCurl(t *testing.T) {
	tests := map[string]struct {
		request Request
		want    string
	}{
		"a plain GET": {
			Request{Method: "GET", URL: "http://h/a?b=c&d=e", Header: http.Header{"User-Agent": {"x"}, "Accept": {"*/*"}}},
			`curl -sS -i 'http://h/a?b=c&d=e'`,
		},
		"a bearer token": {
			Request{Method: "GET", URL: "http://h/", Header: http.Header{"Authorization": {"Bearer s3cret"}}, Secret: map[string]string{"Authorization": "CONCORD_TOKEN"}},
			`curl -sS -i -H "Authorization: Bearer $CONCORD_TOKEN" 'http://h/'`,
		},
		"a password": {
			Request{Method: "GET", URL: "http://h/", Header: http.Header{"Authorization": {"Basic czNjcmV0"}}, Secret: map[string]string{"Authorization": "CONCORD_TOKEN"}},
			`curl -sS -i -H "Authorization: Basic $(printf %s "$CONCORD_TOKEN" | base64 -w0)" 'http://h/'`,
		},
		"a user without a password": {
			Request{Method: "GET", URL: "http://h/", Header: http.Header{"Authorization": {basic("k3y")}}, Secret: map[string]string{"Authorization": "CONCORD_TOKEN"}},
			`curl -sS -i -H "Authorization: Basic $(printf %s "${CONCORD_TOKEN%:}:" | base64 -w0)" 'http://h/'`,
		},
		"a key in the query": {
			Request{Method: "GET", URL: "http://h/?a=1&key=s3cret", Secret: map[string]string{"?key": "CONCORD_TOKEN"}},
			`curl -sS -i 'http://h/?a=1&key='"$CONCORD_TOKEN"`,
		},
		"a key in a cookie": {
			Request{Method: "GET", URL: "http://h/", Header: http.Header{"Cookie": {"sid=s3cret"}}, Secret: map[string]string{"Cookie": "CONCORD_TOKEN"}},
			`curl -sS -i -H "Cookie: sid=$CONCORD_TOKEN" 'http://h/'`,
		},
		"a body with quotes": {
			Request{Method: "POST", URL: "http://h/", Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"a":"it's"}`)},
			`curl -sS -i -X POST -H 'Content-Type: application/json' --data-binary '{"a":"it'\''s"}' 'http://h/'`,
		},
		"bytes that are no text": {
			Request{Method: "POST", URL: "http://h/", Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte("{\"a\":\"\xff\"}")},
			`printf '{"a":"\377"}' | curl -sS -i -X POST -H 'Content-Type: application/json' --data-binary @- 'http://h/'`,
		},
		"a text of another encoding": {
			Request{Method: "POST", URL: "http://h/", Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte("\xfe\xff\x00{\x00}")},
			`printf %s /v8AewB9 | base64 -d | curl -sS -i -X POST -H 'Content-Type: application/json' --data-binary @- 'http://h/'`,
		},
		"a body after a million spaces": {
			Request{Method: "PUT", URL: "http://h/", Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{}`), Padding: 1_000_000},
			`{ printf '%1000000s' ''; printf '{}'; } | curl -sS -i -X PUT -H 'Content-Type: application/json' --data-binary @- 'http://h/'`,
		},
		"a HEAD": {
			Request{Method: "HEAD", URL: "http://h/"},
			`curl -sS --head 'http://h/'`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := tt.request.Curl()
			if got != tt.want {
				t.Errorf("Curl() =\n%s\nwant\n%s", got, tt.want)
			}
			if strings.Contains(got, "s3cret") || strings.Contains(got, "czNjcmV0") {
				t.Error("it tells the secret")
			}
		})
	}
}

func TestCurlSendsWhatWasSent(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Log("there is no curl on this machine: only the text of the command is tested, above")
		return
	}
	var got *Request
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body := make([]byte, r.ContentLength)
		_, _ = r.Body.Read(body)
		got = &Request{Method: r.Method, URL: r.URL.String(), Header: r.Header, Body: body}
	}))
	defer server.Close()
	sent := Request{
		Method: "PUT", URL: server.URL + "/a%2Fb?q=$HOME&key=k%20ey",
		Header: http.Header{"Authorization": {"Basic dTpwYXNz"}, "X-Odd": {"`id` $HOME \"'"}, "Content-Type": {"text/plain"}},
		Body:   []byte("\x00\xff%d\\ 'quoted'\n"),
		Secret: map[string]string{"Authorization": "CONCORD_TOKEN", "?key": "CONCORD_CREDENTIAL_K"},
	}
	cmd := exec.Command("sh", "-c", sent.Curl())
	cmd.Env = append(cmd.Environ(), "CONCORD_TOKEN=u:pass", "CONCORD_CREDENTIAL_K=k%20ey")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s\n%v: %s", sent.Curl(), err, out)
	}
	if got == nil || got.Method != sent.Method || string(got.Body) != string(sent.Body) || server.URL+got.URL != sent.URL {
		t.Errorf("%s\nsent %+v", sent.Curl(), got)
	}
	for name := range sent.Header {
		if got.Header.Get(name) != sent.Header.Get(name) {
			t.Errorf("header %s: sent %q, want %q", name, got.Header.Get(name), sent.Header.Get(name))
		}
	}
}
