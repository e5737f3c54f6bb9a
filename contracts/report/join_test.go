package report_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// part is the report of shard index of 3, which has two checks of the run's six.
func part(index int, v verdict.Verdict) report.Report {
	r := report.Report{
		Command: "fridaygate smoke", Target: "http://a", RunID: "ci-1", RunTag: fmt.Sprint("fg", index), Revision: "abc", ConfigHash: "c",
		Started: time.Unix(int64(index), 0).UTC(), Ended: time.Unix(int64(10+index), 0).UTC(),
		Shard: &report.Shard{Index: index, Of: 3, Plan: strings.Repeat("0f", 32), Kind: "check", Units: 6, Has: 2},
	}
	for i, subject := range []string{"f/a", "f/b"} {
		c := report.Check{Kind: report.Webhook, Subject: subject, Case: fmt.Sprintf("case-%d-%d", index, i)}
		r.Planned = append(r.Planned, c)
		result := report.Result{Check: c, Verdict: verdict.Pass, Holds: "h", Took: time.Second, Histories: []history.History{{EventID: "evt"}}}
		if i == 0 {
			switch result.Verdict = v; v {
			case verdict.Fail:
				result.Findings = []verdict.Finding{{Rule: "effect-count", Expected: "1", Got: "2"}}
			case verdict.Unknown:
				result.Inconclusive = []string{"timed out"}
			}
		}
		r.Results = append(r.Results, result)
	}
	return r
}

// joined joins reports, in the files 0.json, 1.json and so on.
func joined(all ...report.Report) report.Report {
	var j report.Joiner
	for i, r := range all {
		j.Add(fmt.Sprintf("%d.json", i), r)
	}
	return j.Report()
}

func TestShardsBecomeOneRun(t *testing.T) {
	r := joined(part(2, verdict.Pass), part(3, verdict.Pass), part(1, verdict.Pass))
	require.Equal(t, verdict.Pass, r.Verdict(), r.Problem())
	require.Equal(t, []any{"fridaygate smoke", "http://a", "ci-1", "", "abc"}, []any{r.Command, r.Target, r.RunID, r.RunTag, r.Revision})
	require.Equal(t, 12*time.Second, r.Ended.Sub(r.Started), "from the first to the last")
	require.Nil(t, r.Shard)
	require.Len(t, r.Planned, 6)
	var subjects []string
	for _, result := range r.Results {
		subjects = append(subjects, result.Subject)
		require.Nil(t, result.Histories)
	}
	require.Equal(t, []string{"f/a", "f/a", "f/a", "f/b", "f/b", "f/b"}, subjects)
	require.Empty(t, published(t).Check([]byte(written(t, report.JSON, r))))

	require.Equal(t, verdict.Fail, joined(part(1, verdict.Pass), part(2, verdict.Fail), part(3, verdict.Pass)).Verdict())
	require.Equal(t, verdict.Unknown, joined(part(1, verdict.Pass), part(2, verdict.Pass), part(3, verdict.Unknown)).Verdict())
}

func TestHistoriesAreKeptWhereTheyShowAFailureOrAreAskedFor(t *testing.T) {
	r := joined(part(1, verdict.Fail), part(2, verdict.Pass), part(3, verdict.Pass))
	for _, result := range r.Results {
		require.Equal(t, result.Verdict != verdict.Pass, len(result.Histories) > 0, result.Case)
	}
	j := report.Joiner{Histories: true}
	j.Add("a.json", part(1, verdict.Pass))
	for _, result := range j.Report().Results {
		require.NotEmpty(t, result.Histories)
	}
}

