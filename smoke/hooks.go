package smoke

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/process"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// Hooks give the gate power over the receiver. A nil one is a power that it does not have, and the cases that
// need it do not apply.
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
	run := process.Command(ctx, arguments[0], arguments[1:]...)
	var last tail
	run.Stdout, run.Stderr = &last, &last
	err := run.Run()
	if err == nil || errors.Is(err, exec.ErrWaitDelay) {
		return nil
	}
	if said := last.String(); said != "" {
		err = fmt.Errorf("%w: %s", err, said)
	}
	return fmt.Errorf("%s: %w", arguments[0], err)
}

// tail keeps the last bytes of what a program prints, however much that is.
type tail struct{ kept []byte }

const tailLimit = 4 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.kept = append(t.kept, b[max(0, len(b)-tailLimit):]...)
	t.kept = t.kept[max(0, len(t.kept)-tailLimit):]
	return len(b), nil
}

// String gives what fits a line.
func (t *tail) String() string {
	said := strings.Join(strings.Fields(string(t.kept)), " ")
	if len(said) > 200 {
		said = "…" + strings.ToValidUTF8(said[len(said)-200:], "")
	}
	return said
}

// missing says which of the powers that a case needs is not there; "" when none is missing.
func (h Hooks) missing(needs []cases.Power) string {
	for _, need := range needs {
		there := map[cases.Power]bool{cases.Restart: h.Restart != nil, cases.FailNext: h.FailNext != nil, cases.Advance: h.Advance != nil}
		if !there[need] {
			return fmt.Sprintf("it needs the hook %s", need)
		}
	}
	return ""
}
