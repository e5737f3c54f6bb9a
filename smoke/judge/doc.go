// Package judge decides what a history shows: whether a receiver kept its contract, broke it, or could not be
// looked at. It is a function of the case, the contract and the history, and sends nothing.
package judge
