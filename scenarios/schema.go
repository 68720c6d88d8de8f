package scenarios

import _ "embed"

// Schema is the JSON Schema (2020-12) of a script's files, for editors that
// complete and check them. It is shared by all callers, who must not change its
// bytes.
//
//go:embed scenario.schema.json
var Schema []byte
