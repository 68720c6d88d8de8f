package mockserver_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/concord-api/concord/mockserver"
	"github.com/concord-api/concord/scenarios"
	script "github.com/concord-api/concord/scenarios/dinie"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/dinie"
)

func load(location string) (*spec.Document, error) {
	return spec.Load(context.Background(), location, spec.Embedded("dinie", dinie.Document))
}

func defaultScript(t testing.TB, doc *spec.Document) *scenarios.Script {
	t.Helper()
	s, err := scenarios.Load(context.Background(), doc, scenarios.FS("dinie", script.Files))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// dinieServer is the mock of the default contract and script.
func dinieServer(options ...mockserver.Option) (*mockserver.Server, error) {
	doc, err := load("dinie")
	if err != nil {
		return nil, err
	}
	s, err := scenarios.Load(context.Background(), doc, scenarios.FS("dinie", script.Files))
	if err != nil {
		return nil, err
	}
	return mockserver.New(doc, s, options...)
}

// scripted is a mock of a contract under testdata and a script's text.
func scripted(t testing.TB, location, text string, options ...mockserver.Option) *mockserver.Server {
	t.Helper()
	doc, err := load(location)
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Load(context.Background(), doc, scenarios.FS("test", fstest.MapFS{"script.yaml": {Data: []byte(text)}}))
	if err != nil {
		t.Fatal(err)
	}
	server, err := mockserver.New(doc, s, options...)
	if err != nil {
		t.Fatal(err)
	}
	return server
}
