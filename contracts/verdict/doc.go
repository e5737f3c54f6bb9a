// Package verdict holds the three verdicts of a check, the verdict of a run of checks, and the exit codes. It does not
// judge a receiver: package smoke/judge does.
package verdict
