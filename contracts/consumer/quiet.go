package consumer

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"os"
	"sync"

	dsl "github.com/pact-foundation/pact-go/v2/consumer"
	pactlog "github.com/pact-foundation/pact-go/v2/log"
)

// prepare readies pact-go and libpact_ffi, once a process and before anything runs at once: pact-go
// keeps the state of its log in a variable without a lock.
var prepare = sync.OnceValue(func() error {
	if err := pactlog.SetLogLevel("ERROR"); err != nil {
		return fmt.Errorf("silence pact-go: %w", err)
	}
	log.SetOutput(quiet{log.Writer()})
	const untracked = "PACT_DO_NOT_TRACK" // or libpact_ffi, which reads the environment, reports every run to its makers
	if os.Getenv(untracked) == "" {       //nolint:forbidigo // see above
		if err := os.Setenv(untracked, "true"); err != nil { //nolint:forbidigo // see above
			return fmt.Errorf("keep libpact_ffi from reporting: %w", err)
		}
	}
	if _, err := dsl.NewV4Pact(dsl.MockHTTPProviderConfig{Consumer: "none", Provider: "none"}); err != nil {
		return fmt.Errorf("load libpact_ffi: %w", err)
	}
	return nil
})

// quiet is the standard logger's output without what pact-go writes there, which takes the logger over when it is
// imported. What others log passes.
type quiet struct{ io.Writer }

// chatter is what the lines of pact-go have in them that are no errors. Two of them it repeats for every
// interaction, because the library's log can be set up only once.
var chatter = [][]byte{
	[]byte("[TRACE] "), []byte("[DEBUG] "), []byte("[INFO] "), []byte("[WARN] "),
	[]byte("failed to log to stdout: can't set logger"), []byte("log level ('"),
}

// Write writes one line of the log, or drops it.
func (q quiet) Write(line []byte) (int, error) {
	for _, mark := range chatter {
		if bytes.Contains(line, mark) {
			return len(line), nil
		}
	}
	return q.Writer.Write(line)
}
