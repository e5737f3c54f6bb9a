package smoke

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/process"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// Hooks let the gate control the receiver. The cases that need a nil hook do not apply.
type Hooks struct {
	Restart  func(context.Context) error                // stops the receiver and starts it again; it keeps its store
	FailNext func(context.Context) error                // makes the work of the next delivery fail or die midway
	Advance  func(context.Context, time.Duration) error // moves the receiver's clock ahead
}

// or fills what is missing with the commands of a contract.
func (h Hooks) or(commands webhook.Hooks) Hooks {
	if h.Restart == nil && len(commands.Restart) > 0 {
		h.Restart = func(ctx context.Context) error { return command(ctx, commands.Restart, 0) }
	}
	if h.FailNext == nil && len(commands.FailNext) > 0 {
		h.FailNext = func(ctx context.Context) error { return command(ctx, commands.FailNext, 0) }
	}
	if h.Advance == nil && len(commands.Advance) > 0 {
		h.Advance = func(ctx context.Context, ahead time.Duration) error { return command(ctx, commands.Advance, ahead) }
	}
	return h
}

// hookTimeout is how long a hook's command may take.
const hookTimeout = 2 * time.Minute

func command(ctx context.Context, words []string, ahead time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, hookTimeout)
	defer cancel()
	arguments := make([]string, len(words))
	for i, word := range words {
		arguments[i] = strings.ReplaceAll(word, "{seconds}", strconv.Itoa(int(ahead.Seconds())))
	}
	switch _, err := process.Run(ctx, arguments); {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: it did not end within %s, the limit for a hook", arguments[0], hookTimeout)
	case err != nil:
		return fmt.Errorf("%s: %w", arguments[0], err)
	}
	return nil
}

// missing returns which hook a case needs and does not have, or "" if it has all.
func (h Hooks) missing(needs []cases.Power) string {
	for _, need := range needs {
		there := map[cases.Power]bool{cases.Restart: h.Restart != nil, cases.FailNext: h.FailNext != nil, cases.Advance: h.Advance != nil}
		if !there[need] {
			return fmt.Sprintf("it needs a hook: hooks.%s in webhook.yaml", need)
		}
	}
	return ""
}
