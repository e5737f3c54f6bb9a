package providers

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestALogIsBoundedAndKeepsItsEnd(t *testing.T) {
	var log tail
	line := strings.Repeat("x", 99) + "\n"
	for range 50_000 {
		n, err := log.Write([]byte(line))
		require.NoError(t, err)
		require.Equal(t, len(line), n)
	}
	_, _ = log.Write([]byte("the last line\n"))
	text := log.String()
	require.LessOrEqual(t, len(log.kept), 2*tailSize)
	require.Regexp(t, `^\(\d+ earlier bytes left out\)\nx{99}\n`, text)
	require.True(t, strings.HasSuffix(text, line+"the last line\n"))
}
