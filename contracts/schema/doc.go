// Package schema compiles JSON Schemas of drafts 4, 6, 7, 2019-09 and 2020-12 and those in OpenAPI documents, and checks documents
// against them.
//
// It uses santhosh-tekuri/jsonschema, and is stricter: what that library and the drafts ignore in silence, such as a
// misspelt keyword, is an error when a schema is loaded. It resolves references inside one folder only, never over a
// network; compares numbers exactly; and returns every violation of a document rather than the first. It does not
// generate, convert or fetch schemas. testdata/corpus/README.md describes the corpus that it is
// tested on, and the one use of $dynamicRef that it gets wrong.
package schema
