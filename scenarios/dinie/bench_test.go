package dinie_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/concord-api/concord/scenarios"
	script "github.com/concord-api/concord/scenarios/dinie"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/dinie"
)

// requests are those that a mock of the default contract is measured by.
var requests = map[string]struct{ path, body string }{
	"session":   {"/customers/cust_550e8400e29b41d4a716446655440000/biometrics", ""},
	"not-found": {"/customers/cust_550e8400e29b41d4a716446655440404/biometrics", ""},
	"customer": {"/customers", `{"cpf":"123.456.789-00","cnpj":"12.345.678/0001-95","name":"Padaria Aurora Ltda","email":"contato@padaria-aurora.example",` +
		`"phone":"+5511999990000","trading_name":"Padaria Aurora","external_id":"partner-0001"}`},
}

func benchmark(b *testing.B, run func(*scenarios.Script, *scenarios.Input)) {
	doc, err := spec.Load(context.Background(), "dinie", spec.Embedded("dinie", dinie.Document))
	if err != nil {
		b.Fatal(err)
	}
	s, err := scenarios.Load(context.Background(), doc, scenarios.FS("", script.Files))
	if err != nil {
		b.Fatal(err)
	}
	for name, r := range requests {
		b.Run(name, func(b *testing.B) {
			m, err := doc.Match(http.MethodPost, r.path)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				in := scenarios.Input{Operation: m.Operation, Method: http.MethodPost, Path: r.path, Params: &m.Params,
					Header: http.Header{}, MediaType: "application/json", Body: []byte(r.body), ServerURL: "http://127.0.0.1:4010"}
				run(s, &in)
			}
		})
	}
}

func BenchmarkFind(b *testing.B) {
	benchmark(b, func(s *scenarios.Script, in *scenarios.Input) {
		if s.Find(in) == nil {
			b.Fatal("no scenario answers")
		}
	})
}

func BenchmarkFindAndPlay(b *testing.B) {
	benchmark(b, func(s *scenarios.Script, in *scenarios.Input) {
		if _, _, err := s.Find(in).Play(in, 0); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	doc, err := spec.Load(context.Background(), "dinie", spec.Embedded("dinie", dinie.Document))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := scenarios.Load(context.Background(), doc, scenarios.FS("", script.Files)); err != nil {
			b.Fatal(err)
		}
	}
}
