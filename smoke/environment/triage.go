package environment

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/fridaygate/fridaygate/smoke/metrics"
	"github.com/fridaygate/fridaygate/smoke/triage"
)

// triageFile is the mapping of triage as it is written.
type triageFile struct {
	Metrics  string           `yaml:"metrics"`
	Window   time.Duration    `yaml:"window"`
	Levels   map[string]level `yaml:"levels"`
	Settings *struct {
		URL       string   `yaml:"url"`
		At        string   `yaml:"at"`
		MayDiffer []string `yaml:"may_differ"`
	} `yaml:"settings"`
	Event *struct {
		URL  string `yaml:"url"`
		Hops []struct {
			Name string `yaml:"name"`
			At   string `yaml:"at"`
			Is   values `yaml:"is"`
		} `yaml:"hops"`
	} `yaml:"event"`
	Headers map[string]string `yaml:"headers"`
	Without map[string]string `yaml:"without"`
}

type level struct {
	Count  texts  `yaml:"count"`
	Of     texts  `yaml:"of"`
	Usual  string `yaml:"usual"`
	Absent *int   `yaml:"absent"`
}

// texts are one text, or a list.
type texts []string

// UnmarshalYAML reads one text, or a list.
func (t *texts) UnmarshalYAML(text []byte) error {
	var one string
	if yaml.Unmarshal(text, &one) == nil {
		*t = texts{one}
		return nil
	}
	return yaml.Unmarshal(text, (*[]string)(t))
}

// values are scalars as JSON writes them, texts without quotes; one alone may be written without brackets.
type values []string

// UnmarshalYAML reads one value, or a list. The text is JSON.
func (v *values) UnmarshalYAML(text []byte) error {
	var all []json.RawMessage
	if json.Unmarshal(text, &all) != nil {
		all = []json.RawMessage{text}
	}
	for _, one := range all {
		plain := strings.TrimSpace(string(one))
		_ = json.Unmarshal(one, &plain) // any other value is taken as it is written
		*v = append(*v, plain)
	}
	return nil
}

// defaultWindow is the time between two readings of the metrics.
const defaultWindow = 5 * time.Second

// triage takes over where the service tells what triage asks.
func (l *loader) triage() {
	m := &triage.Mapping{Window: defaultWindow, Levels: map[string]*triage.Level{}, Header: http.Header{}}
	l.made.Triage = m
	f := l.file.Triage
	if f == nil {
		return
	}
	if m.Without = f.Without; f.Window > 0 {
		m.Window = f.Window
	}
	for name, value := range f.Headers {
		m.Header.Set(name, l.filled("triage.headers."+name, value))
	}
	m.Metrics = l.metrics(f.Metrics)
	for name, written := range f.Levels {
		m.Levels[name] = l.level("triage.levels."+name, written)
	}
	if len(m.Levels) > 0 && len(m.Metrics) == 0 {
		l.mistake("triage.metrics", "is missing: say where the metrics are, as levels need them")
	}
	if s := f.Settings; s != nil {
		m.Settings = &triage.Settings{URL: l.address("triage.settings.url", s.URL), At: s.At, MayDiffer: s.MayDiffer}
	}
	l.event(m)
	for name := range f.Without {
		if m.Levels[name] != nil || name == triage.Lineage && m.Event != nil || name == triage.Contracts && len(l.file.Contracts) > 0 {
			l.mistake("triage.without."+name, "the file says how it is looked at: drop the entry, or that")
		}
	}
}

// address returns a whole URL, or that of a path below target.
func (l *loader) address(key, text string) *url.URL {
	if strings.HasPrefix(text, "/") {
		text = l.made.Target + text
	}
	return l.url(key, text)
}

// metrics returns where the metrics of each replica are.
func (l *loader) metrics(text string) []*url.URL {
	const key = "triage.metrics"
	if text == "" {
		return nil
	}
	r := l.file.Revision
	if !strings.HasPrefix(text, "/") || r == nil || len(r.Replicas) == 0 {
		return []*url.URL{l.address(key, text)}
	}
	var all []*url.URL
	for _, base := range r.Replicas {
		all = append(all, l.url(key, strings.TrimRight(base, "/")+text))
	}
	return all
}

func (l *loader) level(key string, written level) *triage.Level {
	made := &triage.Level{
		Source: l.document.Place(key), Count: l.selectors(key+".count", written.Count), Of: l.selectors(key+".of", written.Of),
		AbsentIsZero: written.Absent != nil,
	}
	if written.Usual != "" {
		percent, err := strconv.ParseFloat(strings.TrimRight(written.Usual, " %"), 64)
		if err != nil || percent > 100 {
			l.mistake(key+".usual", "%q: must be a percentage from 0 to 100, such as 2.5%%", written.Usual)
		}
		share := percent / 100
		made.Usual = &share
	}
	return made
}

func (l *loader) selectors(key string, written texts) []metrics.Selector {
	var all []metrics.Selector
	for _, one := range written {
		s, err := metrics.NewSelector(one)
		if err != nil {
			l.mistake(key, "%v", err)
		}
		all = append(all, s)
	}
	return all
}

// event takes over where events are shown.
func (l *loader) event(m *triage.Mapping) {
	written := l.file.Triage.Event
	if written == nil {
		return
	}
	const key = "triage.event"
	base, path := l.made.Target, written.URL
	if !strings.HasPrefix(path, "/") {
		scheme, rest, _ := strings.Cut(path, "://")
		host, below, _ := strings.Cut(rest, "/")
		base, path = scheme+"://"+host, "/"+below
	}
	m.Event = &triage.Event{Source: l.document.Place(key), Base: l.url(key+".url", base), Path: path}
	seen := map[string]bool{}
	for i, hop := range written.Hops {
		if seen[hop.Name] {
			l.mistake(fmt.Sprintf("%s.hops[%d].name", key, i), "%q: another hop has that name too", hop.Name)
		}
		seen[hop.Name] = true
		m.Event.Hops = append(m.Event.Hops, triage.Hop{Name: hop.Name, At: hop.At, Is: hop.Is})
	}
}
