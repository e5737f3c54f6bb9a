// Package consumer writes the pact of one consumer and one provider from the consumer's own tests, and holds it
// to the pact that is committed.
//
// A Suite is one pact. Each of its interactions is a subtest in which pact-go plays the provider and writes what
// was agreed into a folder of its own; at the end the suite merges them in memory. So the time grows
// with the number of interactions and not with its square, interactions may run in any order and at once, and
// the same suite always gives the same bytes. A suite whose pact is not the committed one fails.
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
