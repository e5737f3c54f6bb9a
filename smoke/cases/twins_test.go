package cases

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTwinsDifferInOneCharacter(t *testing.T) {
	type differ = func(idForm, string) (string, string)
	atEnd, inCase, after15 := idForm.differsAtTheEnd, idForm.differsInCase, idForm.differsAfter15Digits
	for _, c := range []struct {
		golden  string
		differ  differ
		applies bool
	}{
		{"evt_1Pgh2xLkdIwHu7ix0aBcDeFg", inCase, true},
		{"evt_1Pgh2xLkdIwHu7ix0aBcDeFg", atEnd, true},
		{"evt_1Pgh2xLkdIwHu7ix0aBcDeFg", after15, false},
		{"820982911946154508", after15, true},
		{"820982911946154508", atEnd, true},
		{"820982911946154508", inCase, false},
		{"evt_8209829119461545081", after15, true},
		{"123456789012345", after15, false},
		{"7f1c8b9e-33aa-4c51-9d2e-0123456789ab", inCase, false}, // RFC 9562: upper and lower case are one
		{"7f1c8b9e-33aa-4c51-9d2e-0123456789ab", atEnd, true},
		{"01ARZ3NDEKTSV4RRFFQ69G5FAV", inCase, false},
		{"", atEnd, true},
	} {
		id := freshID(c.golden, '"', "friday", "x")
		a, b := c.differ(formOf(id), id)
		require.Equal(t, c.applies, a != "", c.golden)
		if !c.applies {
			continue
		}
		require.Len(t, b, len(a))
		different := 0
		for i := range a {
			if a[i] != b[i] {
				different++
			}
		}
		require.Equal(t, 1, different, "%s and %s", a, b)
	}
}

func TestTwinsInCaseDifferInNothingElse(t *testing.T) {
	for _, key := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		id := freshID("evt_1Pgh2xLkdIwHu7ix0aBcDeFg", '"', "friday", key)
		a, b := formOf(id).differsInCase(id)
		require.True(t, strings.EqualFold(a, b), "%s and %s", a, b)
	}
}
