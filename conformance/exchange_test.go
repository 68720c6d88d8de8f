package conformance

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec/source"
)

func TestRecordReachesOtherProcesses(t *testing.T) {
	want := Record{
		"a": {Exchanges: []*Exchange{{
			Request: Request{Method: "POST", URL: "http://h/", Header: http.Header{"A": {"\xff"}}, Body: []byte{0, 255},
				Secret: map[string]string{"A": "B"}, Scripted: &scenarios.Request{Method: "POST", Header: http.Header{}}},
			Response: Response{Status: 200, Proto: "HTTP/1.1", Header: http.Header{"B": {"\x01"}}, Body: []byte("{\xff"), Cut: "cut"},
			Err:      "none", Started: time.Unix(1, 2).UTC(), Took: time.Second, Waits: []Wait{{429, time.Second}},
			Differences: []scenarios.Difference{{Claim: scenarios.ClaimStatus, Path: "status", Wanted: "200", Got: "404", Position: source.Position{File: "f", Line: 1, Column: 2}}},
		}}},
		"b": {Skip: "why"},
	}
	data, err := want.encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeRecord(data)
	if err != nil {
		t.Fatal(err)
	}
	got["a"].Exchanges[0].Request.Scripted.Header = http.Header{} // gob leaves out what is empty
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got["a"].Exchanges[0], want["a"].Exchanges[0])
	}
	if _, err := decodeRecord(data[:len(data)/2]); err == nil {
		t.Error("half a record is read without an error")
	}
}
