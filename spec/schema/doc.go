// Package schema is a contract's schemas in one form, whatever version of
// OpenAPI they were written for, and what is done with them: [Reader] reads
// them, [Checker] holds values to them.
//
// A [Schema] is a graph in JSON Schema 2020-12 terms: `nullable` has become a
// type, a boolean `exclusiveMinimum` a number, a `$ref` a pointer to another
// Schema (cycles stay cycles). The library that judges, the plan that judges
// fast and the generator of samples all read this one form, so that they cannot
// disagree about what the author wrote.
package schema
