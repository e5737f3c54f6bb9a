package compat

import "fmt"

// Direction is whose documents are compared with whose schema.
type Direction uint8

// The directions.
const (
	Backward Direction = iota // what the old version accepts, the new one accepts
	Forward                   // what the new version accepts, the old one accepts
	Full                      // both
)

// directions are the names on the command line.
var directions = []string{"backward", "forward", "full"}

// String returns "backward", "forward" or "full".
func (d Direction) String() string { return directions[d] }

// ParseDirection reads what String writes.
func ParseDirection(name string) (Direction, error) {
	for d, known := range directions {
		if name == known {
			return Direction(d), nil
		}
	}
	return 0, fmt.Errorf("direction %q: must be backward, forward or full", name)
}

// single returns the directions that are searched.
func (d Direction) single() []Direction {
	if d == Full {
		return []Direction{Backward, Forward}
	}
	return []Direction{d}
}

// Broken says who a break in this direction breaks.
func (d Direction) Broken() string {
	if d == Forward {
		return "breaks those who read: readers that still use the old schema refuse what may now be sent"
	}
	return "breaks those who send: documents that senders may still send by the old schema are refused"
}

// Holds says what must be so.
func (d Direction) Holds() string {
	if d == Forward {
		return "the old schema accepts every document that the new one accepts"
	}
	return "the new schema accepts every document that the old one accepts"
}
