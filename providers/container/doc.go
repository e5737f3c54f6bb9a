// Package container is the providers.Runtime that starts services in containers, through testcontainers-go, beside a
// PostgreSQL and a Redis of their own, on a network of their own.
//
// A service is built here as a static binary and put into an image FROM scratch, so no image registry takes part in it.
// The image's tag is made from the binary's content: what has not changed is not built again. The images of PostgreSQL,
// Redis and the Pact Broker are the official ones, or those that Images names.
//
// Everything carries labels that name the process it was started for. What a crashed run left behind is recognised by
// them, and Sweep removes it.
//
// The package decides nothing about contracts, and installs nothing: without Docker it fails and says what to do.
// It links a Docker client, so only tests import it.
package container
