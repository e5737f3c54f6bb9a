// Package payload finds the documents in a webhook's body, and replaces one of them without touching another byte:
// JSON inside a form field, a line of NDJSON, one event of a batch, a part of multipart/form-data.
//
// It knows how documents are wrapped, not what they say: package smoke/cases edits them.
package payload
