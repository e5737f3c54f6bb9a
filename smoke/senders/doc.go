// Package senders holds what real senders of webhooks do: one profile a sender, in webhook.yaml's own keys, each line
// with the page of the vendor that says so. It does not interpret a profile; package smoke/webhook reads one and puts
// the receiver's own webhook.yaml over it.
package senders
