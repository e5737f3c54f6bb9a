// Package probe counts the effects that an event had in a receiver, which its answers cannot show. A probe observes once;
// its caller decides when, and what the count should be.
package probe
