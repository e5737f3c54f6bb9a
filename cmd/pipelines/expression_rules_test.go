package pipelines_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

var some = contexts{
	"inputs": map[string]any{"version": "", "directory": "api", "environment": "Staging"},
	"steps":  map[string]any{"smoke": map[string]any{"outcome": "failure", "outputs": map[string]any{"code": "3"}}},
}

// GitHub compares texts without regard to case.
func TestAnExpressionIsItsValue(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                          "plain",
		"${{ inputs.directory }}/go.sum": "api/go.sum",
		"${{ steps.smoke.outputs.code }}-${{ steps.smoke.outcome }}":                              "3-failure",
		"${{ inputs.version == '' && format('{0}/go.mod', inputs.directory) || '' }}":             "api/go.mod",
		"${{ inputs.version != '' && 'stable' || '' }}":                                           "",
		"${{ inputs.environment == 'staging' }}":                                                  "true",
		"${{ !inputs.version }} ${{ failure() || cancelled() }} ${{ success() }} ${{ always() }}": "true true false true",
	} {
		got, err := interpolate(text, some, status{failed: true})
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

// What the evaluator does not know fails the test that uses it: it is never empty, false or true.
func TestAnExpressionThatIsNotKnownIsAnError(t *testing.T) {
	for _, text := range []string{
		"${{ inputs.gone }}", "${{ secrets.TOKEN }}", "${{ steps.gone.outcome }}", "${{ steps.smoke.outputs.gone }}",
		"${{ inputs.version.more }}",
		"${{ contains(inputs.directory, 'a') }}", "${{ inputs }}", "${{ inputs.version == true }}", "${{ 1 }}", "${{ inputs.version < 'a' }}",
		"${{ inputs.version", "${{ }}", "${{ github.event.inputs.* }}",
	} {
		_, err := interpolate(text, some, status{})
		require.Error(t, err, text)
	}
}

func TestAStepRunsAfterAFailureOnlyIfItsConditionSaysSo(t *testing.T) {
	for condition, want := range map[string][2]bool{ // without a failure before it, and with one
		"":                                 {true, false},
		"inputs.directory == 'api'":        {true, false},
		"inputs.directory == 'other'":      {false, false},
		"${{ always() }}":                  {true, true},
		"failure()":                        {false, true},
		"!success()":                       {false, true},
		"always() && inputs.version":       {false, false},
		"!cancelled()":                     {true, true},
		"steps.smoke.outcome == 'failure'": {true, false},
	} {
		for n, failed := range []bool{false, true} {
			got, err := holds(condition, some, status{failed: failed})
			require.NoError(t, err, condition)
			require.Equal(t, want[n], got, "%q, failed: %t", condition, failed)
		}
	}
}
