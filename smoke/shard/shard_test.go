package shard_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/fridaygate/fridaygate/smoke/shard"
)

// variables look up what is set.
type variables map[string]string

func (v variables) lookup(name string) (string, bool) {
	value, ok := v[name]
	return value, ok
}

func TestShardsAreCountedFromOne(t *testing.T) {
	s, err := shard.Parse("3/8", variables{}.lookup)
	require.NoError(t, err)
	require.Equal(t, shard.Shard{Index: 3, Of: 8}, s)
	require.Equal(t, "3/8", s.String())
	for text, want := range map[string]string{
		"0/8": "the first of 8 is 1/8, the last 8/8", "9/8": "counted from 1", "-1/8": "counted from 1", "x/8": "counted from 1",
		"1/0": "at least 1", "1/": "at least 1", "1/2/3": "at least 1", "3": "write 3/8", "": "write 3/8", "auto/x": "at least 1",
	} {
		_, err := shard.Parse(text, variables{}.lookup)
		require.ErrorContains(t, err, want, text)
	}
}

func TestAutoReadsTheVariablesOfOneSystem(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		set  variables
		want shard.Shard
	}{
		"GitLab counts from 1": {
			"auto", variables{"CI_NODE_INDEX": "3", "CI_NODE_TOTAL": "8"}, shard.Shard{3, 8, "CI_NODE_INDEX and CI_NODE_TOTAL of GitLab CI"},
		},
		"Buildkite from 0": {
			"auto", variables{"BUILDKITE_PARALLEL_JOB": "0", "BUILDKITE_PARALLEL_JOB_COUNT": "2"},
			shard.Shard{1, 2, "BUILDKITE_PARALLEL_JOB and BUILDKITE_PARALLEL_JOB_COUNT of Buildkite"},
		},
		"CircleCI from 0, and the number may be said too": {
			"auto/4", variables{"CIRCLE_NODE_INDEX": "3", "CIRCLE_NODE_TOTAL": "4"},
			shard.Shard{4, 4, "CIRCLE_NODE_INDEX and CIRCLE_NODE_TOTAL of CircleCI"},
		},
		"a pod does not know how many there are": {
			"auto/200", variables{"JOB_COMPLETION_INDEX": "199"}, shard.Shard{200, 200, "JOB_COMPLETION_INDEX of Kubernetes"},
		},
		"a workflow of GitHub passes it on": {
			"auto", variables{"GITHUB_ACTIONS": "true", "STRATEGY_JOB_INDEX": "1", "STRATEGY_JOB_TOTAL": "4"},
			shard.Shard{2, 4, "STRATEGY_JOB_INDEX and STRATEGY_JOB_TOTAL of GitHub Actions"},
		},
	} {
		s, err := shard.Parse(c.text, c.set.lookup)
		require.NoError(t, err, name)
		require.Equal(t, c.want, s, name)
	}
}

func TestWhatIsNotClearIsNoShard(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		set  variables
		want string
	}{
		"nothing is set":       {"auto", variables{}, "none of CI_NODE_INDEX, BUILDKITE_PARALLEL_JOB, "},
		"a matrix of GitHub":   {"auto", variables{"GITHUB_ACTIONS": "true"}, "STRATEGY_JOB_INDEX: '${{ strategy.job-index }}'"},
		"GitLab, not parallel": {"auto", variables{"GITLAB_CI": "true", "CI_NODE_TOTAL": "1"}, "in jobs with the key parallel"},
		"two systems": {
			"auto/8", variables{"CI_NODE_INDEX": "3", "CI_NODE_TOTAL": "8", "JOB_COMPLETION_INDEX": "0"},
			"both CI_NODE_INDEX of GitLab CI and JOB_COMPLETION_INDEX of Kubernetes are set",
		},
		"no total":         {"auto", variables{"JOB_COMPLETION_INDEX": "0"}, "write auto/8 where .spec.completions is 8"},
		"half is set":      {"auto", variables{"CI_NODE_INDEX": "1"}, `CI_NODE_TOTAL of GitLab CI is ""`},
		"another total":    {"auto/4", variables{"CIRCLE_NODE_INDEX": "0", "CIRCLE_NODE_TOTAL": "8"}, "auto/4: CircleCI has CIRCLE_NODE_TOTAL=8"},
		"no number":        {"auto/4", variables{"JOB_COMPLETION_INDEX": "first"}, `JOB_COMPLETION_INDEX of Kubernetes is "first"`},
		"beyond the last":  {"auto/4", variables{"JOB_COMPLETION_INDEX": "4"}, "must be from 0 to 3, as there are 4"},
		"before the first": {"auto", variables{"CI_NODE_INDEX": "0", "CI_NODE_TOTAL": "2"}, "must be from 1 to 2"},
	} {
		_, err := shard.Parse(c.text, c.set.lookup)
		require.ErrorContains(t, err, c.want, name)
	}
}

func TestVariablesAreNotReadUnlessAskedFor(t *testing.T) {
	set := variables{"CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "2"}
	s, err := shard.Parse("2/3", set.lookup)
	require.NoError(t, err)
	require.Equal(t, shard.Shard{Index: 2, Of: 3}, s)
}

func TestEachUnitGoesToExactlyOneShard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := make([]shard.Unit, rapid.IntRange(0, 60).Draw(t, "units"))
		longest, all := time.Duration(0), time.Duration(0)
		for i := range units {
			units[i] = shard.Unit{Name: fmt.Sprint("unit ", i), Took: time.Duration(rapid.IntRange(0, 9).Draw(t, "took")) * time.Second}
			longest, all = max(longest, units[i].Took), all+units[i].Took
		}
		of := rapid.IntRange(1, 9).Draw(t, "shards")
		to := shard.Assign(units, of)
		require.Len(t, to, len(units))
		loads := make([]time.Duration, of)
		for i, s := range to {
			loads[s-1] += units[i].Took // a shard that does not exist panics
		}
		require.LessOrEqual(t, slices.Max(loads), all/time.Duration(of)+longest, "balanced")

		shuffled, where := slices.Clone(units), map[string]int{}
		rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		for i, s := range shard.Assign(shuffled, of) {
			where[shuffled[i].Name] = s
		}
		for i, s := range to {
			require.Equal(t, s, where[units[i].Name], "the order in which units come does not matter")
		}
	})
}

func TestNoShardIsEmptyWhileThereIsEnough(t *testing.T) {
	to := shard.Assign([]shard.Unit{{"a", 0}, {"b", 0}, {"c", 0}}, 3)
	slices.Sort(to)
	require.Equal(t, []int{1, 2, 3}, to)
}
