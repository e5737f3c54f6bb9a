package register_test

import (
	"fmt"
	"time"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/judge/register"
)

// Two copies are sent at once. One loses its answer, the other is accepted, and later the event's effect is looked
// for and not found.
func Example() {
	ms := time.Millisecond
	history := []history.Operation{
		{ID: 1, Kind: history.Lost, Call: 0, Digest: "9f86d081"},
		{ID: 2, Kind: history.Accepted, Call: 1 * ms, Return: 8 * ms, Digest: "9f86d081", Result: "invoice 7"},
		{ID: 3, Kind: history.Conflict, Call: 9 * ms, Return: 12 * ms, Digest: "60303ae2"},
		{ID: 4, Kind: history.Read, Call: 20 * ms, Return: 22 * ms, Count: 0},
	}
	fmt.Println(register.Check(history))
	for _, op := range register.Shrink(history) {
		fmt.Println(op.ID, op.Kind)
	}
	legal, decided := register.Second(history, time.Second)
	fmt.Println(legal, decided)
	// Output:
	// false effect-lost
	// 2 accepted
	// 4 read
	// false true
}
