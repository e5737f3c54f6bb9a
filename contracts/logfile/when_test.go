package logfile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/logfile"
)

func TestTimesAreReadWithTheirPrecision(t *testing.T) {
	at := time.Date(2026, 3, 6, 17, 4, 5, 0, time.UTC)
	berlin := time.FixedZone("CET", 3600)
	for written, want := range map[string]struct {
		more, precision time.Duration
	}{
		"2026-03-06T17:04:05Z":                {0, time.Second},
		"2026-03-06T18:04:05.120+01:00":       {120 * time.Millisecond, time.Millisecond},
		"2026-03-06T17:04:05.123456789Z":      {123456789, 1},
		"2026-03-06T17:04:05.120+0000":        {120 * time.Millisecond, time.Millisecond},
		"2026-03-06 18:04:05,120":             {120 * time.Millisecond, time.Millisecond},
		"2026-03-06 17:04:05.12 +0000 UTC":    {120 * time.Millisecond, 10 * time.Millisecond},
		"2026/03/06 18:04:05":                 {0, time.Second},
		"06/Mar/2026:17:04:05 +0000":          {0, time.Second},
		"Fri, 06 Mar 2026 17:04:05 GMT":       {0, time.Second},
		"1772816645":                          {0, time.Second},
		"1772816645120":                       {120 * time.Millisecond, time.Millisecond},
		"1772816645120000":                    {120 * time.Millisecond, time.Microsecond},
		"1772816645120000001":                 {120*time.Millisecond + 1, time.Nanosecond},
		"1772816645.120035":                   {120035 * time.Microsecond, time.Microsecond},
		"1772816645120.5":                     {120500 * time.Microsecond, 100 * time.Microsecond},
		"1.77281664512e9":                     {120 * time.Millisecond, time.Microsecond},
		"2026-03-06T18:04:05.000000000+01:00": {0, 1},
	} {
		got, precision, ok := logfile.Time(written, berlin)
		require.True(t, ok, written)
		require.WithinDuration(t, at.Add(want.more), got, time.Duration(strings.Count(written, "e9"))*time.Microsecond, written)
		require.Equal(t, want.precision, precision, written)
	}
}

func TestOtherTextsAndNumbersAreNoTimes(t *testing.T) {
	for _, written := range []string{"", "now", "17:04:05", "12", "-1772816645", "1e300", "NaN", "2026-13-06", "99999999999999999999"} {
		_, _, ok := logfile.Time(written, nil)
		require.False(t, ok, written)
	}
}

func TestTimeInFindsTheFirstTimeOfAText(t *testing.T) {
	for text, rest := range map[string]string{
		`10.0.0.1 - - [06/Mar/2026:17:04:05 +0000] "GET /"`: `] "GET /"`,
		`INFO 2026-03-06 17:04:05,120 started`:              ` started`,
		`2026/03/06 17:04:05 started`:                       ` started`,
		`2026-03-06T17:04:05.1Z stdout F {}`:                ` stdout F {}`,
	} {
		at, _, _, to, ok := logfile.TimeIn(text, nil)
		require.True(t, ok, text)
		require.Equal(t, rest, text[to:])
		require.Equal(t, time.Date(2026, 3, 6, 17, 4, 5, 0, time.UTC), at.Truncate(time.Second))
	}
	_, _, _, _, ok := logfile.TimeIn("no time here", nil)
	require.False(t, ok)
}
