package drift

import (
	"hash/maphash"
	"math/bits"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// The bounds of what is remembered of the payloads' members.
const (
	maxUnnamed = 64     // names of one object that the schema does not name; above, the object counts as a map
	maxNodes   = 20_000 // places in payloads; above, new names of an object count as one
)

// hash is 128 bits: with it, a million shapes are told apart but for one chance in 10^26.
type hash struct{ a, b uint64 }

func (h hash) plus(o hash) hash { return hash{h.a + o.a, h.b + o.b} }

// mixed combines a hash with a value.
func (h hash) mixed(value uint64) hash { return hash{mix(h.a, value), mix(h.b, ^value)} }

// with combines two hashes; the order matters.
func (h hash) with(o hash) hash { return hash{mix(h.a, o.a), mix(h.b, o.b)} }

func mix(x, y uint64) uint64 {
	high, low := bits.Mul64(x^0x9e3779b97f4a7c15, y^0xd6e8feb86659fd93)
	return high ^ low ^ x
}

// seeds make the hashes of this process unlike those of any other.
var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func hashOf(text string) hash {
	return hash{maphash.String(seeds[0], text), maphash.String(seeds[1], text)}
}

func hashOfBytes(text []byte) hash {
	return hash{maphash.Bytes(seeds[0], text), maphash.Bytes(seeds[1], text)}
}

// kind is the type of a JSON value.
type kind int

const (
	object kind = iota
	array
	text
	number
	boolean
	null
	kinds
)

var kindNames = [kinds]string{"object", "array", "string", "number", "boolean", "null"}

// slot is values of one type at one place.
type slot struct {
	hash
	at       *node
	kind     kind
	document uint64 // the last one that has it
	into     *slot  // what it became a part of, when the names of an object became those of a map
}

// now returns what the slot has become.
func (s *slot) now() *slot {
	for s.into != nil {
		s = s.into
	}
	return s
}

// node is a place in payloads: a path without the numbers of array items, and without names that are data.
type node struct {
	tree      *tree
	above     *node
	name      string
	any       bool // it stands for all items of an array, or for members whose names are data
	depth     int
	place     *schema.Demands // nil: there is no schema
	described bool            // by the schema, or there is none
	wanted    int             // which of the pointers leads here, from 1; 0: none
	leads     bool            // a pointer leads through here

	slots    [kinds]slot
	members  map[string]*node
	first    *node            // the member that came first in the last object
	next     *node            // the member that came after this one in the last object
	maps     map[string]*node // by class of the name
	items    *node
	unnamed  int
	isMap    bool
	in       uint64 // the last object that has this member
	tested   [schema.Boolean + 1]bool
	integers bool     // the schema distinguishes integers here
	memory   []memory // of the classes of texts
}

// memory is the class of one text.
type memory struct{ of, class uint64 }

// memories is how many texts a place remembers the class of.
const memories = 64

// tree is all places.
type tree struct {
	root     *node
	nodes    int
	full     bool     // a name was not given a place of its own
	pointers []string // whose values are wanted
	merged   bool     // names became those of a map: what was computed of the present document is stale
}

func newTree(place *schema.Demands, pointers []string) *tree {
	t := &tree{pointers: pointers}
	t.root = t.node(nil, "", place)
	t.root.described = true
	t.root.ready()
	return t
}

// node makes a place.
func (t *tree) node(above *node, name string, place *schema.Demands) *node {
	t.nodes++
	n := &node{tree: t, above: above, name: name, place: place, members: map[string]*node{}}
	if above != nil {
		n.depth = above.depth + 1
	}
	if place != nil {
		for k := range n.tested {
			n.tested[k] = place.Tested(schema.Kind(k))
		}
		n.integers = slices.Contains(place.Types(), "integer")
	}
	return n
}

// ready gives the place its hashes, once its name is final.
func (n *node) ready() *node {
	path := n.path()
	for k := range n.slots {
		n.slots[k] = slot{hash: hashOf(path + "\x00" + kindNames[k]), at: n, kind: kind(k)}
	}
	for i, pointer := range n.tree.pointers {
		if pointer == n.pointer() {
			n.wanted = i + 1
		}
		n.leads = n.leads || strings.HasPrefix(pointer, n.pointer()+"/")
	}
	return n
}

// path identifies the place.
func (n *node) path() string {
	if n.above == nil {
		return ""
	}
	mark := "."
	if n.any {
		mark = "*"
	}
	return n.above.path() + mark + n.name + "\x01"
}

var (
	escaper   = strings.NewReplacer("~", "~0", "/", "~1")
	unescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

// pointer is the place as a JSON Pointer, with * for what is an item or a name that is data.
func (n *node) pointer() string {
	if n.above == nil {
		return ""
	}
	token := "*"
	if !n.any {
		token = escaper.Replace(n.name)
	}
	return n.above.pointer() + "/" + token
}

// shown is the place for people.
func (n *node) shown() string {
	if n.above == nil {
		return "the payload"
	}
	return n.pointer()
}

// member returns the place of a member.
func (n *node) member(name []byte) *node {
	if found := n.members[string(name)]; found != nil {
		return found
	}
	return n.newMember(string(name))
}

func (n *node) newMember(name string) *node {
	if !n.keeps(name) {
		if n.isMap || n.place != nil && n.place.Describes(name) || dynamic(name) {
			return n.mapped(name)
		}
		if n.tree.nodes >= maxNodes {
			n.tree.full = true
			return n.mapped(name)
		}
		if n.unnamed++; n.unnamed > maxUnnamed {
			n.becomeMap()
			return n.mapped(name)
		}
	}
	place, described := n.below(name)
	child := n.tree.node(n, name, place)
	child.described = described
	n.members[name] = child.ready()
	return child
}

// keeps reports whether the member has a place of its own whatever its name looks like: the schema names it, or a wanted
// pointer leads through it.
func (n *node) keeps(name string) bool {
	if n.place != nil && n.place.Names(name) {
		return true
	}
	if !n.leads {
		return false
	}
	prefix := n.pointer() + "/" + escaper.Replace(name)
	return slices.ContainsFunc(n.tree.pointers, func(pointer string) bool {
		return pointer == prefix || strings.HasPrefix(pointer, prefix+"/")
	})
}

func (n *node) below(name string) (*schema.Demands, bool) {
	if n.place == nil {
		return nil, true
	}
	return n.place.Member(name), n.place.Describes(name)
}

// mapped returns the place of members whose names are data.
func (n *node) mapped(name string) *node {
	class := ""
	if n.place != nil {
		class = n.place.NameClass(name)
	}
	if found := n.maps[class]; found != nil {
		return found
	}
	place, described := n.below(name)
	child := n.tree.node(n, class, place)
	child.any, child.described = true, described
	if n.maps == nil {
		n.maps = map[string]*node{}
	}
	n.maps[class] = child.ready()
	return child
}

// item returns the place of an array's items.
func (n *node) item() *node {
	if n.items == nil {
		var place *schema.Demands
		if n.place != nil {
			place = n.place.Item()
		}
		n.items = n.tree.node(n, "", place)
		n.items.any, n.items.described = true, true
		n.items.ready()
	}
	return n.items
}

// becomeMap turns the names that the schema does not name into those of a map.
func (n *node) becomeMap() {
	n.isMap, n.first, n.tree.merged = true, nil, true
	for name, child := range n.members {
		child.next = nil
		if n.keeps(name) {
			continue
		}
		delete(n.members, name)
		child.merge(n.mapped(name))
	}
}

// merge makes a place a part of another.
func (n *node) merge(into *node) {
	n.tree.nodes--
	for k := range n.slots {
		if n.slots[k].document > 0 {
			n.slots[k].into = &into.slots[k]
		}
	}
	for name, child := range n.members {
		child.merge(into.member([]byte(name)))
	}
	for class, child := range n.maps {
		if into.maps[class] == nil {
			into.mapped(class) // of the same place, so of the same classes
		}
		child.merge(into.maps[class])
	}
	if n.items != nil {
		n.items.merge(into.item())
	}
}

// classOfText returns the class of a text at the place.
func (n *node) classOfText(raw []byte, plain bool) uint64 {
	of := maphash.Bytes(seeds[0], raw)
	if n.memory == nil {
		n.memory = make([]memory, memories)
	}
	remembered := &n.memory[of%memories]
	if remembered.of == of && of != 0 {
		return remembered.class
	}
	decoded := string(raw)
	if !plain {
		decoded = unquoted(raw)
	}
	*remembered = memory{of, n.place.TextClass(decoded)}
	return remembered.class
}
