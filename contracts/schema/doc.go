// Package schema compiles JSON Schemas and checks documents against them.
//
// It is a thin layer over santhosh-tekuri/jsonschema: it resolves references inside the schema's
// own folder only, never over a network, and gives every violation of a document rather than the
// first. It does not generate, convert or fetch schemas.
package schema
