package triage

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/metrics"
)

// readings are what a side's metrics were, at the beginning and at the end of the window.
type readings struct {
	before, after []metrics.Scrape
	took          time.Duration // between them
	err           error         // why there are none
}

// total adds up what a level counts, over all replicas.
func (l *Level) total(all []metrics.Scrape) (counted, error) {
	var c counted
	for _, scrape := range all {
		for _, s := range l.Count {
			n, err := scrape.Sum(s)
			var absent *metrics.AbsentError
			if l.AbsentIsZero && errors.As(err, &absent) {
				n, err = 0, nil
			}
			if err != nil {
				return c, err
			}
			c.n += n
		}
		for _, s := range l.Of {
			n, err := scrape.Sum(s)
			if err != nil {
				return c, err
			}
			c.of += n
		}
	}
	if c.n > c.of {
		return c, fmt.Errorf("it counts %s of %s: count must be a part of of", number(c.n), number(c.of))
	}
	return c, nil
}

// usual returns the largest share that is usual, and why, if that is not in the file.
func (r *run) usual(name string, l *Level) (share float64, why string, err error) {
	if l.Usual != nil {
		return *l.Usual, "", nil
	}
	b := r.options.B
	if b == nil {
		return 0, "", fmt.Errorf("nothing says what is usual: add usual to triage.levels.%s in %s, or compare with --against", name,
			r.options.A.File)
	}
	other := b.Mapping.Levels[name]
	if other == nil {
		return 0, "", fmt.Errorf("%s maps no %s to compare with: add triage.levels.%s, or usual to %s", b.File, name, name, r.options.A.File)
	}
	if r.b.err != nil {
		return 0, "", fmt.Errorf("%s has no level to compare with: %w", b.Name, r.b.err)
	}
	c, err := other.total(r.b.after)
	if err != nil {
		return 0, "", fmt.Errorf("%s has no level to compare with: %w", b.Name, err)
	}
	noun := described(name).Noun
	if c.of < enough {
		return 0, "", fmt.Errorf("%s has %s since its start: fewer than %d are no level to compare with", b.Name, c.in(noun), enough)
	}
	_, high := c.bounds()
	return high, fmt.Sprintf("%s has %s, which makes up to %s usual", b.Name, c.in(noun), percent(high)), nil
}

// level judges one level: since the process started, and now.
func (r *run) level(name string) report.Result {
	result := r.result(name)
	a, noun := r.options.A, described(name).Noun
	l := a.Mapping.Levels[name]
	result.Source, result.Sent = l.Source, "GET "+where(a)
	if r.a.err != nil {
		return unknown(result, r.a.err)
	}
	total, err := l.total(r.a.after)
	if err != nil {
		return unknown(result, fmt.Errorf("%s: %w: correct triage.levels.%s", where(a), err, name))
	}
	since := total.in(noun) + " since the start" + age(r.a.after, r.options.Now())
	worst, said, lines := total, since, []string{since}
	now, reset := r.window(l, total)
	if reset == nil {
		lines = append(lines, fmt.Sprintf("%s in the last %s", now.in(noun), r.a.took.Round(100*time.Millisecond)))
	}
	usual, why, err := r.usual(name, l)
	if why != "" {
		lines = append(lines, why)
	}
	result.Received = strings.Join(lines, "\n")
	if err != nil {
		return unknown(result, err)
	}
	if reset == nil && now.above(usual) {
		worst, said = now, lines[1]
	}
	switch {
	case worst.above(usual):
		result.Verdict = verdict.Fail
		result.Findings = []verdict.Finding{{
			Rule: name, Where: selectors(l.Count), Expected: "at most " + percent(usual), Got: said, Check: []string{described(name).Next},
		}}
	case reset != nil:
		return unknown(result, reset)
	case total.of < enough:
		return unknown(result, fmt.Errorf("fewer than %d %s show nothing: look again later", enough, noun))
	case total.share() > usual:
		return unknown(result, fmt.Errorf("more than the usual %s, and may be chance: look again later, or with a longer --window",
			percent(usual)))
	default:
		result.Verdict = verdict.Pass
	}
	return result
}

// window returns what was counted within the window. The error says why that is not known.
func (r *run) window(l *Level, total counted) (counted, error) {
	restarted := errors.New("the counters began anew while they were watched: the service restarted, or another replica answered " +
		"(list each in revision.replicas)")
	for i, before := range r.a.before {
		if before.Started != r.a.after[i].Started {
			return counted{}, restarted
		}
	}
	before, err := l.total(r.a.before)
	if err != nil {
		return counted{}, err
	}
	now, went := total.minus(before)
	if !went {
		return counted{}, restarted
	}
	return now, nil
}

// age says how long ago the process started that started last, if it says so.
func age(all []metrics.Scrape, now time.Time) string {
	last := 0.0
	for _, one := range all {
		last = max(last, one.Started)
	}
	if last == 0 {
		return ""
	}
	ago := max(0, now.Sub(time.Unix(int64(last), 0))).Round(time.Second)
	if ago >= time.Hour {
		return " " + strings.TrimSuffix(ago.Round(time.Minute).String(), "0s") + " ago"
	}
	return " " + ago.String() + " ago"
}

// where names where a side's metrics are.
func where(s *Side) string {
	text := shownURL(s.Mapping.Metrics[0].String())
	if more := len(s.Mapping.Metrics) - 1; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func selectors(all []metrics.Selector) string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = one.String()
	}
	return strings.Join(texts, " + ")
}
