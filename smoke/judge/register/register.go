package register

import "github.com/fridaygate/fridaygate/contracts/history"

// malformed reports whether op is no operation: it has no kind, or returns before it is called.
func malformed(op *history.Operation) bool {
	switch op.Kind {
	case history.Lost:
		return false
	case history.Accepted, history.Conflict, history.Read:
		return op.Return < op.Call
	}
	return true
}
