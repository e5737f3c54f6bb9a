package register

import "github.com/fridaygate/fridaygate/contracts/history"

// Shrink returns a smallest part of an illegal history that still breaks the same rule: one or two operations, in the
// order of their calls. It returns nil for a legal history. Shrink takes linear time and leaves ops as they are.
//
// Take one of its operations away and the rest is legal or breaks another rule. The part shows one place where the
// rule is broken; that nothing left out mends it is what [Check] found out about the whole.
func Shrink(ops []history.Operation) []history.Operation {
	w := judge(ops)
	switch {
	case w.rule == "":
		return nil
	case w.b == nil:
		return []history.Operation{*w.a}
	case w.b.Call < w.a.Call:
		w.a, w.b = w.b, w.a
	}
	return []history.Operation{*w.a, *w.b}
}

// Why the rule is kept, and not illegality alone. A delivery can be what makes a history legal: a conflict or a
// count of 1 is illegal as soon as the deliveries before it are left out. Shrinking down to anything illegal would
// end, for nearly every history, at such a lone operation, which shows nothing of what happened.
//
// Why it is smallest. The rules of one operation (malformed, a count out of range, done from nothing) need that one.
// Every other rule needs the two operations that it speaks of, and by themselves these break no rule that stands
// above it in the list.
