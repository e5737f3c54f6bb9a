package suites_test

import (
	"flag"
	"testing"

	"github.com/fridaygate/fridaygate/contracts/consumer"
)

var update = flag.Bool("update", false, "accept what the consumer suites write as the committed pacts")

// newSuite begins the suite of a consumer of the reference system.
func newSuite(t *testing.T, name, provider string) *consumer.Suite {
	t.Helper()
	return consumer.New(t, consumer.Options{Consumer: name, Provider: provider, Folder: "../pacts", Update: *update})
}

// given is a provider state with one parameter.
func given(state, param string, value any) consumer.ProviderState {
	return consumer.Given(state, map[string]any{param: value})
}
