package receivers

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDecimal(t *testing.T) {
	for want, forms := range map[string][]string{
		"0":                   {"0", "-0", "0.00", "0e5", "-0.0E-7"},
		"1e3":                 {"1000", "1000.0", "1e3", "1E+3", "0.1e4", "10e2", "1000.000e0"},
		"-125e-2":             {"-1.25", "-1.250", "-125e-2", "-0.0125e+2"},
		"9007199254740993e0":  {"9007199254740993", "9007199254740993.0"},
		"9007199254740992e0":  {"9007199254740992"},
		"1e999999999999":      {"1e999999999999"},
		"1e-1":                {"0.1"},
		"1000000000000001e-1": {"100000000000000.1"},
	} {
		for _, form := range forms {
			got, err := decimal(json.Number(form))
			require.NoError(t, err, form)
			require.Equal(t, want, got, form)
		}
	}
	for _, form := range []string{"1e1000000000000", "1e-1000000000000", "1e99999999999999999999"} {
		_, err := decimal(json.Number(form))
		require.Error(t, err, form)
	}
}

func TestLoneSurrogateIsFound(t *testing.T) {
	for text, want := range map[string]bool{
		`""`: false, `"\\ud800"`: false, `"\ud83c\udf6e"`: false, `"\u00e9\n\/"`: false, `"\\\\\ud83c\udf6e\\"`: false,
		`"\ud83c"`: true, `"\udf6e"`: true, `"\ud83c\ud83c\udf6e"`: true, `"\ud83c\\udf6e"`: true, `"\ud83cx\udf6e"`: true, `"\\\ud83c"`: true,
		`"\ud83c\n"`: true,
	} {
		require.True(t, json.Valid([]byte(text)), text)
		require.Equal(t, want, halfPair([]byte(text)), text)
	}
}

// FuzzBody holds the reader of bodies against encoding/json and math/big.
func FuzzBody(f *testing.F) {
	for _, fixture := range []string{"invoice.created", "invoice.paid", "invoice.voided", "invoice.refunded"} {
		f.Add(body("evt_1", fixture))
	}
	for _, seed := range []string{
		`{"id":"a","ID":"b"}`, `{"a":1,"\u0061":2}`, `[1e3,-0,1.50,null,true,"\ud83c\udf6e"]`,
		`{"type":"invoice.paid","data":{"invoice":{"total":1e-5}}}`,
		`"\ud800"`, strings.Repeat("[", 200) + strings.Repeat("]", 200), `{} {}`, ``,
		`{"id":"a","type":"invoice.voided","data":{"invoice":{"lines":[{}]}}}`,
	} {
		f.Add(seed)
	}
	same := canonical{number: exact, sorted: true}.fingerprint
	f.Fuzz(func(t *testing.T, text string) {
		v, err := readJSON([]byte(text))
		if err != nil {
			return
		}
		require.True(t, json.Valid([]byte(text)))
		_, _ = readEvent(v, exactName) // it may refuse, but must not panic

		var indented bytes.Buffer
		require.NoError(t, json.Indent(&indented, []byte(text), " ", "\t"))
		again, err := readJSON(indented.Bytes())
		require.NoError(t, err)
		require.Equal(t, same(v), same(again), "space says nothing")

		plain, err := json.Marshal(standard(v)) // sorts keys, and escapes in its own way
		require.NoError(t, err)
		again, err = readJSON(plain)
		require.NoError(t, err)
		require.Equal(t, same(v), same(again), "key order and escapes say nothing")

		if n, ok := v.(json.Number); ok && len(n) < 40 && !strings.ContainsAny(string(n), "eE") {
			got, err := decimal(n)
			require.NoError(t, err)
			if exponent := strings.SplitAfter(got, "e"); len(exponent) == 2 && len(exponent[1]) > 4 {
				return
			}
			a, _ := new(big.Rat).SetString(string(n))
			b, ok := new(big.Rat).SetString(got)
			require.True(t, ok, got)
			require.Zero(t, a.Cmp(b), "%s is not %s", n, got)
		}
	})
}

// standard is a value as encoding/json has it.
func standard(v any) any {
	switch v := v.(type) {
	case object:
		members := map[string]any{}
		for _, m := range v {
			members[m.name] = standard(m.value)
		}
		return members
	case []any:
		items := make([]any, len(v))
		for i := range v {
			items[i] = standard(v[i])
		}
		return items
	default:
		return v
	}
}
