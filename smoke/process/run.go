package process

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// Run runs a program, words[0], with its arguments and returns the beginning of its standard output, at most 4 KiB. The
// error of a program that fails ends with what it printed last, on standard error if anything; when ctx ends first, it is
// that of ctx. A program that ended well and left others running has not failed.
func Run(ctx context.Context, words []string) (string, error) {
	run := Command(ctx, words[0], words[1:]...)
	var output, complaint printed
	run.Stdout, run.Stderr = &output, &complaint
	err := run.Run()
	if err == nil || errors.Is(err, exec.ErrWaitDelay) {
		return string(output.first), nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if said := cmp.Or(complaint.end(), output.end()); said != "" {
		err = fmt.Errorf("%w: %s", err, said)
	}
	return "", err
}

// printed keeps the first and the last bytes of what a program prints, however much that is.
type printed struct{ first, last []byte }

const keptLimit = 4 << 10

func (p *printed) Write(b []byte) (int, error) {
	p.first = append(p.first, b[:min(len(b), keptLimit-len(p.first))]...)
	p.last = append(p.last, b[max(0, len(b)-keptLimit):]...)
	p.last = p.last[:copy(p.last, p.last[max(0, len(p.last)-keptLimit):])]
	return len(b), nil
}

// shown is how many bytes of an output fit a line.
const shown = 200

// end returns the end of an output, on one line.
func (p *printed) end() string {
	said := oneLine(string(p.last))
	if len(said) > shown {
		said = "…" + strings.ToValidUTF8(said[len(said)-shown:], "")
	}
	return said
}

// Excerpt returns the beginning of an output, on one line.
func Excerpt(output string) string {
	said := oneLine(output)
	if len(said) > shown {
		said = strings.ToValidUTF8(said[:shown], "") + "…"
	}
	return said
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
