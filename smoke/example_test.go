package smoke_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/receivers"
)

// A receiver that looks an event up before it works, and writes it down after, does the work twice for copies
// that arrive together.
func ExampleNewRunner() {
	const shared = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	receiver := httptest.NewServer(receivers.CheckThenInsert.Start(shared))
	defer receiver.Close()

	runner, err := smoke.NewRunner(smoke.Options{
		Target:    receiver.URL,
		Fixtures:  []string{"../fixtures/invoices"},
		Cases:     []string{"dup-concurrent-*"},
		RunID:     "a-name-for-this-run",
		LookupEnv: func(string) (string, bool) { return shared, true },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = runner.Close() }()
	report := runner.Run(context.Background(), nil)
	fmt.Println(report.Verdict(), report.Exit(), len(report.Planned))
	// Output: fail 1 8
}
