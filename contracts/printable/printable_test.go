package printable_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/printable"
)

func TestWhatWouldBeObeyedIsShown(t *testing.T) {
	for text, want := range map[string]string{
		"plain\ttext\nin ü, 中文 and עברית": "plain\ttext\nin ü, 中文 and עברית",
		"🍮 and 👩‍👩‍👧":                     "🍮 and 👩‍👩‍👧",
		"no\u00a0break":                   "no\u00a0break",
		"\x1b[31mred\x1b[0m":              `\x1b[31mred\x1b[0m`,
		"\x1b]52;c;aGk=\a":                `\x1b]52;c;aGk=\x07`,
		"over\rwritten":                   `over\rwritten`,
		"\u009b31m":                       `\u009b31m`,
		"a\u202egnp.exe\u2066":            `a\u202egnp.exe\u2066`,
		"a\u2028b\ufeff":                  `a\u2028b\ufeff`,
		"hidden \U000e0041":               `hidden \U000e0041`,
		"nul \x00 del \x7f":               `nul \x00 del \x7f`,
		"not UTF-8 \xff\xfe":              `not UTF-8 \xff\xfe`,
		"half \xe2\x82":                   `half \xe2\x82`,

		"::error::pwned":                  `\x3a:error::pwned`,
		"x\n \t::stop-commands::t\n::t::": "x\n \t\\x3a:stop-commands::t\n\\x3a:t::",
		"x\n\u00a0::error::":              "x\n\u00a0\\x3a:error::",
		"std::string and a::b":            "std::string and a::b",
		"say ##[set-env name=A]b":         `say ##\x5bset-env name=A]b`,
		"##vso[task.setvariable]":         `##\x76so[task.setvariable]`,
		"###VSO[x]":                       `###\x56SO[x]`,
		"##teamcity[buildStop]":           `##\x74eamcity[buildStop]`,
		"## Title, and #[derive]":         "## Title, and #[derive]",
	} {
		require.Equal(t, want, printable.Text(text))
		require.Equal(t, want, printable.Text(want), "it stays as it is")
		var b bytes.Buffer
		_, err := io.WriteString(printable.Writer(&b), text)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(want, b.String()) && len(b.String()) >= len(want)-len(`\xe2\x82`), "half a character may be missing")
	}
}

func TestCharactersMayComeInParts(t *testing.T) {
	var b bytes.Buffer
	w := printable.Writer(&b)
	for _, part := range []byte("é🍮\u202e::x\n::") {
		n, err := w.Write([]byte{part})
		require.NoError(t, err)
		require.Equal(t, 1, n)
	}
	require.Equal(t, "é🍮\\u202e::x\n::", b.String(), "a command that comes in parts is none of a value")
}

func TestLineHasNoLineEnd(t *testing.T) {
	require.Equal(t, `a b ::c\r d`, printable.Line("a\nb\n::c\r\nd"))
}

func TestWriterReturnsTheErrorBelow(t *testing.T) {
	full := errors.New("disk full")
	for _, w := range []io.Writer{printable.Writer(failing{full}), printable.JSON(failing{full})} {
		_, err := w.Write([]byte("x"))
		require.ErrorIs(t, err, full)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// Nothing is lost in JSON: what is read is what was written.
func TestJSONMeansTheSame(t *testing.T) {
	const hostile = "\x1b[31m \u202e \u009b \x7f \U000e0041 🍮\n::error:: ##[group]"
	var b bytes.Buffer
	e := json.NewEncoder(printable.JSON(&b))
	e.SetEscapeHTML(false)
	require.NoError(t, e.Encode(hostile))
	require.Equal(t, strings.TrimSpace(b.String()), printable.Text(strings.TrimSpace(b.String())))
	var read string
	require.NoError(t, json.Unmarshal(b.Bytes(), &read))
	require.Equal(t, hostile, read)
}

func FuzzText(f *testing.F) {
	for _, text := range []string{"\x1b[31m", "\n ::error::", "##[x]", "\xff", "é\u202e"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		shown := printable.Text(text)
		require.Equal(t, shown, printable.Text(shown))
		for _, r := range shown {
			require.True(t, r == '\n' || r == '\t' || r == '\u200c' || r == '\u200d' || unicode.IsGraphic(r), "%q", r)
		}
		for line := range strings.Lines(shown) {
			require.False(t, strings.HasPrefix(strings.TrimSpace(line), "::"), "%q", line)
			require.NotContains(t, line, "##[")
		}
	})
}
