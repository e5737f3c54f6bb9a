package timeline

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/fridaygate/fridaygate/contracts/printable"
)

// The columns of the text.
const (
	textWidth  = 80
	whoWidth   = 10
	whatColumn = 3 + 1 + 2 + 9 + whoWidth + 1
	mostLines  = 4 // of what a row says
)

// Text writes the timeline for a terminal of 80 columns.
func (t *Timeline) Text(w io.Writer) error {
	p := &textWriter{w: w}
	p.head(t)
	p.clocks(t)
	from, _ := t.Span()
	if t.Found() {
		p.printf("\n")
	}
	for _, row := range t.Rows {
		p.row(row, from)
	}
	p.legend(t)
	p.ids(t)
	p.list("Could not be read:", t.unreadLines())
	p.list("Notes:", t.Notes)
	return p.err
}

// textWriter keeps the first error.
type textWriter struct {
	w   io.Writer
	err error
}

func (p *textWriter) printf(format string, a ...any) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, printable.Text(fmt.Sprintf(format, a...)))
	}
}

// paragraph writes text after a title, wrapped, with later lines below the text.
func (p *textWriter) paragraph(title, text string) {
	indent := runewidth.StringWidth(title)
	for i, line := range wrap(text, textWidth-indent) {
		if i > 0 {
			title = strings.Repeat(" ", indent)
		}
		p.printf("%s\n", strings.TrimRight(title+line, " "))
	}
}

func (p *textWriter) head(t *Timeline) {
	if !t.Found() {
		what := "NOT FOUND"
		if t.Interrupted {
			what = "INTERRUPTED"
		}
		p.paragraph(what+": ", "no line that was read names event "+t.Event+".")
		if len(t.Near) > 0 {
			p.list("Ids like it are there:", t.Near)
		}
		return
	}
	from, to := t.Span()
	p.printf("Event %s\n", t.Event)
	if from.IsZero() {
		p.printf("%s, none with a time\n", plural(len(t.Rows), "row"))
	} else {
		begun := from.UTC().Format("2006-01-02 15:04:05.000000 UTC")
		p.printf("%s in %s, from %s\n", plural(len(t.Rows), "row"), shortTime(to.Sub(from)), begun)
	}
	for _, c := range t.Checks {
		text := fmt.Sprintf("%s of %s: %s", c.Case, c.Subject, c.Verdict)
		if len(c.Rules) > 0 {
			text += " (" + strings.Join(c.Rules, ", ") + ")"
		}
		p.paragraph("check ", text)
	}
}

func (p *textWriter) clocks(t *Timeline) {
	if len(t.Clocks) < 2 {
		return
	}
	reference := t.Clocks[slices.IndexFunc(t.Clocks, func(c Clock) bool { return c.Reference })]
	p.printf("\nClocks, compared with that of %s:\n", reference.Name)
	for _, c := range t.Clocks {
		if !c.Reference {
			p.paragraph(fmt.Sprintf("  %-*s ", whoWidth+4, runewidth.Truncate(c.Name, whoWidth+4, "…")), c.Words())
		}
	}
}

// Words says how a clock compares with the reference clock.
func (c Clock) Words() string {
	switch {
	case c.Reference:
		return "the reference"
	case !c.Compared && c.Shift != 0:
		return fmt.Sprintf("at least %s; bounded on one side alone, so it is corrected by that", signed(c.Shift))
	case !c.Compared:
		return "not compared: nothing that was read bounds its offset. Its times stand as they were logged"
	}
	text := fmt.Sprintf("%s ± %s, by %s", signed(c.Offset), shortTime(c.Error), plural(c.Evidence, "comparison"))
	if c.Shift == 0 {
		text += "; it may be right, so its times stand as they were logged"
	} else {
		text += fmt.Sprintf("; its times are corrected by %s", shortTime(-c.Shift))
		if c.likeZone() {
			text += ". That is like another time zone: --zone says which one times without a zone are of"
		}
	}
	if c.Contrary {
		text += ". No offset fits all of them: it was set meanwhile, or is that of several machines"
	}
	return text
}

func signed(d time.Duration) string {
	return shortTime(d.Abs()) + map[bool]string{true: " behind", false: " ahead"}[d < 0]
}

// likeZone reports whether an offset is that of a time zone.
func (c Clock) likeZone() bool {
	const unit, slack = 15 * time.Minute, 5 * time.Second
	rest := (c.Offset.Abs() - c.Offset.Abs().Round(unit)).Abs()
	return c.Offset.Abs() >= 2*unit-slack && rest <= c.Error+slack
}

