package cases

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestFreshIDKeepsTheForm(t *testing.T) {
	for golden, form := range map[string]string{
		"820982911946154508":                                      `^82[0-9]{16}$`,
		"9223372036854775807":                                     `^(92|82)[0-9]{17}$`,
		"3816279340":                                              `^3[0-9]{9}$`,
		"7f1c8b9e-33aa-4c51-9d2e-0123456789ab":                    `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-9[0-9a-f]{3}-[0-9a-f]{12}$`,
		"7F1C8B9E-33AA-4C51-9D2E-0123456789AB":                    `^[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-9[0-9A-F]{3}-[0-9A-F]{12}$`,
		"{7F1C8B9E-33AA-4C51-9D2E-0123456789AB}":                  `^\{[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-9[0-9A-F]{3}-[0-9A-F]{12}\}$`,
		"urn:uuid:7f1c8b9e-33aa-1c51-9d2e-0123456789ab":           `^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-9[0-9a-f]{3}-[0-9a-f]{12}$`,
		"0192f0c1-9e2b-7c3d-8f4a-0123456789ab":                    `^0192f0c1-9e2b-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$`,
		"01ARZ3NDEKTSV4RRFFQ69G5FAV":                              `^01AR[0-9A-HJKMNP-TV-Z]{22}$`,
		"evt_01h455vb4pex5vsknk084sn02q":                          `^evt_01h4[0-9a-hjkmnp-tv-z]{22}$`,
		"0ujsswThIGTUYm2K8FjOOfXtY1K":                             `^0ujs[0-9A-Za-z]{22}K$`,
		"evt_1Pgh2xLkdIwHu7ix0aBcDeFg":                            `^evt_1Pgh[0-9A-Za-z]{19}g$`,
		"evt_test_65R9Ijk8dKEYZcXeRWn16R9A7j1FSQ3w3TGDPLLGSM4CW0": `^evt_test_65R9[0-9A-Za-z]+0$`,
		"WH-58D329510W468432D-8HN650336L201105X":                  `^WH-[0-9A-Z]{17}-[0-9A-Z]{17}$`,
		"SM9f86d081884c7d659a2feaa0c55ad015":                      `^SM9f86[0-9a-f]{28}$`,
		"Ev08MFMKH6":                                              `^Ev[0-9A-Z]{8}$`,
		"PtRAtjoqgjlzHs":                                          `^[0-9A-Za-z]{14}$`,
		"3q2-7w_kT0mX9bQeRt5yUg":                                  `^[0-9A-Za-z]{3}-[0-9A-Za-z]{2}_[0-9A-Za-z]{15}$`,
		"zXb7QmD4c2Yk9sLpWq3uVw==":                                `^zXb7[0-9A-Za-z]{17}w==$`,
		"8f7a0c8a1c4e4a2d9b7c3e5f6a7b8c9d":                        `^8f7a[0-9a-f]{28}$`,
		"8F7A0C8A1C4E4A2D9B7C3E5F6A7B8C9D":                        `^8F7A[0-9A-F]{28}$`,
		// Too short to make a run's events unique: only the prefix, or that it is a number, is kept.
		"evt_1": `^evt_fg[a-z2-7]{24}$`,
		"e-1":   `^e-fg[a-z2-7]{24}$`,
		"":      `^fg[a-z2-7]{24}$`,
		"12345": `^1[0-9]{9}$`,
		"7":     `^1[0-9]{9}$`,
	} {
		seen := map[string]bool{}
		for i := range 200 {
			id := freshID(golden, '"', "friday", fmt.Sprint(i))
			require.Regexp(t, form, id, golden)
			if formOf(golden).bits() >= enoughBits {
				require.Len(t, id, len(golden))
			}
			seen[id] = true
		}
		require.Len(t, seen, 200, "%s: each event has its own", golden)
		require.NotEqual(t, freshID(golden, '"', "friday", "a"), freshID(golden, '"', "monday", "a"), "each run has its own")
	}
}

func TestRunTagIsInEveryIDThatHasRoom(t *testing.T) {
	for golden, tag := range map[string]string{
		"evt_1Pgh2xLkdIwHu7ix0aBcDeFg":           RunTag("friday"),
		"01ARZ3NDEKTSV4RRFFQ69G5FAV":             strings.ToUpper(RunTag("friday")),
		"8f7a0c8a1c4e4a2d9b7c3e5f6a7b8c9d":       tagOf("friday", hexAlphabet),
		"{7F1C8B9E-33AA-4C51-9D2E-0123456789AB}": strings.ToUpper(tagOf("friday", hexAlphabet)),
		"820982911946154508":                     tagOf("friday", digitAlphabet),
		"evt_1":                                  RunTag("friday"),
	} {
		for _, key := range []string{"a", "b"} {
			require.Contains(t, freshID(golden, '"', "friday", key), tag)
		}
		require.NotContains(t, freshID(golden, '"', "monday", "a"), tag)
	}
	require.NotContains(t, freshID("Ev08MFMKH6", '"', "friday", "a"), "FG", "ten characters have no room for it")
}

func TestFreshNumberFitsWhereTheGoldenOneDoes(t *testing.T) {
	for _, golden := range []int64{math.MaxInt32, math.MaxUint32, 1<<53 - 1, math.MaxInt64, 2_000_000_000, 9_007_000_000_000_000} {
		for _, limit := range []int64{math.MaxInt32, math.MaxUint32, 1<<53 - 1, math.MaxInt64} {
			for i := range 300 {
				id := freshID(fmt.Sprint(golden), '0', "friday", fmt.Sprint(i))
				n, err := json.Number(id).Int64()
				require.NoError(t, err)
				require.Len(t, id, len(fmt.Sprint(golden)))
				require.False(t, golden <= limit && n > limit, "%d became %d, above %d", golden, n, limit)
			}
		}
	}
}

// classOf writes an id with one letter for each kind of character.
func classOf(id string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return 'x'
		}
		return r
	}, id)
}

func TestFreshIDOfAnyForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		golden := rapid.StringMatching(`([a-z]{2,5}_)?[{]?[0-9A-Za-z]{0,30}[-_.]?[0-9A-Za-z]{0,30}[}=]?`).Draw(t, "golden")
		id := freshID(golden, '"', "friday", "key")
		if formOf(golden).bits() < enoughBits {
			return
		}
		if classOf(golden) != classOf(id) {
			t.Fatalf("%q became %q", golden, id)
		}
		hasUpper := func(s string) bool { return strings.ToLower(s) != s }
		hasLower := func(s string) bool { return strings.ToUpper(s) != s }
		if hasUpper(id) && !hasUpper(golden) || hasLower(id) && !hasLower(golden) {
			t.Fatalf("%q became %q, in another case", golden, id)
		}
	})
}
