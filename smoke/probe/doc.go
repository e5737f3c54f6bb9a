// Package probe counts what a receiver really did with an event: behind its answers, which cannot show it. It
// looks once; when to look, and what the count should be, is for others to know.
package probe
