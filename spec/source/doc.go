// Package source is where a contract or a script comes from: files and URLs
// read as YAML or JSON, the places inside them, and the values written there.
//
// OpenAPI means YAML by its JSON-compatible schema (OpenAPI 3.1 §4.2, YAML 1.2
// §10.2): `no` is a string, 2020-01-01 is a string, 0x10 is a string. Numbers
// keep their digits. [AppendJSON] is the one way from a node to a value.
package source
