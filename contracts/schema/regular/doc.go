// Package regular answers questions about sets of strings that are described by regular expressions of package regexp:
// which strings match some expressions and not others, and whether there are any. The answers are exact, and limited in
// size: ErrTooLarge says that a question needs more than the limits allow. It builds automata, and knows nothing of JSON.
package regular
