package broker

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRecordedRefusalKeepsTheBrokersWords(t *testing.T) {
	want := map[string]string{
		"for-verification bad selector": "consumerVersionSelectors: must specify a value for environment or tag or branch, " +
			"or specify mainBranch=true, ",
		"for-verification unknown provider": "No provider with name 'nobody' found",
		"unknown path":                      "The requested document was not found on this server.",
		"publish contracts invalid":         "contracts: is missing; pacticipantVersionNumber: is missing",
		"publish other content under the same version": "contracts: Cannot change the content of the pact for finance version 1.0.0 " +
			"and provider invoices",
		"problem: unknown provider":    "Not found: No provider with name 'nobody' found",
		"problem: unknown environment": "environment with name 'nowhere' does not exist (/consumerVersionSelectors/0)",
	}
	text, err := os.ReadFile("testdata/exchanges.jsonl")
	require.NoError(t, err)
	refusals := 0
	for line := range strings.Lines(string(text)) {
		var e struct {
			Step     string
			Status   int
			Response json.RawMessage
		}
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		if e.Status < 400 {
			continue
		}
		refusals++
		require.NotEmpty(t, want[e.Step], e.Step)
		require.True(t, strings.HasPrefix(message("application/json", e.Response), want[e.Step]), "%s: %s",
			e.Step, message("application/json", e.Response))
	}
	require.Len(t, want, refusals)
}
