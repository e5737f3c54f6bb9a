// Package broker is a client of a Pact Broker for the side that verifies: it asks which pacts a provider must verify,
// downloads them, and publishes what verifying them gave. It verifies nothing, which is package pact; it publishes no
// pacts; and it gives no verdict: whatever goes wrong here means "could not tell", never "the contract is broken".
//
// It follows the broker's HAL links (https://docs.pact.io/pact_broker/advanced_topics/api_docs/hal_browser) rather than
// paths of its own, and sends credentials to the configured broker only.
package broker
