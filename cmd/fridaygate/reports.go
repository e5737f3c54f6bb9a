package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// standardOutput is the file name that means standard output.
const standardOutput = "-"

// outputs are the reports that a command writes beside its text.
type outputs struct {
	json, junit string // files; "" writes none, "-" is standard output
}

// check finds out before a run whether its reports can be written.
func (o outputs) check() error {
	if o.json == standardOutput && o.junit == standardOutput {
		return exit(verdict.ExitUsage, errors.New("--json - and --junit -: only one report can go to standard output"))
	}
	var failed []error
	for _, file := range []string{o.json, o.junit} {
		if file != "" && file != standardOutput {
			failed = append(failed, writable(file))
		}
	}
	if err := errors.Join(failed...); err != nil {
		return exit(verdict.ExitUnknown, err)
	}
	return nil
}

// text is where the text goes: to standard error, if a report has standard output.
func (o outputs) text(std streams) io.Writer {
	if o.json == standardOutput || o.junit == standardOutput {
		return std.err
	}
	return std.out
}

// write writes the reports.
func (o outputs) write(std streams, json, junit func(io.Writer) error) error {
	var failed []error
	for _, one := range []struct {
		file  string
		write func(io.Writer) error
	}{{o.json, json}, {o.junit, junit}} {
		switch one.file {
		case "":
		case standardOutput:
			failed = append(failed, one.write(std.out))
		default:
			failed = append(failed, writeFile(one.file, one.write))
		}
	}
	return errors.Join(failed...)
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
	temporary, err := os.CreateTemp(filepath.Dir(path), ".fridaygate-*")
	if err != nil {
		return fmt.Errorf("write report %s: %w", path, err)
	}
	err = write(temporary)
	if err == nil {
		err = temporary.Chmod(0o644)
	}
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write report %s: %w", path, err), os.Remove(temporary.Name()))
	}
	return nil
}
