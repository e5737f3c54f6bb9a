// Package consumer writes the pact of one consumer and one provider from the consumer's own tests, and compares it with
// the committed pact.
//
// A Suite is one pact. Each interaction is a subtest in which pact-go plays the provider and writes the interaction into
// a separate folder; at the end the suite merges them in memory. So the time is linear in the number of interactions,
// interactions may run in any order and concurrently, and the same suite always writes the same bytes. A suite whose
// pact is not the committed one fails.
//
// The package wraps pact-go's V4 DSL and hides none of it: the functions that build an interaction get pact-go's
// own builders, matchers included. It verifies no provider (that is contracts/pact), publishes nothing, and
// leaves plugins to pact-go, untested. It needs cgo and libpact_ffi, so only tests may import it.
//
// pact-go links libpact_ffi. Where that is missing, the linker says "cannot find -lpact_ffi", or the loader "cannot open
// shared object file": install it with
//
//	go run github.com/fridaygate/fridaygate/cmd/fridaygate@latest setup --only library
package consumer
