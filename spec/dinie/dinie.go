// Package dinie holds the default contract: the OpenAPI 3.1 description of the
// Dinie partner API, version 2026-03-01, embedded in the binary.
//
// The document is data. Nothing here parses it; package spec does, as it does
// any other contract, when it is asked for the location "dinie". What the
// document promises is proved by the tests beside it: each fact of the
// description it was written from, and each example against its own schema.
package dinie

import _ "embed"

// Document is the contract's OpenAPI 3.1 document in YAML, UTF-8. It is shared
// by all callers, who must not change its bytes.
//
//go:embed openapi.yaml
var Document []byte
