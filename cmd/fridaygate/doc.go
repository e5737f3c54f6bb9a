// Command fridaygate is a contract gate for services that meet over HTTP, messages and webhooks.
//
// It is wiring only: one file for each command. The other packages do the work.
//
// Exit codes, the same for every command: 0 all that was planned ran and passed, 1 a contract is broken,
// 2 wrong usage or configuration, 3 could not tell, 130 interrupted.
package main
