// Package witness decides whether there is a JSON document that one schema accepts and another refuses, and builds one.
//
// A schema becomes a formula over what it demands of a value of each JSON type. The search for a document follows Attouche,
// Baazizi, Colazzo, Ghelli, Sartiani and Scherzinger, "Witness Generation for JSON Schema" (PVLDB 15(13), 2022): it splits
// alternatives only where a document that was found contradicts them, and treats a value that would need a value of the same
// description inside itself as impossible, since the smallest document of a description never does.
//
// An answer None is a proof. A document that was Found still is to be checked by a validator: this package reads schemas as
// santhosh-tekuri/jsonschema validates, and a mistake in either must not reach a user. Whatever the package cannot decide,
// or not within its limits, is Unknown with the keyword that is the cause. It reads no files and prints nothing.
package witness
