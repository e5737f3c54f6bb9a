// Package container is the providers.Runtime that starts each service in a container, through testcontainers-go, with a
// PostgreSQL, a Redis and a network for it alone.
//
// A service is built as a static binary and put into an image FROM scratch, which needs no image registry. The image's tag
// is derived from the binary's content, so an unchanged service is not built again. The images of PostgreSQL,
// Redis and the Pact Broker are the official ones, or those that Images names.
//
// Everything is labelled with the process that it was started for. Sweep removes what a crashed run left behind.
//
// The package decides no verdict and installs nothing: without Docker it fails, and says what to do. It links a Docker
// client, so only tests import it.
package container