func TestWhatIsNoWholeRunIsNoPass(t *testing.T) {
	p := verdict.Pass
	changed := func(change func(*report.Report)) report.Report {
		r := part(3, p)
		shard := *r.Shard
		r.Shard = &shard
		change(&r)
		return r
	}
	for name, c := range map[string]struct {
		all  []report.Report
		want string
	}{
		"one missing": {[]report.Report{part(1, p), part(3, p)}, "of 3 shards 2 is missing: 4 of the run's 6 checks are in the reports"},
		"two missing": {[]report.Report{part(1, p)}, "of 3 shards 2 to 3 are missing: 2 of"},
		"one twice": {[]report.Report{part(1, p), part(2, p), part(3, p), part(2, p)},
			"shard 2 of 3 is there more than once: 1.json, 3.json"},
		"twice instead of another": {[]report.Report{part(1, p), part(2, p), part(2, p)}, "of 3 shards 3 is missing: 4 of"},
		"another run": {[]report.Report{part(1, p), part(2, p), changed(func(r *report.Report) { r.RunID = "ci-2" })},
			"two runs are mixed: 0.json is of run id ci-1, and 2.json of ci-2"},
		"another target": {[]report.Report{part(1, p), part(2, p), changed(func(r *report.Report) { r.Target = "http://b" })},
			"0.json is of target http://a, and 2.json of http://b"},
		"another number": {[]report.Report{part(1, p), part(2, p), changed(func(r *report.Report) { r.Shard.Of = 4 })},
			"0.json is of a run of 3 shards, and 2.json of 4"},
		"another plan": {[]report.Report{part(1, p), part(2, p), changed(func(r *report.Report) { r.Shard.Plan = "other" })},
			"0.json and 2.json are of one run id and target, and of two plans: "},
		"another revision": {[]report.Report{part(1, p), part(2, p), changed(func(r *report.Report) { r.Revision = "def" })},
			"0.json is of revision abc, and 2.json of def"},
		"other settings": {[]report.Report{part(1, p), part(2, p), changed(func(r *report.Report) { r.ConfigHash = "d" })},
			"0.json is of settings c, and 2.json of d"},
		"no such shard": {[]report.Report{part(1, p), part(2, p), changed(func(r *report.Report) { r.Shard.Index = 9 })},
			"2.json: there is no shard 9 of 3"},
		"a check is gone": {[]report.Report{part(1, p), part(2, p), changed(func(r *report.Report) {
			r.Planned, r.Results = r.Planned[:1], r.Results[:1]
		})},
			"2.json: it says that it has 2 checks, and planned 1"},
		"a unit is in no shard": {[]report.Report{part(1, p), part(2, p), changed(func(r *report.Report) {
			r.Planned, r.Results, r.Shard.Has = r.Planned[:1], r.Results[:1], 1
		})}, "the shards have 5 checks, and their run has 6"},
		"a check in two shards": {[]report.Report{part(1, p), part(2, p), changed(func(r *report.Report) {
			r.Planned, r.Results = part(2, p).Planned, part(2, p).Results
		})}, "2 checks of 1.json are also in 2.json, such as f/a/case-2-0"},
		"an empty shard": {[]report.Report{part(1, p), part(2, p), changed(func(r *report.Report) {
			r.Planned, r.Results, r.Problems = nil, nil, []report.Remark{{Text: "shard 3 of 3 has no checks"}}
			r.Shard.Has = 0
		})}, "shard 3 of 3 has no checks"},
		"nothing at all": {nil, ""},
	} {
		r := joined(c.all...)
		require.Equal(t, verdict.Unknown, r.Verdict(), name)
		require.Contains(t, r.Problem(), c.want, name)
	}
}

func TestBreakIsNotHiddenByAMissingShard(t *testing.T) {
	var j report.Joiner
	j.Add("a.json", part(1, verdict.Fail))
	j.Unreadable("b.json", fmt.Errorf("not a report of fridaygate"))
	r := j.Report()
	require.Equal(t, verdict.Fail, r.Verdict())
	require.Contains(t, r.Problem(), "b.json: not a report of fridaygate\nof 3 shards 2 to 3 are missing")
}

func TestShardsOfManyRunsAreNotAllListed(t *testing.T) {
	all := []report.Report{part(1, verdict.Pass), part(2, verdict.Pass)}
	for i := range 20 {
		r := part(3, verdict.Pass)
		r.RunID = fmt.Sprint("other-", i)
		all = append(all, r)
	}
	r := joined(all...)
	require.Equal(t, 5, strings.Count(r.Problem(), "two runs are mixed: 0.json is of run id ci-1"), "most are right")
	require.Contains(t, r.Problem(), "and 15 more like this")
}

// Reports that are no shards are of different checks: of packages, of receivers, of kinds.
func TestRunsOfDifferentChecksAreJoined(t *testing.T) {
	schemas, pacts := of(report.Schema, verdict.Pass), of(report.Provider, verdict.Pass)
	schemas.Command, pacts.Command = "fridaygate verify", "fridaygate verify"
	shards := []report.Report{part(1, verdict.Pass), part(2, verdict.Pass), part(3, verdict.Pass)}
	r := joined(append(shards, schemas, pacts)...)
	require.Equal(t, verdict.Pass, r.Verdict(), r.Problem())
	require.Equal(t, "fridaygate report merge", r.Command)
	require.Empty(t, r.Target)

	r = joined(schemas, pacts, schemas)
	require.Equal(t, verdict.Unknown, r.Verdict())
	require.Contains(t, r.Problem(), "1 check of 0.json is also in 2.json, such as ")

	schemas.Revision, pacts.Revision = "abc", "def"
	r = joined(schemas, pacts)
	require.Equal(t, verdict.Unknown, r.Verdict())
	require.Contains(t, r.Problem(), "two runs are mixed: 0.json is of revision abc, and 1.json of def")
}

func TestRemarkOfEveryShardIsSaidOnce(t *testing.T) {
	var all []report.Report
	for index := 1; index <= 3; index++ {
		r := part(index, verdict.Pass)
		r.Notes, r.Except = []report.Remark{{Text: "the clock is 40s ahead"}}, []string{"sig-*"}
		all = append(all, r)
	}
	r := joined(all...)
	require.Len(t, r.Notes, 1)
	require.Equal(t, []string{"sig-*"}, r.Except)
}
