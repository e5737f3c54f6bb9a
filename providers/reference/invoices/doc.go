// Command invoices is the reference provider: a small, real service that takes invoice webhooks, keeps invoices
// and tells other services about them. People copy it, so it does what the incident taught: settings that fail
// fast, idempotency by key and content, one transaction for an event, supervised tasks, events that can be
// followed. It takes no flags; its settings are the variables APP_*.
package main
