package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/senders"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

type sendersCommand struct {
	Explain string `placeholder:"NAME" help:"Print one sender's profile, with the source of each line."`
}

// Run lists the profiles of senders, or prints one.
func (c *sendersCommand) Run(std streams) error {
	lines := listing{out: std.out}
	if c.Explain != "" {
		text, err := senders.Open(c.Explain)
		if err != nil {
			return exit(verdict.ExitUsage, fmt.Errorf("sender: %w", err))
		}
		settings, err := senders.Explain(c.Explain)
		if err != nil {
			return err
		}
		lines.say("# %d settings, %s\n%s", len(settings), summary(settings), text)
		return lines.err
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	lines.out = table
	const row = "%s\t%s\t%s\t%s\t%s\t%s\t%s\n"
	lines.say(row, "NAME", "SCHEME", "ID", "DELIVERED", "WITHIN", "RETRIES", "CONFIRMED")
	for _, name := range senders.Names() {
		profile, err := webhook.Profile(name)
		if err != nil {
			return err
		}
		settings, err := senders.Explain(name)
		if err != nil {
			return err
		}
		lines.say(row, name, profile.Signature.Scheme, identity(profile.EventID), delivered(profile.Policy), within(profile.Policy),
			retries(profile.Retries), confirmed(settings))
	}
	return errors.Join(lines.err, table.Flush())
}

// summary counts settings by their basis.
func summary(settings []senders.Line) string {
	of := count(settings)
	return fmt.Sprintf("confirmed by a source that was read: %d, by others that quote one: %d; not confirmed: %d; Fridaygate's own: %d",
		of[senders.Confirmed], of[senders.SecondHand], of[senders.Unconfirmed], of[senders.Ours])
}

// confirmed reports how many of the settings that the vendor decides are confirmed.
func confirmed(settings []senders.Line) string {
	of := count(settings)
	return fmt.Sprintf("%d of %d", of[senders.Confirmed], len(settings)-of[senders.Ours])
}

func count(settings []senders.Line) map[senders.Basis]int {
	of := map[senders.Basis]int{}
	for _, line := range settings {
		of[line.Basis]++
	}
	return of
}

// identity returns where an event's id travels.
func identity(id webhook.EventID) string {
	var places []string
	if len(id.Fields) > 0 {
		return "none: " + strings.Join(id.Fields, " ")
	}
	for _, place := range []string{id.Header, id.Pointer, id.Form} {
		if place != "" {
			places = append(places, place)
		}
	}
	return strings.Join(places, " and ")
}

func delivered(p webhook.Policy) string {
	var all []string
	for _, statuses := range p.Delivered {
		all = append(all, statuses.String())
	}
	return strings.Join(all, " ")
}

func within(p webhook.Policy) string {
	if p.Acknowledge == 0 {
		return "-"
	}
	return short(p.Acknowledge)
}

func retries(r webhook.Retries) string {
	switch {
	case r.None != "" && r.Span() == 0:
		return "none"
	case r.None != "":
		return "none; up to " + short(r.Span()) + " later by hand"
	case len(r.After) > 0:
		return fmt.Sprintf("%d over %s", len(r.After), short(r.Span()))
	}
	return "over " + cmp.Or(short(r.Span()), "an unknown time")
}

// short writes a duration without its zero parts: 72h, not 72h0m0s.
func short(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = strings.TrimSuffix(text, zero[1:])
		}
	}
	return text
}
