// Package webhook reads webhook.yaml: what one receiver promises its senders, and how the gate may look behind
// its answers. It checks the file itself; it sends nothing.
package webhook
