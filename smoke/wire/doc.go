// Package wire delivers webhooks: it takes one step of a case and returns its attempts, each of which is one request on the
// wire. It builds and signs the request, sends its copies the way that the step asks for, and records what came back. It
// never repeats a delivery for its answer's sake and judges nothing.
package wire
