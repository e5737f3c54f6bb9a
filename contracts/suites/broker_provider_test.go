package suites_test

import (
	"testing"

	"github.com/fridaygate/fridaygate/contracts"
	"github.com/fridaygate/fridaygate/contracts/internal/brokertest"
)

// The real Pact Broker keeps the pact that Fridaygate's client wrote.
func TestPactBrokerKeepsItsPact(t *testing.T) {
	t.Parallel()
	b := pactBroker{brokertest.Start(t)}
	contracts.VerifyPacts(t, b, contracts.PactOptions{Pacts: []string{"../pacts"}, States: b.states()})
}
