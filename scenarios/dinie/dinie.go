// Package dinie holds the default script: what the Dinie partner API answers,
// outcome by outcome, embedded in the binary. It goes with the contract of
// package spec/dinie.
//
// The files are data. Package scenarios reads them as it reads any script; the
// tests beside them hold them to the contract.
package dinie

import "embed"

// Files are the files of the script.
//
//go:embed *.yaml
var Files embed.FS
