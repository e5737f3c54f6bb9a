package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/fridaygate/fridaygate/contracts/logfile"
)

// standardInput is what messages call the log that - names.
const standardInput = "standard input"

// namedLogs returns the logs that arguments name, and the arguments that match no file. Arguments are files, globs, or - for
// standard input.
func namedLogs(names []string, std streams) (all []logfile.Log, absent []string) {
	for _, name := range names {
		if name == "-" {
			all = append(all, logfile.Log{Name: standardInput, Open: func() (io.ReadCloser, error) { return io.NopCloser(std.in), nil }})
			continue
		}
		if _, err := os.Stat(name); err == nil || !strings.ContainsAny(name, "*?[{") {
			all = append(all, logfile.File(name))
			continue
		}
		matches, err := doublestar.FilepathGlob(name, doublestar.WithFilesOnly())
		if err != nil || len(matches) == 0 {
			absent = append(absent, name)
		}
		slices.Sort(matches)
		for _, match := range matches {
			all = append(all, logfile.File(match))
		}
	}
	return all, absent
}

// progressLine says how far the reading of logs is, how fast, and how long it will take.
func progressLine(log, what string, read, total int64, took time.Duration) string {
	const mb = 1_000_000
	rate := float64(read) / max(took.Seconds(), 0.001)
	line := fmt.Sprintf("%s: %d MB read, %s, %.0f MB/s", log, read/mb, what, rate/mb)
	if total > read && rate > 0 {
		left := time.Duration(float64(total-read) / rate * float64(time.Second))
		line += fmt.Sprintf(", %s left", left.Round(time.Second))
	}
	return line
}
