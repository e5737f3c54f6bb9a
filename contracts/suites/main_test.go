package suites_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/fridaygate/fridaygate/contracts"
	"github.com/fridaygate/fridaygate/contracts/broker/brokertest"
	"github.com/fridaygate/fridaygate/contracts/consumer"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// parallel is how many tests run at a time unless -parallel says otherwise. They wait for containers and for what must
// not happen, and hardly use the processor, whose number of cores is go test's default.
const parallel = "24"

func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", parallel); err != nil { // the command line is read later, and overrides it
		panic(err)
	}
	code := contracts.Main(m)
	if err := errors.Join(stopShared(), brokertest.Stop()); err != nil {
		fmt.Fprintln(os.Stderr, "stop the shared services:", err)
		code = max(code, verdict.ExitFail)
	}
	if code == verdict.ExitPass && whole() {
		orphans, err := consumer.Orphans("../pacts")
		if err != nil || len(orphans) > 0 {
			fmt.Fprintln(os.Stderr, "UNKNOWN: no suite writes the pacts:", orphans, err)
			code = verdict.ExitFail
		}
	}
	os.Exit(code)
}

// whole reports whether no flag left out a test.
func whole() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.bench"} {
		if flag.Lookup(name).Value.String() != "" {
			return false
		}
	}
	return true
}
