package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/fridaygate/fridaygate/contracts/printable"
	"github.com/fridaygate/fridaygate/contracts/report"
)

// statusLine is one line of a terminal that is written again and again. The zero value shows nothing.
type statusLine struct {
	w     io.Writer // nil: there is no terminal
	width int       // in columns
}

// status returns the status line of standard error; one that shows nothing where that is no terminal, or one that cannot go back.
func (s streams) status() statusLine {
	if !isTerminal(s.raw.err) || s.variable("TERM") == "dumb" {
		return statusLine{}
	}
	return statusLine{s.raw.err, width(s.raw.err, s.variable)}
}

// show replaces what the line shows. It is cut where the terminal ends.
func (l statusLine) show(text string) {
	if l.w != nil {
		_, _ = io.WriteString(l.w, "\r\x1b[K"+runewidth.Truncate(printable.Line(text), l.width-1, "…")) // nothing is lost with it
	}
}

// clear removes the line.
func (l statusLine) clear() {
	if l.w != nil {
		_, _ = io.WriteString(l.w, "\r\x1b[K")
	}
}

// progressBar shows how far a run is.
type progressBar struct {
	line    statusLine
	total   int
	now     func() time.Time
	started time.Time
	last    time.Time // when it was shown
	done    int
	red     int // checks that did not pass
}

// betweenBars is how long a bar stays as it is.
const betweenBars = 100 * time.Millisecond

func newProgressBar(line statusLine, total int, now func() time.Time) *progressBar {
	return &progressBar{line: line, total: total, now: now, started: now()}
}

// result counts a check, and shows the bar if the last one is old enough.
func (p *progressBar) result(r report.Result) {
	p.done++
	if r.Status() == "fail" || r.Status() == "unknown" {
		p.red++
	}
	now := p.now()
	if now.Sub(p.last) < betweenBars {
		return
	}
	p.last = now
	p.line.show(p.text(r, now.Sub(p.started)))
}

// barWidth is how wide the bar is, in columns.
const barWidth = 20

// text returns the bar, how fast the run is and how long it will take, and what ran last.
func (p *progressBar) text(r report.Result, took time.Duration) string {
	full := barWidth * p.done / max(p.total, p.done, 1)
	text := fmt.Sprintf("[%s%s] %d/%d", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), p.done, p.total)
	if p.red > 0 {
		text += fmt.Sprintf(", %d not passed", p.red)
	}
	if rate := float64(p.done) / took.Seconds(); took > 0 && rate > 0 {
		left := time.Duration(float64(p.total-p.done) / rate * float64(time.Second))
		text += fmt.Sprintf(", %.0f/s, %s left", rate, left.Round(time.Second))
	}
	return text + "  " + r.Subject + " " + r.Case
}
