// Package drift reads logs of JSON payloads and groups the payloads by their shape: it says how many formats are in the wild,
// since when, how often, and how each differs from a JSON Schema and from the others. Every payload is checked against the
// schema; one that cannot be distinguished from a checked one has its violations. The memory that it takes does
// not depend on the size of the logs. It changes no log and no schema.
package drift
