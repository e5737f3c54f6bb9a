// Package wire carries HTTP/1 messages byte for byte (RFC 9112).
//
// net/http cannot: its server invents Content-Type and Date, and its proxy drops the fields of a hop, joins what was sent
// apart, and writes names in its own spelling. A verification compares exactly these things. A Message keeps every byte
// that was read, and what is not changed is written as it came.
//
// The package decides nothing about contracts. It follows no redirect, keeps no connection to a provider for a second
// request, and sends nothing twice.
package wire
