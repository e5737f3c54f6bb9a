package exact_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/exact"
)

func TestNumbersStayAsTheyAreWritten(t *testing.T) {
	var v any
	require.NoError(t, exact.Decode([]byte(`{"n":9007199254740993,"f":1.50}`), &v))
	require.Equal(t, map[string]any{"n": json.Number("9007199254740993"), "f": json.Number("1.50")}, v)
}

func TestMoreAfterTheValueIsAnError(t *testing.T) {
	var v any
	require.NoError(t, exact.Decode([]byte(" 1 \n"), &v))
	require.ErrorContains(t, exact.Decode([]byte("1 2"), &v), "more after the value")
	require.Error(t, exact.Decode([]byte("1]"), &v))
	require.Error(t, exact.Decode([]byte(""), &v))
	require.Error(t, exact.Decode([]byte("{"), &v))
}
