// Package smoke replays golden webhooks, and what senders make of them, against a running receiver.
//
// It plans its checks before it sends anything (NewPlan), sends them (Plan.Run, Check.Run) and gives a report.
// What is sent is derived in package cases, what it means is decided in package judge. This package starts no
// receiver and writes no file.
package smoke
