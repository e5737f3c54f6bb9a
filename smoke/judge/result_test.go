package judge

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/history"
)

func answered(body string) *history.Attempt { return &history.Attempt{Status: 200, Body: []byte(body)} }

func TestAnswersThatCannotBeReadExactlyAreComparedAsBytes(t *testing.T) {
	deep := strings.Repeat("[", 9000) + strings.Repeat("]", 9000)
	for _, body := range []string{`{"n":1e1000001}`, deep} {
		require.True(t, same(answered(body), answered(body), nil))
		require.False(t, same(answered(body), answered(" "+body), nil))
	}
	require.True(t, same(answered(`{"n":1,"at":2}`), answered(`{"at":3, "n":1}`), []string{"/at"}))
	require.False(t, same(answered(`{"n":9007199254740992}`), answered(`{"n":9007199254740993}`), nil))
}

func FuzzSame(f *testing.F) {
	f.Add(`{"a":1}`, `{"a":1e1000001}`)
	f.Add(`[[]]`, `{"a":{"b":1}}`)
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := answered(a), answered(b)
		require.True(t, same(x, x, []string{"/a"}))
		require.Equal(t, same(x, y, []string{"/a/b"}), same(y, x, []string{"/a/b"}))
		require.NotPanics(t, func() { answer(x) })
	})
}
