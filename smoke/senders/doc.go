// Package senders holds what real senders of webhooks do: one profile a sender, in webhook.yaml's own keys, each line
// with the source that says so, or that it is not confirmed. It does not interpret a profile; package smoke/webhook reads one and puts
// the receiver's own webhook.yaml over it.
//
// A profile is NAME.yaml. Beside it, examples/NAME is a folder as a team would make one: an example delivery in the
// sender's form, and the shortest webhook.yaml. The module vendors runs these examples against receivers that are
// written with the vendors' own libraries.
package senders
