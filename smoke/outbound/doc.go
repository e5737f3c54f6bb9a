// Package outbound asks a deployed provider one question of an outbound integration, and judges the answer: status, fields,
// JSON Schema, latency, and the pact's own matching rules. It plans nothing and reads no file.
package outbound
