package main

import (
	"io"
	"os"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/fridaygate/fridaygate/contracts/logfile"
)

// namedLogs returns the logs that arguments name, and the arguments that match no file. Arguments are files, globs, or - for
// standard input.
func namedLogs(names []string, std streams) (all []logfile.Log, absent []string) {
	for _, name := range names {
		if name == "-" {
			all = append(all, logfile.Log{Name: "standard input", Open: func() (io.ReadCloser, error) { return io.NopCloser(std.in), nil }})
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
