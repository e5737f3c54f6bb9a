package report

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Meaning is what a broken rule says to people.
type Meaning struct {
	Says  string `json:"says"`  // what is wrong, in one sentence
	Means string `json:"means"` // what follows for the business
}

//go:embed rules.json
var rulesJSON []byte

// meanings are the meanings of the rules by kind and name. Those of a kind that have no entry share "kind/*".
var meanings = sync.OnceValue(func() map[string]Meaning {
	var all map[string]Meaning
	if json.Unmarshal(rulesJSON, &all) != nil {
		return nil // a test reads the file
	}
	return all
})

// Meaning returns what a finding of a check of this kind says; the zero Meaning when nothing is known.
func (kind Kind) Meaning(f verdict.Finding) Meaning {
	all := meanings()
	rule := string(kind) + "/" + f.Rule
	m, known := all[rule]
	if relation, _, counts := compareCounts(f.Expected, madeTimes.ReplaceAllString(f.Got, "")); !known && counts {
		m, known = all[rule+relation]
	}
	if !known {
		m = all[string(kind)+"/*"]
	}
	got, _, _ := strings.Cut(madeTimes.ReplaceAllString(f.Got, ""), " (")
	m.Means = strings.ReplaceAll(m.Means, "{got}", got)
	return m
}
