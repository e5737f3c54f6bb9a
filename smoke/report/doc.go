// Package report holds what a run planned, what ran and what came of it, and writes it for people and machines.
// Every format is a function of one Report; none of them judges.
package report
