package contracts_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/fridaygate/fridaygate/contracts"
	"github.com/fridaygate/fridaygate/smoke/verdict"
)

func TestMain(m *testing.M) {
	code := contracts.Main(m)
	if err := stopShared(); err != nil {
		fmt.Fprintln(os.Stderr, "stop the shared services:", err)
		code = max(code, verdict.ExitFail)
	}
	os.Exit(code)
}
