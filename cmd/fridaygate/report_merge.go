package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/smoke/judge"
)

type reportMergeCommand struct {
	Files     []string `arg:"" name:"file" help:"Reports as JSON; a folder is all its *.json files."`
	Histories bool     `help:"Keep the histories of checks that passed; they are large, and stay in the files that are merged."`

	textFlags
	reportFlags
}

// Help explains what is joined, and the exit codes.
func (reportMergeCommand) Help() string {
	return `Joins the shards of one run, or the reports of different checks, and exits as one run of all of them: with 1 if a check
failed, and with 3 if a shard is missing or there twice, if two runs are mixed, or if a file is no report.

	fridaygate report merge shard-*.json --json smoke.json --junit smoke.xml`
}

// Run merges the reports, prints the whole, and writes it.
func (c *reportMergeCommand) Run(std streams) error {
	files, err := c.outputs()
	if err != nil {
		return err
	}
	joiner := report.Joiner{Histories: c.Histories}
	for _, name := range c.Files {
		c.add(&joiner, std, name)
	}
	r := joiner.Report()
	judge.Follow(r.Results) // the plain duplicate may be in another shard
	text := c.writer(std, files)
	text.Kinds = r.Target == ""
	text.Write(r)
	if err := files.write(std, r); err != nil {
		return end(r, err)
	}
	return end(r, text.Err)
}

// add adds a file, or every report of a folder. What cannot be read is a problem of the whole: a proven break in another
// file must not be hidden by it.
func (c *reportMergeCommand) add(to *report.Joiner, std streams, name string) {
	inside := []string{name}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		found, _ := fs.Glob(os.DirFS(name), "*.json") // a pattern that is right
		inside = nil
		for _, file := range found {
			inside = append(inside, filepath.Join(name, file))
		}
		if len(inside) == 0 {
			to.Unreadable(name, errors.New("no report in this folder: its files must be named *.json"))
		}
	}
	for _, file := range inside {
		r, err := parseReport(std, file)
		if err != nil {
			to.Unreadable(file, err)
			continue
		}
		to.Add(file, r)
	}
}
