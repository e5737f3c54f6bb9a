package register_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/judge/register"
)

func picture(t *testing.T, ops []history.Operation) string {
	t.Helper()
	var page bytes.Buffer
	require.NoError(t, register.Visualize(&page, ops))
	return page.String()
}

func TestPictureShowsEveryOperation(t *testing.T) {
	ops := []history.Operation{read(6, 7, 0), conflict(4, 5, "b"), accepted(2, 3, "a digest of many letters", "r"), lost(0, "a")}
	for i := range ops {
		ops[i].ID = 10 + i
	}
	page := picture(t, ops)
	for _, want := range []string{"#10 read 0", "#11 conflict b", "#12 accepted a digest of …: r", "#13 lost a", "holds a"} {
		require.Contains(t, page, want)
	}
	require.Less(t, strings.Index(page, "#13"), strings.Index(page, "#12"), "in the order of calls")
	require.NotContains(t, page, `src="http`, "nothing is loaded from elsewhere")
	require.Contains(t, picture(t, nil), "<html")
}

// A receiver's answers must not run as script in the page: porcupine's page sets the description of a state as HTML, and
// embeds its data in a script.
func TestPictureIsSafe(t *testing.T) {
	page := picture(t, []history.Operation{
		accepted(0, 1, "<img src=x>", "</script><b>"), accepted(2, 3, "<img src=x>", "</script><b>"), conflict(4, 5, "<i>"),
	})
	page += picture(t, []history.Operation{accepted(0, 1, "<img src=y>", "")})
	require.Contains(t, page, `holds \u0026lt;img src=x`)
	require.Contains(t, page, `holds \u0026lt;img src=y`)
	require.NotContains(t, page, `holds \u003c`)
	require.NotContains(t, page, "</script><b>")
}

func TestNoPictureOfWhatIsTooLong(t *testing.T) {
	require.ErrorContains(t, register.Visualize(new(bytes.Buffer), make([]history.Operation, 17)), "shrink it first")
	require.ErrorContains(t, register.Visualize(new(bytes.Buffer), []history.Operation{{ID: 7}}), "#7 is not an operation: kind 0")
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestPictureThatCannotBeWritten(t *testing.T) {
	require.ErrorContains(t, register.Visualize(full{}, nil), "draw a history: no space left")
}

func TestPictureOfTheHardestIsDrawnInTime(t *testing.T) {
	started := time.Now()
	require.Contains(t, picture(t, hard(16)), "read 0")
	require.Less(t, time.Since(started), 5*time.Second)
}
