package verdict_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

func TestZeroValueIsUnknown(t *testing.T) {
	var v verdict.Verdict
	require.Equal(t, verdict.Unknown, v)
	require.Equal(t, verdict.ExitUnknown, v.Exit())
}

func TestRunPassesOnlyWhenAllPlannedRanAndPassed(t *testing.T) {
	p, f, u := verdict.Pass, verdict.Fail, verdict.Unknown
	for _, c := range []struct {
		name    string
		planned int
		ran     []verdict.Verdict
		want    verdict.Verdict
	}{
		{"all passed", 2, []verdict.Verdict{p, p}, p},
		{"nothing planned", 0, nil, u},
		{"nothing planned, one ran", 0, []verdict.Verdict{p}, u},
		{"one did not run", 2, []verdict.Verdict{p}, u},
		{"more ran than planned", 1, []verdict.Verdict{p, p}, u},
		{"one unknown", 2, []verdict.Verdict{p, u}, u},
		{"fail outranks unknown", 2, []verdict.Verdict{u, f}, f},
		{"fail outranks missing", 5, []verdict.Verdict{f}, f},
		{"a number that is no verdict", 1, []verdict.Verdict{7}, u},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, verdict.Of(c.planned, c.ran))
		})
	}
}

func TestVerdictInJSON(t *testing.T) {
	text, err := json.Marshal(verdict.Fail)
	require.NoError(t, err)
	require.JSONEq(t, `"fail"`, string(text))
	var v verdict.Verdict
	require.NoError(t, json.Unmarshal([]byte(`"pass"`), &v))
	require.Equal(t, verdict.Pass, v)
	require.Error(t, json.Unmarshal([]byte(`"green"`), &v))
}
