package main

import (
	"io"
	"os"
	"strconv"

	"github.com/mattn/go-isatty"
	"golang.org/x/term"

	"github.com/fridaygate/fridaygate/contracts/report"
)

// textFlags are the flags of every command that writes a report as text.
type textFlags struct {
	Verbose bool `short:"v" help:"Show every check, not those of one cause as one."`
	Quiet   bool `short:"q" help:"Show what did not pass, and the last line."`
}

// writer returns what writes a report as text to where the outputs leave room for it.
func (f textFlags) writer(std streams, files outputs) report.Text {
	w := files.raw(std)
	t := report.Text{
		W: w, Verbose: f.Verbose, Quiet: f.Quiet, Groups: std.variable("GITHUB_ACTIONS") == "true",
		Colour: coloured(isTerminal(w), std.variable),
	}
	if isTerminal(w) {
		t.Width = width(w, std.variable)
	}
	return t
}

// status returns the status line for a run; with --quiet one that shows nothing.
func (f textFlags) status(std streams) statusLine {
	if f.Quiet {
		return statusLine{}
	}
	return std.status()
}

// variable returns an environment variable; "" where there are none.
func (s streams) variable(name string) string {
	if s.getenv == nil {
		return ""
	}
	return s.getenv(name)
}

// coloured reports whether to use colours, as https://no-color.org and https://bixense.com/clicolors have it.
func coloured(terminal bool, getenv func(string) string) bool {
	switch force := getenv("CLICOLOR_FORCE"); {
	case getenv("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	case getenv("TERM") == "dumb", getenv("CLICOLOR") == "0":
		return false
	}
	return terminal
}

func isTerminal(w io.Writer) bool {
	file, isFile := w.(*os.File)
	return isFile && isatty.IsTerminal(file.Fd())
}

// usualWidth is how many columns a terminal has that does not say it.
const usualWidth = 80

// width returns how many columns a terminal has. COLUMNS overrides what it says.
func width(w io.Writer, getenv func(string) string) int {
	if n, err := strconv.Atoi(getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	if file, isFile := w.(*os.File); isFile {
		if n, _, err := term.GetSize(int(file.Fd())); err == nil && n > 0 {
			return n
		}
	}
	return usualWidth
}
