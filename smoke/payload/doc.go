// Package payload finds the documents in a webhook's body, and replaces one of them without touching another byte:
// JSON inside a form field, a line of NDJSON, one event of a batch, a part of multipart/form-data.
//
// It handles how documents are wrapped, not their content, which package smoke/cases edits.
package payload
