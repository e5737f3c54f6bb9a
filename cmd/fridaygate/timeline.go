package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/logfile"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/report/page"
	"github.com/fridaygate/fridaygate/contracts/timeline"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/redact"
)

// timelineCommand merges what is known of one event.
type timelineCommand struct {
	Event     string   `required:"" placeholder:"ID" help:"Id of the event."`
	Report    string   `placeholder:"FILE" help:"Report of the smoke run that sent it, as JSON; - is standard input."`
	Logs      []string `placeholder:"FILE" sep:"none" help:"Logs and spans, plain or compressed: files, globs in quotes, or -. Repeatable."`
	More      []string `arg:"" optional:"" name:"log" help:"More logs."`
	Field     []string `placeholder:"KIND=NAME" sep:"none" help:"Name a field: request=ctx.rid. KIND: see above. Repeatable."`
	Zone      string   `placeholder:"NAME" help:"Zone of times that name none, such as Europe/Berlin. Default: UTC."`
	SecretEnv []string `placeholder:"VARIABLE" help:"Variables that hold secrets, which are shown as their names."`
	MaxLine   int      `placeholder:"MIB" default:"16" help:"Longer lines are not read, and said."`
	JSON      string   `placeholder:"FILE" help:"Write the timeline as JSON."`
	HTML      string   `name:"html" placeholder:"FILE" help:"Write the timeline as one HTML page."`
}

// Help explains what is read, how, and the exit codes.
func (timelineCommand) Help() string {
	return `Lines are found by the event's id, by the request and trace ids of its attempts in the report, and by the ids that stand beside
these in lines found so far. Each row says why it is there. Logs are JSON lines of any common logger, key=value lines or text, also as
docker, Docker Compose, kubectl or Kubernetes write them; spans are OTLP as JSON lines, as the OpenTelemetry Collector's file exporter
writes them. Standard input is copied to a temporary file, as logs are read once more for the ids that were learnt.

Clocks are compared by when requests were sent and answered. ~ marks rows whose order that leaves open.

KIND is time, message, level, service, host, request, trace, span, parent, mutation, secret or wrapped: a line in a line.

	0    the event was found, and all that was named could be read
	2    wrong usage
	3    it was not found, or not all could be read

	fridaygate timeline --event evt_5f2c --report smoke.json --logs '*.log'
	fridaygate timeline --event evt_5f2c --html event.html a.log.gz traces.jsonl
	docker logs invoices 2>&1 | fridaygate timeline --event evt_5f2c --logs -
	fridaygate timeline --event evt_5f2c --field request=ctx.rid app.log`
}

// Run reads the report and the logs, and prints the timeline.
func (c *timelineCommand) Run(ctx context.Context, std streams) error {
	files := c.outputs()
	if err := files.check(); err != nil {
		return err
	}
	o, err := c.options(std)
	if err != nil {
		return exit(verdict.ExitUsage, err)
	}
	logs, absent := namedLogs(slices.Concat(c.Logs, c.More), std)
	logs, remove, err := spooled(logs)
	if err != nil {
		return err
	}
	defer remove()
	line := std.status()
	o.Logs, o.Progress = logs, func(p timeline.Progress) {
		line.show(progressLine(p.Log, fmt.Sprintf("reading %d", p.Round), p.Read, p.Total, p.Took))
	}
	found := timeline.Read(ctx, o)
	line.clear()
	for _, name := range absent {
		found.Unread = append(found.Unread, timeline.Unread{Where: name, What: "no file matches"})
	}
	err = errors.Join(found.Text(files.text(std)), c.write(files, std, found))
	if code := found.Exit(); code != verdict.ExitPass {
		return exit(code, err)
	}
	return err
}

// outputs are the files that the flags name.
func (c *timelineCommand) outputs() (all outputs) {
	for _, one := range []output{{"json", c.JSON}, {"html", c.HTML}} {
		if one.file != "" {
			all = append(all, one)
		}
	}
	return all
}

func (c *timelineCommand) options(std streams) (o timeline.Options, err error) {
	o = timeline.Options{Event: strings.TrimSpace(c.Event), Names: timeline.DefaultNames(), MaxLine: c.MaxLine << 20}
	var wrong []error
	if o.Event == "" {
		wrong = append(wrong, errors.New("--event: must be an id"))
	}
	if c.Report == "" && len(c.Logs)+len(c.More) == 0 {
		wrong = append(wrong, errors.New("name what to read: --report FILE, --logs FILE, or both"))
	}
	if c.Report == "-" && slices.Contains(slices.Concat(c.Logs, c.More), "-") {
		wrong = append(wrong, errors.New("standard input is the report or a log, not both"))
	}
	for _, field := range c.Field {
		kind, name, _ := strings.Cut(field, "=")
		if o.Names, err = o.Names.With(kind, name); err != nil {
			wrong = append(wrong, fmt.Errorf("--field %s: %w", field, err))
		}
	}
	if c.Zone != "" {
		if o.Zone, err = time.LoadLocation(c.Zone); err != nil {
			wrong = append(wrong, fmt.Errorf("--zone: %w", err))
		}
	}
	if c.MaxLine < 1 || c.MaxLine > 1024 {
		wrong = append(wrong, fmt.Errorf("--max-line %d: must be from 1 to 1024 MiB", c.MaxLine))
	}
	secrets := map[string]string{}
	for _, name := range c.SecretEnv {
		if secrets[name] = std.getenv(name); secrets[name] == "" {
			wrong = append(wrong, fmt.Errorf("--secret-env %s: the variable is empty or not set", name))
		}
	}
	o.Redact = redact.New(secrets).Text
	if c.Report != "" && len(wrong) == 0 {
		var r report.Report
		if r, err = readReport(std, c.Report); err != nil {
			wrong = append(wrong, err)
		}
		o.Report = &r
	}
	return o, errors.Join(wrong...)
}

// spooled returns the logs with standard input in a temporary file, which remove removes: it can be read once alone.
func spooled(logs []logfile.Log) (all []logfile.Log, remove func(), err error) {
	remove = func() {}
	for i, log := range logs {
		if log.Name != standardInput {
			continue
		}
		file, err := os.CreateTemp("", "fridaygate-timeline-*")
		if err != nil {
			return nil, remove, err
		}
		remove = func() { _ = os.Remove(file.Name()) } // it is in the folder for temporary files
		from, err := log.Open()
		if err == nil {
			_, err = io.Copy(file, from)
		}
		if err := errors.Join(err, file.Close()); err != nil {
			remove()
			return nil, func() {}, fmt.Errorf("copy standard input: %w", err)
		}
		logs[i] = logfile.File(file.Name())
		logs[i].Name = standardInput
	}
	return logs, remove, nil
}

// write writes the timeline to the files.
func (c *timelineCommand) write(files outputs, std streams, t *timeline.Timeline) error {
	formats := map[string]func(io.Writer) error{
		"json": func(w io.Writer) error {
			e := json.NewEncoder(w)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			return e.Encode(t)
		},
		"html": func(w io.Writer) error { return page.WriteTimeline(w, t) },
	}
	var failed []error
	for _, one := range files {
		if one.file == standardOutput {
			failed = append(failed, formats[one.format](std.out))
		} else {
			failed = append(failed, writeFile(one.file, formats[one.format]))
		}
	}
	return errors.Join(failed...)
}
