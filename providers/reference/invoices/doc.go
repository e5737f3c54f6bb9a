// Command invoices is the reference provider: a small, real service that takes invoice webhooks, stores invoices
// and publishes their changes. It is meant to be copied, so it does what the incident taught: settings that fail
// fast, idempotency by key and content, one transaction for each event, supervised tasks, traceable events. It takes no flags; its settings
// are the variables APP_*.
package main
