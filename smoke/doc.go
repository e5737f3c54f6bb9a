// Package smoke replays golden webhooks, and what senders make of them, against a running receiver.
//
// NewPlan decides what to do, as data: one check for each case of each golden webhook. NewRunner opens what a plan needs,
// and Runner.Run or Runner.Check carries it out: each step of a case goes through package wire, the attempts and the
// effects observed behind them form a history, package judge decides what the history means, and the result goes into a
// report. Package cases derives what is sent. This package starts no receiver and writes no file.
package smoke
