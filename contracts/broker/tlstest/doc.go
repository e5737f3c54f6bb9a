// Package tlstest serves over TLS what clients must refuse, for tests.
package tlstest
