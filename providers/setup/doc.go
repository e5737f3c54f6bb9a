// Package setup prepares a machine for the contract suites: a Docker engine that answers, and the images of
// PostgreSQL, Redis and the Pact Broker. It is what "fridaygate setup" does, beside installing libpact_ffi.
//
// It works through the commands a person would type (docker, apt-get, mmdebstrap), so it links no Docker client, and
// it changes nothing that is in order already. It starts no service and runs no test.
package setup
