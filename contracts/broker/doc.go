// Package broker is a client of a Pact Broker: it publishes pacts and the results of verifying them, asks which pacts a
// provider must verify, asks whether a version may be deployed and explains the answer, and records deployments. It
// verifies nothing: package pact does. An error of this package means "could not tell", never "the contract is broken": only
// a Decision means that, on the broker's authority.
//
// It follows the broker's HAL links (https://docs.pact.io/pact_broker/advanced_topics/api_docs/hal_browser) where there
// are any, and sends credentials to the configured broker only.
package broker
