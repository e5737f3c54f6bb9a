// Package register decides whether the deliveries of one event id behaved like one sticky register, however much
// they overlapped. The register is empty at first. The first delivery that takes effect fixes its content and its
// result, and makes the effect count 1. From then on every delivery of the same content is accepted with that
// result, and every delivery of another content is refused as a conflict. A history is legal when each of its
// operations can be given one instant between its call and its return so that, in the order of these instants, the
// register would have given every answer that was given. Equal instants may be ordered freely.
//
// [Check] decides: it is exact, and linear in the history's length. [Second] puts the same question to porcupine. It
// shares nothing with Check but the meaning of an [history.Operation], and needs exponential time on the very histories that
// matter, so it is used on the result of [Shrink]. [Visualize] draws that result.
//
// These are the rules that a history without a legal order breaks. Where several are broken, the one named is the
// first of this list; of the two that end in from-nothing, and of the two that end in before-first, it is the one
// whose operation returned first. The order in which operations are given makes no difference to it.
//
//	not-a-history         an operation has no known kind, or returned before it was called: the caller's mistake,
//	                      which says nothing about the receiver
//	effect-negative       a count below 0: the probe's mistake
//	effect-twice          a count above 1
//	two-contents          two contents were accepted
//	two-results           one content was accepted with two results
//	false-conflict        the content that was accepted was refused as a conflict
//	effect-lost           a count of 0 was read after an answer or a count had shown the event done
//	conflict-from-nothing a conflict, though no delivery could have filled the register
//	effect-from-nothing   a count of 1, though no delivery could have filled the register
//	all-refused           the event was seen done, and each content that could have done it was refused as a conflict
//	conflict-before-first a conflict was answered before any delivery that could have filled the register was sent
//	effect-before-first   a count of 1 was read before any delivery that could have filled the register was sent
//
// The package does not depend on HTTP or policies, nor on what makes two contents or two results equal: the caller assigns
// equal ones the same identity. A history is about one event id, as each has its own register. A history of lost
// deliveries alone is legal, however little it proves. The package is stateless and safe for concurrent use.
package register
