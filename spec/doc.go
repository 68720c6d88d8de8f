// Package spec is the contract: it loads an OpenAPI document, indexes its
// operations, routes requests to them, holds requests and responses to what
// they say, and makes samples of both.
//
// [Load] gives a [Document], whose [Operation]s are found by id, or by
// [Document.Match] from a request. [Operation.CheckRequest] and
// [Operation.CheckResponse] list what breaks the contract as [Violation]s: the
// mock's 422, the suite's failures and the command `check` all speak this one
// type. Schemas compile when an operation is first used.
//
// What a schema means is said in the package schema; how values are made is
// said in the package sample.
package spec
