package metrics

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/spelling"
)

// ContentType is what to ask for (the Accept header): the format of Prometheus rather than that of OpenMetrics, and neither in
// protobuf (https://prometheus.io/docs/instrumenting/exposition_formats/).
const ContentType = "text/plain;version=0.0.4,application/openmetrics-text;version=1.0.0;q=0.5"

// Sample is one line of what a service exposes.
type Sample struct {
	Metric string
	Labels map[string]string
	Value  float64
}

// Scrape is what a service exposed at one time, as far as it was asked for.
type Scrape struct {
	Started float64 // when the process started, in seconds since 1970 (process_start_time_seconds); 0: it does not say
	Samples []Sample
	names   []string          // of all metrics, for suggestions
	types   map[string]string // of each metric that has one
}

const (
	startMetric = "process_start_time_seconds"
	lineLimit   = 1 << 20 // bytes of one line
	namesLimit  = 10_000  // metrics that are remembered for suggestions
)

// ErrTooLarge reports that a service exposes more than may be read.
var ErrTooLarge = errors.New("too large")

// Read reads what a service exposes, and keeps the samples of metrics that are wanted. It reads at most limit bytes. A line that is not
// of the format is an error, and so is a text that ends in the middle: what is missing could be what was asked for.
func Read(r io.Reader, limit int64, wanted ...Selector) (Scrape, error) {
	bounded := &io.LimitedReader{R: r, N: limit + 1}
	s := Scrape{types: map[string]string{}}
	lines := bufio.NewReaderSize(bounded, 64<<10)
	for number := 1; ; number++ {
		line, err := readLine(lines)
		switch {
		case bounded.N <= 0:
			return Scrape{}, fmt.Errorf("%w: it exposes more than %d MiB, which is the most that is read", ErrTooLarge, limit>>20)
		case errors.Is(err, io.EOF) && line == "" && number > 1:
			return s, nil
		case errors.Is(err, io.EOF):
			return Scrape{}, fmt.Errorf("line %d: it ends without a line feed: it is not whole, or not the text format of Prometheus", number)
		case err != nil:
			return Scrape{}, err
		}
		if err := s.line(line, wanted); err != nil {
			return Scrape{}, fmt.Errorf("line %d: not the text format of Prometheus: %w", number, err)
		}
	}
}

// readLine returns a line without its end; io.EOF with what comes after the last one.
func readLine(r *bufio.Reader) (string, error) {
	var long []byte
	for {
		part, err := r.ReadSlice('\n')
		long = append(long, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull) && len(long) <= lineLimit:
			continue
		case errors.Is(err, bufio.ErrBufferFull):
			return "", fmt.Errorf("%w: one line is longer than %d MiB", ErrTooLarge, lineLimit>>20)
		case err != nil:
			return string(long), err
		}
		return strings.TrimSuffix(strings.TrimSuffix(string(long), "\n"), "\r"), nil
	}
}

// line takes one line over.
func (s *Scrape) line(line string, wanted []Selector) error {
	text := strings.TrimLeft(line, " \t")
	if text == "" {
		return nil
	}
	if strings.HasPrefix(text, "#") {
		if fields := strings.Fields(text); len(fields) >= 4 && fields[1] == "TYPE" {
			s.types[fields[2]] = fields[3]
		}
		return nil
	}
	name, labels, value, err := parse(text)
	if err != nil {
		return err
	}
	if name == startMetric {
		s.Started = value
	}
	if len(s.names) < namesLimit && (len(s.names) == 0 || s.names[len(s.names)-1] != name) {
		s.names = append(s.names, name)
	}
	if slices.ContainsFunc(wanted, func(w Selector) bool { return w.Metric == name }) {
		one := Sample{Metric: name, Labels: make(map[string]string, len(labels)), Value: value}
		for _, label := range labels {
			one.Labels[label.name] = label.value
		}
		s.Samples = append(s.Samples, one)
	}
	return nil
}

// parse reads a sample: a series, a value, and perhaps a time and an exemplar, which say nothing here.
func parse(line string) (name string, labels []label, value float64, err error) {
	l := lexer{line}
	if name, labels, err = l.series("="); err != nil {
		return "", nil, 0, err
	}
	rest, _, _ := strings.Cut(l.rest, " # {") // an exemplar of OpenMetrics
	text, at, _ := strings.Cut(strings.TrimSpace(rest), " ")
	if text == "" {
		return "", nil, 0, fmt.Errorf("want a value after %s, and there is %q", name, clip(l.rest))
	}
	for _, field := range []string{strings.TrimSpace(at), text} {
		if field == "" {
			continue // a sample needs no time
		}
		if value, err = strconv.ParseFloat(field, 64); err != nil && !errors.Is(err, strconv.ErrRange) {
			return "", nil, 0, fmt.Errorf("%s: %q is no number", name, clip(field))
		}
	}
	return name, labels, value, nil
}

// AbsentError reports that no sample is chosen by a selector.
type AbsentError struct {
	Selector Selector
	Labels   bool   // the metric is there, with other labels
	Meant    string // a metric of a similar name; "": there is none
}

func (e *AbsentError) Error() string {
	if e.Labels {
		return fmt.Sprintf("it exposes %s, and none with the labels of %s", e.Selector.Metric, e.Selector)
	}
	if e.Meant != "" {
		return fmt.Sprintf("it exposes no %s: did you mean %s?", e.Selector.Metric, e.Meant)
	}
	return fmt.Sprintf("it exposes no %s", e.Selector.Metric)
}

// Sum adds up the counters that a selector chooses. The error is an AbsentError if it chooses none. A metric that is declared to be no
// counter, or whose value no counter can have, is an error too. The count of a histogram or a summary is a counter.
func (s Scrape) Sum(selector Selector) (float64, error) {
	sum, found, metric := 0.0, false, false
	for _, one := range s.Samples {
		metric = metric || one.Metric == selector.Metric
		if !selector.matches(one) {
			continue
		}
		if math.IsNaN(one.Value) || math.IsInf(one.Value, 0) || one.Value < 0 {
			return 0, fmt.Errorf("%s has the value %v, which no counter has", selector, one.Value)
		}
		sum, found = sum+one.Value, true
	}
	if !found {
		e := &AbsentError{Selector: selector, Labels: metric}
		if meant, near := spelling.Nearest(selector.Metric, s.names); near {
			e.Meant = meant
		}
		return 0, e
	}
	if kind := s.types[selector.Metric]; kind == "gauge" || kind == "info" || kind == "stateset" {
		return 0, fmt.Errorf("%s is a %s, and a counter is wanted", selector.Metric, kind)
	}
	return sum, nil
}
