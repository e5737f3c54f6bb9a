package page

import (
	"strconv"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/report"
)

// anchors gives each check the name by which links reach it. It follows from the check's own name, so that a link stays true
// from run to run.
type anchors struct{ used map[string]int }

func newAnchors() *anchors { return &anchors{map[string]int{}} }

// of returns the anchor of the next check of that name.
func (a *anchors) of(c report.Check) string {
	id := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '.', r == '_', r == '-':
			return r
		case r == '/':
			return '.'
		}
		return '_'
	}, string(c.Kind)+"/"+name(c))
	if a.used[id]++; a.used[id] > 1 {
		id += "." + strconv.Itoa(a.used[id])
	}
	return id
}
