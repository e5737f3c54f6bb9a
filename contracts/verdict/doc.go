// Package verdict holds the three answers a check can give, what a run of checks adds up to, and the
// exit code that says so. It decides nothing about any receiver: that is package judge.
package verdict
