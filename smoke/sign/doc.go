// Package sign signs webhooks as their senders do, and as those do who only pretend to be them: with an empty key,
// an old version, a time that is no number, a header that is no signature. It signs only: what a receiver accepts is
// for the receiver to decide, and the services under test verify with code that shares nothing with this.
// It imports the standard library alone.
package sign
