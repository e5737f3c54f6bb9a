// Package providers starts and stops the service under contract: with Process as a local command, with URL as something
// already deployed, and with providers/container as a container beside a real PostgreSQL and Redis. A Spec says what to
// run, a Runtime where.
//
// A started Provider can also be killed, restarted and paused, and, in containers, disconnected from its dependencies.
// Suites use this to prove that one delivery has one effect, whatever breaks in its middle.
//
// The package decides no verdict, sends no webhook, and depends on no service: those in folder reference are ordinary
// programs that import nothing of it. It links neither a Docker client nor testcontainers.
package providers
