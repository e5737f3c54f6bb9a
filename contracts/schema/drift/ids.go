package drift

// mostIDs is how many ids at least are remembered: after so many others, one that comes again is not recognised.
const mostIDs = 750_000

// ids remembers in which format each id came first. It holds two generations of ids, and drops the older one when the newer one is full.
type ids struct {
	young, old idTable
	forgot     bool // a generation was dropped
}

// seen returns the format in which the id came first, and notes this one if it is new.
func (i *ids) seen(id hash, format uint16) (first uint16, again bool) {
	key := id.a | 1 // zero is an empty place
	if first, again = i.young.find(key); again {
		return first, true
	}
	first, again = i.old.find(key)
	if !again {
		first = format
	}
	if i.young.used >= mostIDs {
		i.forgot = i.forgot || i.old.used > 0
		i.old, i.young = i.young, idTable{}
	}
	i.young.add(key, first)
	return first, again
}

// idTable is a hash table with open addressing.
type idTable struct {
	keys    []uint64
	formats []uint16
	used    int
}

func (t *idTable) place(key uint64) int {
	mask := len(t.keys) - 1
	at := int(key>>1) & mask
	for t.keys[at] != 0 && t.keys[at] != key {
		at = (at + 1) & mask
	}
	return at
}

func (t *idTable) find(key uint64) (uint16, bool) {
	if t.used == 0 {
		return 0, false
	}
	at := t.place(key)
	return t.formats[at], t.keys[at] == key
}

func (t *idTable) add(key uint64, format uint16) {
	if 4*(t.used+1) > 3*len(t.keys) {
		t.grow()
	}
	at := t.place(key)
	t.keys[at], t.formats[at] = key, format
	t.used++
}

func (t *idTable) grow() {
	before := *t
	size := max(1024, 2*len(before.keys))
	t.keys, t.formats = make([]uint64, size), make([]uint16, size)
	for i, key := range before.keys {
		if key != 0 {
			at := t.place(key)
			t.keys[at], t.formats[at] = key, before.formats[i]
		}
	}
}
