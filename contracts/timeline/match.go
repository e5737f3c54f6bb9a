package timeline

import (
	"bytes"
	"encoding/binary"
)

// matcher finds many ids at once in a line.
//
// It is the algorithm of Wu and Manber ("A fast algorithm for multi-pattern searching", 1994): a window as long as the shortest
// id moves over the line, and a table says for the bytes at its end how far it may move without missing an id. So long
// ids, as most are, cost a fraction of the line's length, and many cost no more than one.
type matcher struct {
	needles  []needle
	shortest int
	block    int // bytes at the end of the window that are looked up
	shift    [1 << hashBits]uint8
	ending   map[uint32][]int // needles whose first shortest bytes end in a block, by its hash
}

// needle is one form of an id.
type needle struct {
	text []byte
	id   int // index of the id
}

const hashBits = 16

// wideBlock is how many bytes are looked up: so many that those of hundreds of ids in hex leave most of the table free.
const wideBlock = 4

// wideHash returns the hash of the last bytes of a text (multiplicative hashing, Knuth).
func wideHash(text []byte) uint32 {
	return binary.LittleEndian.Uint32(text[len(text)-wideBlock:]) * 2654435761 >> (32 - hashBits)
}

// newMatcher returns a matcher of needles, none of which is empty.
func newMatcher(needles []needle) *matcher {
	m := &matcher{needles: needles, shortest: 255, ending: map[uint32][]int{}}
	for _, n := range needles {
		m.shortest = min(m.shortest, len(n.text))
	}
	m.block = min(wideBlock, m.shortest)
	for i := range m.shift {
		m.shift[i] = uint8(m.shortest - m.block + 1) //nolint:gosec // at most 255
	}
	for i, n := range needles {
		for end := m.block; end <= m.shortest; end++ {
			at := m.hash(n.text[:end])
			m.shift[at] = min(m.shift[at], uint8(m.shortest-end)) //nolint:gosec // at most 255
			if end == m.shortest {
				m.ending[at] = append(m.ending[at], i)
			}
		}
	}
	return m
}

// hash returns the hash of the last bytes of a text.
func (m *matcher) hash(text []byte) uint32 {
	if m.block == wideBlock {
		return wideHash(text)
	}
	var h uint32
	for _, c := range text[len(text)-m.block:] {
		h = h<<5 ^ uint32(c)
	}
	return h & (1<<hashBits - 1)
}

// next returns the first needle at or after a place of the line, and where it begins; -1 if there is none.
func (m *matcher) next(line []byte, from int) (needle, at int) {
	end := from + m.shortest
	if m.block == wideBlock {
		for end <= len(line) {
			h := wideHash(line[:end])
			if shift := m.shift[h]; shift > 0 {
				end += int(shift)
				continue
			}
			if n := m.at(line[end-m.shortest:], h); n >= 0 {
				return n, end - m.shortest
			}
			end++
		}
		return -1, 0
	}
	for ; end <= len(line); end++ {
		if n := m.at(line[end-m.shortest:], m.hash(line[:end])); n >= 0 {
			return n, end - m.shortest
		}
	}
	return -1, 0
}

// at returns the longest needle with which a text begins; -1 if there is none.
func (m *matcher) at(text []byte, hash uint32) int {
	found := -1
	for _, n := range m.ending[hash] {
		if bytes.HasPrefix(text, m.needles[n].text) && (found < 0 || len(m.needles[n].text) > len(m.needles[found].text)) {
			found = n
		}
	}
	return found
}
