package consumer

import (
	"fmt"
	"runtime/debug"
)

// aside runs test in another goroutine and waits for its end, so that FailNow or SkipNow do not end the caller. pact-go compares requests
// only after the test has returned: without this, a client that fails on a request that the mock refused would fail without the reason.
func aside(test func()) {
	var panicked string
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if v := recover(); v != nil {
				panicked = fmt.Sprintf("%v\n%s", v, debug.Stack())
			}
		}()
		test()
	}()
	<-done
	if panicked != "" {
		panic(panicked) //nolint:forbidigo // the panic of the test, raised again
	}
}
