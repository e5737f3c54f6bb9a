// Package widen proposes the smallest change of a JSON Schema with which it accepts documents that it refuses, and still accepts what it
// accepts. It changes keywords where they stand, and does not judge whether the documents should be accepted.
package widen
