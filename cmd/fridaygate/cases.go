package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

type casesCommand struct {
	Fixtures []string `placeholder:"DIR" sep:"none" help:"Folder of golden webhooks: also list the cases that apply to each. Repeatable."`
	Explain  string   `placeholder:"CASE" help:"Explain one case, or all that match a glob."`
}

// Run lists the cases.
func (c *casesCommand) Run(std streams) error {
	all, err := cases.Catalogue(c.Explain)
	if err != nil {
		return exit(verdict.ExitUsage, err)
	}
	lines := listing{out: std.out}
	for _, one := range all {
		if c.Explain == "" {
			lines.say("%-28s %-9s %s\n", one.Name, one.Severity, one.Sends)
			continue
		}
		lines.say("%s (%s)\n  sent      %s\n  must hold %s\n  basis     %s\n", one.Name, one.Severity, one.Sends, one.Holds, one.Basis)
		if one.Advice != "" {
			lines.say("  advice    it never fails a run, unless webhook.yaml names it under enforce: %s\n", one.Advice)
		}
	}
	for _, dir := range c.Fixtures {
		if err := c.apply(&lines, filepath.Clean(dir)); err != nil {
			return exit(verdict.ExitUsage, err)
		}
	}
	return lines.err
}

func (c *casesCommand) only() []string {
	if c.Explain == "" {
		return nil
	}
	return []string{c.Explain}
}

// apply prints how many cases each fixture of a folder has, and which do not apply and why.
func (c *casesCommand) apply(lines *listing, dir string) error {
	contract, err := webhook.Load(dir)
	if err != nil {
		return err
	}
	all, err := fixtures.Load(dir, contract.Files()...)
	if err != nil {
		return err
	}
	var broken []error
	for _, f := range all {
		derived, err := cases.Derive(f, contract, "cases", c.only()...)
		if err != nil {
			broken = append(broken, err)
			continue
		}
		var not []string
		n := 0
		for _, one := range derived {
			switch {
			case one.NotApplicable != "":
				not = append(not, fmt.Sprintf("  n/a     %-26s %s", one.Name, one.NotApplicable))
			case len(one.Needs) > 0:
				n++
				not = append(not, fmt.Sprintf("  hook    %-26s applies where the gate has the hook %s", one.Name, one.Needs[0]))
			default:
				n++
			}
		}
		lines.say("\n%s: %d cases apply\n", filepath.ToSlash(filepath.Join(dir, f.Name)), n)
		if len(not) > 0 {
			lines.say("%s\n", strings.Join(not, "\n"))
		}
	}
	return errors.Join(broken...)
}

// listing writes lines, and keeps the first error.
type listing struct {
	out io.Writer
	err error
}

func (l *listing) say(format string, args ...any) {
	if l.err == nil {
		_, l.err = fmt.Fprintf(l.out, format, args...)
	}
}
