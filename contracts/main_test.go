package contracts_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/fridaygate/fridaygate/contracts"
	"github.com/fridaygate/fridaygate/contracts/broker/brokertest"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// parallel is how many tests run at a time unless -parallel says otherwise: two wait for the broker's webhooks and for each other.
const parallel = "4"

func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", parallel); err != nil { // the command line is read later, and overrides it
		panic(err)
	}
	code := contracts.Main(m)
	if err := brokertest.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop the Pact Broker:", err)
		code = max(code, verdict.ExitFail)
	}
	os.Exit(code)
}
