package cases_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/payload"
	"github.com/fridaygate/fridaygate/smoke/sign"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// An event may hold many values, and not so many that the cases of one fixture fill the memory.
func TestTooManyValuesAreRefusedInEverySyntax(t *testing.T) {
	for kind, write := range map[payload.Kind]func(values int) string{
		payload.JSON: func(n int) string { return "[" + string(bytes.Repeat([]byte("1,"), n-2)) + "1]" },
		payload.XML:  func(n int) string { return "<a>" + string(bytes.Repeat([]byte("<b/>"), n-1)) + "</a>" },
		payload.Form: func(n int) string { return "a=1" + string(bytes.Repeat([]byte("&a=1"), n-2)) },
	} {
		for values, refused := range map[int]bool{100_000: false, 100_001: true} {
			f := fixtures.Fixture{Name: "large", Path: "large", Body: []byte(write(values))}
			contract := &webhook.Contract{Body: webhook.Body{Format: kind}, Scheme: sign.Scheme{}}
			_, err := cases.Derive(f, contract, "run", "first")
			if !refused {
				require.NoError(t, err, "%s of %d values", kind, values)
				continue
			}
			require.ErrorContains(t, err, "it holds more than 100000 values", fmt.Sprint(kind))
		}
	}
}
