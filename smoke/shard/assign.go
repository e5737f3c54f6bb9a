package shard

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

// Unit is what goes to one shard as a whole.
type Unit struct {
	Name string        // unique
	Took time.Duration // how long it is expected to take
}

// Assign returns the index, from 1, of the shard that each unit goes to: the longest first, each to the shard with the
// least so far (longest processing time first, Graham 1969: no shard takes more than 4/3 of the best split). Each unit
// goes to exactly one shard, and the same units always go to the same ones, in whatever order they come.
func Assign(units []Unit, of int) []int {
	order := make([]int, len(units))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(units[b].Took, units[a].Took), cmp.Compare(units[a].Name, units[b].Name))
	})
	loads := make(loads, of)
	for i := range loads {
		loads[i].shard = i + 1
	}
	to := make([]int, len(units))
	for _, i := range order {
		least := &loads[0]
		to[i] = least.shard
		least.took += units[i].Took
		least.units++
		heap.Fix(&loads, 0)
	}
	return to
}

// load is what a shard has so far.
type load struct {
	shard, units int
	took         time.Duration
}

// loads is a heap: its first has the least. Of several, that is the one with fewer units, and then the one with the lower
// number.
type loads []load

func (l loads) Len() int { return len(l) }
func (l loads) Less(i, j int) bool {
	a, b := l[i], l[j]
	return cmp.Or(cmp.Compare(a.took, b.took), cmp.Compare(a.units, b.units), cmp.Compare(a.shard, b.shard)) < 0
}
func (l loads) Swap(i, j int) { l[i], l[j] = l[j], l[i] }
func (l *loads) Push(x any)   { *l = append(*l, x.(load)) }
func (l *loads) Pop() any {
	last := (*l)[len(*l)-1]
	*l = (*l)[:len(*l)-1]
	return last
}
