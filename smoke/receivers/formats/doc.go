// Package formats holds receivers of webhooks whose body is not one JSON document: forms, XML, multipart, NDJSON,
// compressed bodies and batches. For each there is a correct one, and some with one bug. The gate is tested on them.
//
// They read bodies with the standard library alone, so that no mistake in package payload is on both sides.
package formats
