package compat_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/compat"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// peersFolder is where make schema-peers installs the peers and the schemas of others. Empty compares the project's own
// pairs, and asks no peer.
var peersFolder = flag.String("peers", "", "folder with the node_modules of contracts/schema/compat/peers")

// question is one pair beside the peers.
type question struct {
	labelled
	Part      string            `json:"part"`
	Documents []json.RawMessage `json:"documents"`
	ours      [2]string
	took      time.Duration
	because   [2]string // where the label comes from
}

// asked is what the peers say.
type asked struct {
	Name                        string
	JSONCompat, Validator, Diff [2]string
	Ajv                         struct{ Old, New []*bool }
}

// TestVerdictsBesidePeers counts wrong and undecided verdicts on all pairs, and demands that ours has no wrong one.
func TestVerdictsBesidePeers(t *testing.T) {
	all := strictGrid()
	if *peersFolder != "" { // the others of the project's own have tests without the peers
		all = slices.Concat(own(t), all, histories(t))
	}
	for i := range all {
		all[i].compare(t)
	}
	answers := make([]asked, len(all))
	if *peersFolder != "" {
		answers = ask(t, all)
	}
	counts := newTable()
	for i, q := range all {
		q.label(t, answers[i])
		counts.add(q, answers[i], *peersFolder != "")
	}
	t.Log("\n" + counts.String())
	total := counts.of["all"]["fridaygate"]
	require.Zero(t, total.wrongCompatible)
	require.Zero(t, total.wrongBroken)
	require.LessOrEqual(t, total.undecided*20, total.all, "at most 5 %% undecided")
}

// own are the pairs of the project.
func own(t *testing.T) []question {
	t.Helper()
	var all []question
	for _, c := range corpus(t) {
		all = append(all, question{labelled: c, Part: "keywords"})
	}
	for _, c := range generated(t) {
		all = append(all, question{labelled: c, Part: "drawn"})
	}
	return all
}

// strictGrid is the part of the grid that asks what peers can be asked.
func strictGrid() []question {
	var all []question
	for _, c := range grid() {
		if c.policy == "strict" {
			older, newer := c.schemas()
			name := fmt.Sprint(c.change, " ", c.member, " ", c.content)
			pair := labelled{Name: name, Old: older, New: newer, Backward: c.backward, Forward: c.forward}
			all = append(all, question{labelled: pair, Part: "grid"})
		}
	}
	return all
}

// histories are the versions of schemas of others, each with the next.
func histories(t *testing.T) []question {
	t.Helper()
	var all []question
	for _, of := range []struct{ part, glob string }{{"octokit", "octokit-*"}, {"schematics", "schematics-*"}} {
		versions, err := filepath.Glob(filepath.Join(*peersFolder, "node_modules", of.glob))
		require.NoError(t, err)
		require.Greater(t, len(versions), 1)
		for i := range versions[1:] {
			files, err := filepath.Glob(filepath.Join(versions[i], "*", "schema.json"))
			require.NoError(t, err)
			for _, file := range append(files, filepath.Join(versions[i], "schema.json")) {
				name, _ := filepath.Rel(versions[i], file)
				older, errOld := os.ReadFile(file)
				newer, errNew := os.ReadFile(filepath.Join(versions[i+1], name))
				if errOld == nil && errNew == nil && string(older) != string(newer) {
					pair := labelled{Name: filepath.Base(versions[i]) + "/" + name, Old: older, New: newer}
					all = append(all, question{labelled: pair, Part: of.part})
				}
			}
		}
	}
	return all
}

// compare asks our own comparison.
func (q *question) compare(t *testing.T) {
	t.Helper()
	older, newer := load(t, "old", q.Old), load(t, "new", q.New)
	started := time.Now()
	found := compat.Compare(t.Context(), older, newer, compat.Options{Direction: compat.Full, MaxBreaks: 1})
	q.took = time.Since(started) / 2
	for i, pair := range [][2]*schema.Schema{{older, newer}, {newer, older}} {
		if q.Part == "schematics" && found[i].Verdict() == verdict.Pass {
			require.Equal(t, "compatible", label(pair[0], pair[1], neighbours(t, pair[0], pair[1])), q.Name)
		}
	}
	for i, c := range found {
		q.ours[i] = words[c.Verdict()]
		for _, b := range c.Breaks[:min(1, len(c.Breaks))] {
			q.Documents = append(q.Documents, b.Document)
		}
	}
}

// label gives a pair from the history of others its label. Broken is what a counterexample shows that ajv confirms;
// compatible, what differs in annotations alone, or what no neighbour of an accepted document shows.
func (q *question) label(t *testing.T, peers asked) {
	t.Helper()
	if q.Backward != "" {
		return
	}
	labels := []*string{&q.Backward, &q.Forward}
	next := 0
	for i := range labels {
		switch {
		case q.ours[i] == "broken":
			judged := [2]*bool{peers.Ajv.Old[next], peers.Ajv.New[next]}
			next++
			accepts, refuses := judged[i], judged[1-i]
			require.True(t, accepts == nil || refuses == nil || *accepts && !*refuses, "%s: ajv judges %s otherwise", q.Name, q.Documents[next-1])
			*labels[i] = "broken"
		case reflect.DeepEqual(bare(t, q.Old), bare(t, q.New)):
			*labels[i], q.because[i] = "compatible", "annotations"
		default:
			*labels[i], q.because[i] = "compatible", map[string]string{"schematics": "neighbours", "octokit": "the proof alone"}[q.Part]
		}
	}
}

// annotations of JSON Schema, and those of Angular's schematics and of TypeScript generators.
var annotations = []string{
	"title", "description", "default", "examples", "$comment", "$id", "id", "$schema", "deprecated", "readOnly",
	"tsType", "tsAdditionalProperties", "visible", "alias", "aliases", "hidden",
}

// bare returns a schema without annotations. A property may have the name of one, so what is below properties is kept.
func bare(t *testing.T, text []byte) any {
	t.Helper()
	var value any
	require.NoError(t, json.Unmarshal(text, &value))
	return without(value, false)
}

func without(value any, named bool) any {
	switch value := value.(type) {
	case map[string]any:
		all := map[string]any{}
		for name, member := range value {
			if named || !strings.HasPrefix(name, "x-") && !slices.Contains(annotations, name) {
				all[name] = without(member, !named && (name == "properties" || name == "definitions" || name == "patternProperties"))
			}
		}
		return all
	case []any:
		all := make([]any, len(value))
		for i, item := range value {
			all[i] = without(item, false)
		}
		return all
	}
	return value
}

// ask runs the peers.
func ask(t *testing.T, all []question) []asked {
	t.Helper()
	folder := t.TempDir()
	text, err := json.Marshal(all)
	require.NoError(t, err)
	input, output := filepath.Join(folder, "pairs.json"), filepath.Join(folder, "verdicts.json")
	require.NoError(t, os.WriteFile(input, text, 0o600))
	script, err := filepath.Abs("peers/peers.mjs")
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), "node", script, input, output)
	command.Dir = *peersFolder
	said, err := command.CombinedOutput()
	require.NoError(t, err, string(said))
	text, err = os.ReadFile(output)
	require.NoError(t, err)
	var answers []asked
	require.NoError(t, json.Unmarshal(text, &answers))
	require.Len(t, answers, len(all))
	return answers
}
