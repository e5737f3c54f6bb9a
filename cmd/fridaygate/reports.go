package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/renameio/v2/maybe"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/report/page"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// standardOutput is the file name that means standard output.
const standardOutput = "-"

// formats are the forms in which a report can be written to a file.
var formats = map[string]func(io.Writer, report.Report) error{
	"github":   report.Annotations,
	"html":     page.Write,
	"json":     report.JSON,
	"junit":    report.JUnit,
	"markdown": report.Markdown,
	"sarif":    report.SARIF,
	"tap":      report.TAP,
}

// reportFlags are the flags of every command that writes a report beside its text.
type reportFlags struct {
	Report []string `placeholder:"FORMAT=FILE" sep:"none" help:"Write the report as ${formats}; the file - is standard output. Repeatable."`
	JSON   string   `placeholder:"FILE" help:"Write the whole report as JSON; short for --report json=FILE."`
	HTML   string   `name:"html" placeholder:"FILE" help:"Write the report as one HTML page; short for --report html=FILE."`
	JUnit  string   `name:"junit" placeholder:"FILE" help:"Write the report as JUnit XML; short for --report junit=FILE."`
}

// output is one report to be written.
type output struct{ format, file string }

// outputs are the reports that a command writes beside its text.
type outputs []output

// outputs returns what the flags ask for, once it is known that all of it can be written.
func (f reportFlags) outputs() (outputs, error) {
	var all outputs
	for _, short := range []output{{"json", f.JSON}, {"junit", f.JUnit}, {"html", f.HTML}} {
		if short.file != "" {
			all = append(all, short)
		}
	}
	for _, flag := range f.Report {
		format, file, _ := strings.Cut(flag, "=")
		if formats[format] == nil || file == "" {
			return nil, exit(verdict.ExitUsage, fmt.Errorf("--report %s: want FORMAT=FILE, where FORMAT is %s", flag, formatNames()))
		}
		all = append(all, output{format, file})
	}
	return all, all.check()
}

// formatNames returns the names of the formats, for people.
func formatNames() string {
	names := slices.Sorted(maps.Keys(formats))
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// check finds out before a run whether its reports can be written.
func (o outputs) check() error {
	formatOf := map[string]string{} // of each file
	var failed []error
	for _, one := range o {
		file, shown := one.file, "standard output"
		if file != standardOutput {
			failed = append(failed, writable(file))
			shown = file
			if whole, err := filepath.Abs(file); err == nil {
				file = whole
			}
		}
		if other, taken := formatOf[file]; taken {
			return exit(verdict.ExitUsage, fmt.Errorf("two reports, %s and %s, go to %s: give each a file of its own", other, one.format, shown))
		}
		formatOf[file] = one.format
	}
	if err := errors.Join(failed...); err != nil {
		return exit(verdict.ExitUnknown, err)
	}
	return nil
}

// text is where the text goes: to standard error, if a report has standard output.
func (o outputs) text(std streams) io.Writer {
	if slices.ContainsFunc(o, func(one output) bool { return one.file == standardOutput }) {
		return std.err
	}
	return std.out
}

// raw is that stream as it is, for what a log obeys.
func (o outputs) raw(std streams) io.Writer {
	if o.text(std) == std.err {
		return std.raw.err
	}
	return std.raw.out
}

// write writes the reports, and in GitHub Actions what that shows by itself. It writes each, even if others cannot be written.
func (o outputs) write(std streams, r report.Report) error {
	var failed []error
	for _, one := range o {
		format := func(w io.Writer) error { return formats[one.format](w, r) }
		if one.file == standardOutput {
			failed = append(failed, format(std.raw.out))
		} else {
			failed = append(failed, writeFile(one.file, format))
		}
	}
	if std.getenv != nil {
		failed = append(failed, o.github(std, r))
	}
	return errors.Join(failed...)
}

// github marks files in the log of GitHub Actions, and appends a summary to that of the job. Nobody asked for these, so a summary
// that cannot be written is said and changes no verdict.
func (o outputs) github(std streams, r report.Report) error {
	if file := std.getenv("GITHUB_STEP_SUMMARY"); file != "" {
		if err := appendTo(file, r); err != nil {
			_, _ = fmt.Fprintf(std.err, "fridaygate: no summary of the job: %v\n", err) // an error here has no other place to go
		}
	}
	if std.getenv("GITHUB_ACTIONS") != "true" {
		return nil
	}
	return report.Annotations(o.raw(std), r)
}

func appendTo(file string, r report.Report) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(report.Markdown(f, r), f.Close())
}

// end returns how a command ends whose run came to r, and whose output met err. A pass without its report is not a pass.
func end(r report.Report, err error) error {
	code := r.Exit()
	if err != nil && code == verdict.ExitPass {
		code = verdict.ExitUnknown
	}
	if code == verdict.ExitPass {
		return nil
	}
	return exit(code, err)
}

// writable reports why a file cannot be written; it leaves no trace.
func writable(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return fmt.Errorf("write report %s: it is a folder: name a file", path)
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".fridaygate-*")
	if err != nil {
		return fmt.Errorf("write report %s: %w", path, err)
	}
	return errors.Join(temporary.Close(), os.Remove(temporary.Name()))
}

// writeFile writes a file whole or not at all.
func writeFile(path string, write func(io.Writer) error) error {
	var text bytes.Buffer
	err := write(&text)
	if err == nil {
		err = maybe.WriteFile(path, text.Bytes(), 0o644)
	}
	if err != nil {
		return fmt.Errorf("write report %s: %w", path, err)
	}
	return nil
}
