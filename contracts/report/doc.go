// Package report holds what a run of checks planned, what ran and what came of it, and writes it for people and machines.
// It is the one model of every kind of check: webhooks, pacts of consumers and of providers, JSON Schemas. Every format is a
// function of one Report. The package runs no check; all that it decides is the verdict of the whole.
package report
