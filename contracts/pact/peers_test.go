package pact_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/pact/corpus"
)

var update = flag.Bool("update", false, "write the table of contracts/README.md")

// judged rates the answer of a verifier that has no third verdict.
func judged(v corpus.Variant, answer string) string {
	switch {
	case answer == "pass" && !v.Wants("pass"):
		return "**green**"
	case answer == "fail" && !v.Wants("fail") && !v.Wants("unknown"):
		return "**red**"
	case answer != "pass" && answer != "fail":
		return "**" + answer + "**"
	case answer == "pass":
		return "green"
	default:
		return "red"
	}
}

// The answers of other verifiers to the corpus are a table in contracts/README.md, and it is this one. Package
// peers runs them; -update writes the table.
func TestPeersAreWhatTheREADMESays(t *testing.T) {
	const (
		file = "../README.md"
		from = "<!-- peers: contracts/pact/peers_test.go, go test ./contracts/pact -run README -update -->\n"
		to   = "<!-- end of peers -->"
	)
	text, err := os.ReadFile("testdata/peers.json")
	require.NoError(t, err)
	var answers map[string]map[string]string
	require.NoError(t, json.Unmarshal(text, &answers))
	text, err = os.ReadFile(file)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), from)
	require.True(t, found)
	_, after, found := strings.Cut(rest, to)
	require.True(t, found)
	now := before + from + peersTable(t, answers) + to + after
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(now), 0o600))
		return
	}
	require.Equal(t, now, string(text), "the table is not this one: go test ./contracts/pact -run README -update")
}

// peersTable has a row of sums for each verifier, and a row for each variant that one of them gets wrong.
func peersTable(t *testing.T, answers map[string]map[string]string) string {
	all, err := corpus.Load("testdata/corpus")
	require.NoError(t, err)
	peers := slices.Sorted(maps.Keys(answers))
	sums := map[string]map[string]int{}
	variants := 0
	rows := fmt.Sprintf("| Situation | Provider | Right, and ours | %s |\n|---|---|---|%s\n",
		strings.Join(peers, " | "), strings.Repeat("---|", len(peers)))
	for _, s := range all {
		for _, v := range s.Variants {
			variants++
			row, wrong := fmt.Sprintf("| %s | %s | %s |", s.Name, v.Name,
				strings.ReplaceAll(strings.ReplaceAll(v.Want, "unknown", "could not tell"), "|", " or ")), false
			for _, peer := range peers {
				word := "not run" // since the situation was added: go test ./contracts/pact/peers -update
				if answer, ok := answers[peer][s.Name+"/"+v.Name]; ok {
					word = judged(v, answer)
				}
				if sums[peer] == nil {
					sums[peer] = map[string]int{}
				}
				sums[peer][word]++
				wrong = wrong || strings.Contains(word, "**")
				row += " " + word + " |"
			}
			if wrong {
				rows += row + "\n"
			}
		}
	}
	table := "| Verifier | Right | Green by accident | Red though the contract holds | Crashed or did not end |\n|---|---|---|---|---|\n"
	table += fmt.Sprintf("| this one | %d | 0 | 0 | 0 |\n", variants)
	for _, peer := range peers {
		n := sums[peer]
		table += fmt.Sprintf("| %s | %d | %d | %d | %d |\n", peer, n["green"]+n["red"], n["**green**"], n["**red**"],
			n["**crash**"]+n["**no end**"])
	}
	return table + "\n" + rows
}
