package shard_test

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/shard"
)

var simulated = flag.Int("shard.cases", 2_000, "cases that the simulation shares out between 200 shards")

// simulation is a run of many cases whose receiver need not be there: every check passes but one.
type simulation struct {
	fixtures int
	cases    []cases.Case
	to       []int // the shard of each fixture
}

const shards = 200

func newSimulation(t *testing.T) simulation {
	t.Helper()
	all, err := cases.Catalogue("")
	require.NoError(t, err)
	each := min(len(all), *simulated/shards) // a shard has a fixture at least
	s := simulation{cases: all[:each], fixtures: *simulated / each}
	units := make([]shard.Unit, s.fixtures)
	for i := range units {
		units[i] = shard.Unit{Name: subject(i), Took: time.Duration(900+i%200) * time.Millisecond}
	}
	started := time.Now()
	s.to = shard.Assign(units, shards)
	loads := make([]time.Duration, shards)
	for i, to := range s.to {
		loads[to-1] += units[i].Took
	}
	longest, sum := time.Duration(0), time.Duration(0)
	for _, one := range loads {
		longest, sum = max(longest, one), sum+one
	}
	t.Logf("%d fixtures of %d cases: shared out in %s; the longest shard takes %.3f of the mean", s.fixtures, each,
		time.Since(started).Round(time.Microsecond), longest.Seconds()/(sum.Seconds()/shards))
	return s
}

func subject(fixture int) string { return fmt.Sprintf("fixtures/orders/order-%06d", fixture) }

// report returns the report of one shard, as --json writes it: with the history of every check.
func (s simulation) report(index int, at time.Time) report.Report {
	r := report.Report{
		Command: "fridaygate smoke", Target: "https://staging.example.com", RunID: "ci-1", Started: at, Ended: at.Add(time.Minute),
		Shard: &report.Shard{Index: index, Of: shards, Plan: strings.Repeat("0f", 32), Kind: "fixture", Units: s.fixtures},
	}
	for fixture, to := range s.to {
		if to != index {
			continue
		}
		r.Shard.Has++
		for _, c := range s.cases {
			check := report.Check{Kind: report.Webhook, Subject: subject(fixture), Case: c.Name}
			result := report.Result{
				Check: check, Severity: string(c.Severity), Sends: c.Sends, Holds: c.Holds, Basis: c.Basis, Source: subject(fixture) + ".json",
				Verdict: verdict.Pass, Took: 120 * time.Millisecond, Histories: past(fixture, at),
			}
			if fixture == 0 && c.Name == s.cases[0].Name {
				result.Verdict, result.Findings = verdict.Fail, []verdict.Finding{{Rule: "effect-count", Expected: "1 effect", Got: "2 effects"}}
			}
			r.Planned, r.Results = append(r.Planned, check), append(r.Results, result)
		}
	}
	return r
}

// past is the history of a check with a first delivery, a duplicate and the looks at their effects.
func past(fixture int, at time.Time) []history.History {
	h := history.History{EventID: fmt.Sprintf("evt_%024d", fixture)}
	for step := range 3 {
		h.Attempts = append(h.Attempts, history.Attempt{
			Number: step + 1, Step: step, Name: "duplicate", Connection: "127.0.0.1:40000", RequestID: hex.EncodeToString([]byte(h.EventID))[:32],
			TraceParent: "00-" + strings.Repeat("ab", 16) + "-" + strings.Repeat("cd", 8) + "-01", Digest: strings.Repeat("0f", 32),
			Started: at, Sent: at, FirstByte: at, Ended: at, Date: at, Status: 200, ContentType: "application/json",
		})
		for range 2 {
			h.Observations = append(h.Observations, history.Observation{
				Step: step, From: at, At: at, Where: "GET https://staging.example.com/events/" + h.EventID + "#/effects", Count: 1, Remote: true,
			})
		}
	}
	return []history.History{h}
}

// A large run is merged report by report. What stays in memory is the plan and the results, without the histories of what
// passed. go test -run Simulation -v -shard.cases=1000000 makes it at full size; smoke/BENCHMARKS.md has the figures.
func TestSimulationOfManyShards(t *testing.T) {
	s := newSimulation(t)
	at := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	var joiner report.Joiner
	var written, largest int
	var reading time.Duration
	peak := uint64(0)
	for index := 1; index <= shards; index++ {
		var text bytes.Buffer
		require.NoError(t, report.JSON(&text, s.report(index, at)))
		written, largest = written+text.Len(), max(largest, text.Len())
		started := time.Now()
		r, err := report.Parse(text.Bytes())
		require.NoError(t, err)
		joiner.Add(fmt.Sprintf("shard-%d.json", index), r)
		reading += time.Since(started)
		peak = max(peak, held())
	}
	started := time.Now()
	whole := joiner.Report()
	require.Equal(t, verdict.Fail, whole.Verdict(), whole.Problem())
	require.Empty(t, whole.Problems)
	require.Len(t, whole.Results, s.fixtures*len(s.cases))
	joining := time.Since(started)
	peak = max(peak, held())
	sizes := map[string]int{}
	for name, format := range map[string]func(io.Writer, report.Report) error{"json": report.JSON, "junit": report.JUnit} {
		var size counter
		require.NoError(t, format(&size, whole))
		sizes[name] = int(size)
		peak = max(peak, held())
	}
	t.Logf("%d cases, %d shards: %d MB of reports, the largest %d MB; read in %s (%.0f MB/s), joined in %s, at most %d MB of memory; "+
		"the whole as JSON %d MB, as JUnit %d MB", len(whole.Results), shards, written>>20, largest>>20, reading.Round(time.Millisecond),
		float64(written>>20)/reading.Seconds(), joining.Round(time.Millisecond), peak>>20, sizes["json"]>>20, sizes["junit"]>>20)
	runtime.KeepAlive(whole)
}

// counter counts what is written.
type counter int

func (c *counter) Write(b []byte) (int, error) { *c += counter(len(b)); return len(b), nil }

// held returns the bytes that the runtime holds.
func held() uint64 {
	all := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(all)
	return all[0].Value.Uint64() - all[1].Value.Uint64()
}
