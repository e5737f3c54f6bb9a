package contracts_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/fridaygate/fridaygate/contracts"
	"github.com/fridaygate/fridaygate/contracts/internal/brokertest"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

func TestMain(m *testing.M) {
	code := contracts.Main(m)
	if err := brokertest.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop the Pact Broker:", err)
		code = max(code, verdict.ExitFail)
	}
	os.Exit(code)
}
