package senders

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEverySettingOfEveryProfileSaysWhatItRestsOn(t *testing.T) {
	for _, name := range Names() {
		lines, err := Explain(name)
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(lines), 9, name)
	}
}

func TestBasisFollowsFromTheSource(t *testing.T) {
	lines, err := explain(`# A sender.
# source page: https://vendor.example/docs (read 2026-11)
# source other: the same page's end (quoted 2026-11)
# source deliveries: requests in public code (recorded 2026-11, by others)
#
# A remark.
endpoint:
  method: POST # page: a POST
  headers:
    User-Agent: Agent/1.0 # deliveries: as recorded
retries: {for: 1h} # other: one hour
ordering: none # ours: nothing is promised
policy:
  acknowledge: 1s # not confirmed: the page names no time
`)
	require.NoError(t, err)
	require.Equal(t, []Line{
		{"method: POST", Confirmed, "https://vendor.example/docs (read 2026-11)", "a POST"},
		{"User-Agent: Agent/1.0", Confirmed, "requests in public code (recorded 2026-11, by others)", "as recorded"},
		{"retries: {for: 1h}", SecondHand, "the same page's end (quoted 2026-11)", "one hour"},
		{"ordering: none", Ours, "", "nothing is promised"},
		{"acknowledge: 1s", Unconfirmed, "", "the page names no time"},
	}, lines)
}

func TestSettingWithoutABasisIsAnError(t *testing.T) {
	for text, wrong := range map[string]string{
		"ordering: none\n":                                  `"ordering: none": must end`,
		"ordering: none # nothing is promised\n":            "must end",
		"ordering: none # page: of no source\n":             "must end",
		"# source page: x (read 2026-11)\na: b # ours: c\n": "source page: no line names it",
	} {
		_, err := explain(text)
		require.ErrorContains(t, err, wrong)
	}
}
