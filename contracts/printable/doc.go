// Package printable makes text of others safe to show: what would command a terminal, a browser or the log of a CI system is
// shown as an escape instead of obeyed. It does not redact secrets, and does not shorten.
package printable