func (p *textWriter) row(row Row, from time.Time) {
	at := "no time"
	if !row.At.IsZero() {
		at = "+" + shortTime(row.At.Sub(from))
	}
	mark := " "
	if len(row.Either) > 0 {
		mark = "~"
	}
	if row.Kind == Mutation {
		mark += "*"
	}
	who := runewidth.FillRight(runewidth.Truncate(printable.Line(row.Who), whoWidth, "…"), whoWidth)
	title := fmt.Sprintf("%3d %-2s%-8s %s ", row.Number, mark, at, who)
	lines := wrap(printable.Line(row.Said()), textWidth-whatColumn)
	if len(lines) > mostLines {
		lines = append(lines[:mostLines-1], runewidth.Truncate(lines[mostLines-1], textWidth-whatColumn-1, "")+"…")
	}
	if why := row.whyHere(); why != "" {
		lines = append(lines, wrap("- "+printable.Line(why), textWidth-whatColumn)...)
	}
	for i, line := range lines {
		if i > 0 {
			title = strings.Repeat(" ", whatColumn)
		}
		p.printf("%s\n", strings.TrimRight(title+line, " "))
	}
}

// Said returns what a row says, with what else its line says.
func (row Row) Said() string {
	text := row.Text
	if row.Attempt > 0 && row.Who != Gate {
		text = fmt.Sprintf("#%d %s", row.Attempt, text)
	}
	if row.Level != "" {
		text = row.Level + ": " + text
	}
	if row.Kind == Span || row.Kind == Mutation && row.Took > 0 {
		text += ", took " + shortTime(row.Took)
	}
	if row.Kind == Answered {
		text += ", after " + shortTime(row.Took)
	}
	for _, f := range row.Fields {
		text += fmt.Sprintf(" %s=%s", f.Name, f.Value)
	}
	return cmp.Or(strings.TrimSpace(text), "(no message)")
}

// whyHere returns where a row stands and why it is there. All rows of the gate are of the report.
func (row Row) whyHere() string {
	var parts []string
	if row.Who != Gate {
		parts = append(parts, row.Where+", by "+row.Why)
	}
	if len(row.Either) > 0 {
		parts = append(parts, "could be either order with "+Numbers(row.Either))
	}
	return strings.Join(parts, "; ")
}

// Numbers returns numbers as people write them: 3, 5-8.
func Numbers(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		if j > i {
			parts = append(parts, fmt.Sprintf("%d-%d", numbers[i], numbers[j]))
		} else {
			parts = append(parts, fmt.Sprint(numbers[i]))
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

func (p *textWriter) legend(t *Timeline) {
	open := slices.ContainsFunc(t.Rows, func(r Row) bool { return len(r.Either) > 0 })
	changed := slices.ContainsFunc(t.Rows, func(r Row) bool { return r.Kind == Mutation })
	if open || changed {
		p.printf("\n")
	}
	if changed {
		p.printf("* a service says that it changed a state\n")
	}
	if open {
		p.printf("~ could be either order with the rows named: the clocks cannot decide it\n")
	}
}

// mostIDsShown is how many ids of a kind the text names.
const mostIDsShown = 4

func (p *textWriter) ids(t *Timeline) {
	p.printf("\n")
	p.paragraph("Looked for in ", cmp.Or(t.logNames(), "no log")+":")
	for _, kind := range []IDKind{EventID, RequestID, TraceID} {
		of := slices.DeleteFunc(slices.Clone(t.IDs), func(id ID) bool { return id.Kind != kind || id.depth > 0 && id.Rows < 2 })
		for i, id := range of {
			if i == mostIDsShown && len(of) > mostIDsShown+1 {
				p.printf("  %-8s %d more\n", kind, len(of)-i)
				break
			}
			p.paragraph(fmt.Sprintf("  %-8s ", kind), fmt.Sprintf("%s: %s; %s", id.Value, plural(id.Rows, "row"), id.Why))
		}
	}
}

func (t *Timeline) logNames() string {
	var names []string
	for _, f := range t.Files {
		names = append(names, fmt.Sprintf("%s (%s)", f.Short, plural(f.Lines, "line")))
	}
	if len(names) > 3 {
		names = append(names[:2], fmt.Sprintf("%d more logs", len(names)-2))
	}
	return strings.Join(names, ", ")
}

func (t *Timeline) unreadLines() []string {
	var all []string
	for _, u := range t.Unread {
		all = append(all, u.Where+": "+u.What)
	}
	return all
}

func (p *textWriter) list(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.printf("\n%s\n", title)
	for _, line := range lines {
		p.paragraph("  ", printable.Line(line))
	}
}

// wrap breaks text into lines of at most that many columns, between words where it can.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && runewidth.StringWidth(line)+1+runewidth.StringWidth(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for runewidth.StringWidth(word) > width {
			part := cmp.Or(runewidth.Truncate(word, width, ""), word)
			lines, word = append(lines, part), word[len(part):]
		}
		line = word
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// shortTime returns a duration with three digits, or as exactly as it is needed.
func shortTime(d time.Duration) string {
	unit := time.Duration(1)
	for d.Abs()/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit).String()
}
