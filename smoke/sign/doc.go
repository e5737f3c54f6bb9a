// Package sign signs webhooks as their senders do. It signs only: what a receiver accepts is for the
// receiver to decide, and the services under test verify with code that shares nothing with this.
// It imports the standard library alone.
package sign
