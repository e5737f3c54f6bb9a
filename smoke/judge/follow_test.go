package judge_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/judge"
)

func broke(subject, name string, findings ...verdict.Finding) report.Result {
	return report.Result{
		Check: report.Check{Kind: report.Webhook, Subject: subject, Case: name}, Verdict: verdict.Fail, Findings: findings,
	}
}

func symptom(symptom, got string) verdict.Finding {
	return verdict.Finding{Rule: "r", Symptom: symptom, Got: got}
}

// What a plain duplicate shows explains what other deliveries of known events show, and nothing else.
func TestFollowNeedsThePlainDuplicatesSymptoms(t *testing.T) {
	again, anew := symptom("carried out again", "2 effects"), symptom("answered with other /at", "200 OK {}")
	failed := func(title string) []verdict.Finding {
		return []verdict.Finding{symptom("answered status 500", `500 Internal Server Error {"title":"`+title+`"}`)}
	}
	for name, c := range map[string]struct {
		plain, other []verdict.Finding
		follows      bool
	}{
		"the same symptom":              {[]verdict.Finding{again}, []verdict.Finding{again}, true},
		"one of the symptoms":           {[]verdict.Finding{again, anew}, []verdict.Finding{again}, true},
		"one symptom more":              {[]verdict.Finding{anew}, []verdict.Finding{anew, again}, false},
		"another symptom":               {[]verdict.Finding{anew}, []verdict.Finding{again}, false},
		"other members of the result":   {[]verdict.Finding{anew}, []verdict.Finding{symptom("answered with other /total", "200 OK {}")}, false},
		"no symptom":                    {[]verdict.Finding{symptom("", "x")}, []verdict.Finding{symptom("", "x")}, false},
		"the same error":                {failed("no disk"), failed("no disk"), true},
		"another error of that status":  {failed("no disk"), failed("no database"), false},
		"a plain duplicate that passed": {nil, []verdict.Finding{again}, false},
	} {
		plain := broke("f/a", "dup-seq", c.plain...)
		if c.plain == nil {
			plain.Verdict = verdict.Pass
		}
		all := []report.Result{plain, broke("f/a", "dup-concurrent-8", c.other...), broke("f/b", "dup-concurrent-8", c.other...)}
		judge.Follow(all)
		require.Empty(t, all[0].Follows, name)
		require.Equal(t, map[bool]string{true: "dup-seq"}[c.follows], all[1].Follows, name)
		require.Empty(t, all[2].Follows, "it is another golden webhook: %s", name)
	}
}

func TestWhatCouldNotBeToldFollowsNothing(t *testing.T) {
	all := []report.Result{broke("f/a", "dup-seq", symptom("carried out again", "2 effects")), {
		Check: report.Check{Kind: report.Webhook, Subject: "f/a", Case: "dup-lastbyte"}, Inconclusive: []string{"refused"},
	}}
	judge.Follow(all)
	require.Empty(t, all[1].Follows)
}
