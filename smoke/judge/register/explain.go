package register

// explanations say of each rule why no order of the operations explains the history.
var explanations = map[string]string{
	NotAHistory:         "an operation ended before it began",
	effectNegative:      "no event has fewer than no effects",
	effectTwice:         "one event took effect more than once, whatever came first",
	twoContents:         "two contents were accepted for one event: whichever came first, the other had to be refused",
	twoResults:          "one content was accepted with two results: whichever came first, the other had to repeat it",
	falseConflict:       "the content that was accepted was also refused as a conflict: only other content may be",
	effectLost:          "the event was seen done, and after that its effect was gone",
	conflictFromNothing: "a delivery was refused as a conflict, and nothing could have been there before it",
	effectFromNothing:   "an effect was seen, and no delivery could have caused it",
	allRefused:          "an effect was seen, and every delivery that could have caused it was refused",
	conflictBeforeFirst: "a conflict was answered before the delivery that it could conflict with was sent",
	effectBeforeFirst:   "an effect was seen before the delivery that could have caused it was sent",
}

// Explain returns in one sentence why no correct receiver can have a history that breaks the rule; "" for what is no rule.
func Explain(rule string) string { return explanations[rule] }
