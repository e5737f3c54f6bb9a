package timeline

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The part of OTLP's JSON encoding that is read, as the file exporter of the OpenTelemetry Collector writes it, one batch a line
// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding,
// https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/).
type otlp struct {
	ResourceSpans []struct {
		Resource   otlpResource `json:"resource"`
		ScopeSpans []struct {
			Spans []json.RawMessage `json:"spans"`
		} `json:"scopeSpans"`
	} `json:"resourceSpans"`
	ResourceLogs []struct {
		Resource  otlpResource `json:"resource"`
		ScopeLogs []struct {
			LogRecords []json.RawMessage `json:"logRecords"`
		} `json:"scopeLogs"`
	} `json:"resourceLogs"`
}

type otlpResource struct {
	Attributes []otlpAttribute `json:"attributes"`
}

type otlpAttribute struct {
	Key   string    `json:"key"`
	Value otlpValue `json:"value"`
}

// otlpValue is a value as text.
type otlpValue string

// UnmarshalJSON reads a value of any type. Arrays and maps stay JSON.
func (v *otlpValue) UnmarshalJSON(text []byte) error {
	var of map[string]json.RawMessage
	if err := json.Unmarshal(text, &of); err != nil {
		return err
	}
	for _, value := range of {
		var plain string
		if json.Unmarshal(value, &plain) == nil {
			*v = otlpValue(plain)
		} else {
			*v = otlpValue(value)
		}
	}
	return nil
}

// otlpTime is a time in nanoseconds since 1970, as a number or a text.
type otlpTime struct{ time.Time }

// UnmarshalJSON reads both forms.
func (t *otlpTime) UnmarshalJSON(text []byte) error {
	number, err := strconv.ParseInt(string(bytes.Trim(text, `"`)), 10, 64)
	if err == nil && number > 0 {
		t.Time = time.Unix(0, number).UTC()
	}
	return err
}

type otlpSpan struct {
	TraceID    string          `json:"traceId"`
	SpanID     string          `json:"spanId"`
	Parent     string          `json:"parentSpanId"`
	Name       string          `json:"name"`
	Kind       json.RawMessage `json:"kind"` // a number, or its name
	Start      otlpTime        `json:"startTimeUnixNano"`
	End        otlpTime        `json:"endTimeUnixNano"`
	Attributes []otlpAttribute `json:"attributes"`
	Events     []struct {
		At         otlpTime        `json:"timeUnixNano"`
		Name       string          `json:"name"`
		Attributes []otlpAttribute `json:"attributes"`
	} `json:"events"`
	Links []struct {
		TraceID string `json:"traceId"`
	} `json:"links"`
	Status struct {
		Message string          `json:"message"`
		Code    json.RawMessage `json:"code"`
	} `json:"status"`
}

type otlpRecord struct {
	At         otlpTime        `json:"timeUnixNano"`
	Observed   otlpTime        `json:"observedTimeUnixNano"`
	Severity   string          `json:"severityText"`
	Body       otlpValue       `json:"body"`
	Attributes []otlpAttribute `json:"attributes"`
	TraceID    string          `json:"traceId"`
	SpanID     string          `json:"spanId"`
}

var otlpHead = regexp.MustCompile(`^\{\s*"resource(Spans|Logs)"`)

// isOTLP reports whether a line is a batch of spans or log records.
func isOTLP(line []byte) bool {
	return otlpHead.Match(line[:min(len(line), 64)])
}

// found is a span, an event of one, or a log record that a search matched.
type found struct {
	row    Row
	linked []string
	hits   []int
	place  string // in its batch, such as 2 or, of an event, 2.1
}

// batch calls use with each span and log record of a batch that the search matches.
func (p *parser) batch(line []byte, s *search, use func(found)) error {
	var all otlp
	if err := json.Unmarshal(line, &all); err != nil {
		return notJSON(err)
	}
	n := 0
	for _, of := range all.ResourceSpans {
		for _, scope := range of.ScopeSpans {
			for _, raw := range scope.Spans {
				n++
				hits := s.match(raw)
				if len(hits) == 0 {
					continue
				}
				var span otlpSpan
				if err := json.Unmarshal(raw, &span); err != nil {
					return notJSON(err)
				}
				for _, one := range p.span(of.Resource, span, n) {
					one.hits = hits
					use(one)
				}
			}
		}
	}
	for _, of := range all.ResourceLogs {
		for _, scope := range of.ScopeLogs {
			for _, raw := range scope.LogRecords {
				n++
				hits := s.match(raw)
				if len(hits) == 0 {
					continue
				}
				var record otlpRecord
				if err := json.Unmarshal(raw, &record); err != nil {
					return notJSON(err)
				}
				row, linked := p.record(of.Resource, record)
				use(found{row, linked, hits, fmt.Sprint(n)})
			}
		}
	}
	return nil
}

// entryOf returns the attributes of something and of its resource as an entry.
func (p *parser) entryOf(resource otlpResource, attributes []otlpAttribute) *entry {
	e := p.entry()
	for _, a := range attributes {
		e.keep(a.Key, string(a.Value))
	}
	own := len(e.list)
	for _, a := range resource.Attributes {
		e.keep(a.Key, string(a.Value))
	}
	for i := own; i < len(e.list); i++ {
		e.used[i] = true // each row of the service would have it
	}
	return e
}

// span returns a span and the events in it. It is the nth one of its batch.
func (p *parser) span(resource otlpResource, span otlpSpan, n int) []found {
	e := p.entryOf(resource, span.Attributes)
	text, answered := operation(span.Name, e)
	for at := range e.list {
		e.used[at] = e.used[at] || e.named(at, p.names.Plumbing)
	}
	row, linked := p.row(e)
	row.Text, row.Logged, row.Precision = text, span.Start.Time, time.Nanosecond
	row.Trace, row.Span, row.Parent = traceOf(span.TraceID), strings.ToLower(span.SpanID), strings.ToLower(span.Parent)
	if row.Kind == Log {
		row.Kind = Span
	}
	if !span.End.IsZero() {
		row.Took = max(span.End.Sub(span.Start.Time), 0)
	}
	row.answered = answered
	row.server, row.client = isKind(span.Kind, "2", "SERVER"), isKind(span.Kind, "3", "CLIENT")
	if row.failed = isKind(span.Status.Code, "2", "ERROR"); row.failed {
		row.Level = "error"
		row.Fields = append(row.Fields, Field{"status", strings.TrimSpace("error " + span.Status.Message)})
	}
	for _, link := range span.Links {
		linked = append(linked, traceOf(link.TraceID))
	}
	all := []found{{row: row, linked: linked, place: fmt.Sprint(n)}}
	for i, event := range span.Events {
		one, _ := p.row(p.entryOf(resource, event.Attributes))
		one.Text, one.Logged, one.Precision = event.Name, event.At.Time, time.Nanosecond
		one.Trace, one.Span, one.Request = row.Trace, row.Span, row.Request
		if event.Name == "exception" {
			one.Level = "error"
		}
		all = append(all, found{row: one, place: fmt.Sprintf("%d.%d", n, i+1)})
	}
	return all
}

// operation returns what a span did: its name, and of an HTTP request the path and the status
// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/). It reports whether there was an answer.
func operation(name string, e *entry) (text string, answered bool) {
	if path := e.first("url.path", "http.target", "url.full", "http.url"); path != "" && !strings.Contains(name, path) {
		name += " " + path
	}
	if status := e.first("http.response.statuscode", "http.statuscode"); status != "" {
		return name + ", answered " + status, true
	}
	return name, false
}

// isKind reports whether an enumeration of OTLP has a value, as a number or by its name.
func isKind(value json.RawMessage, number, name string) bool {
	text := string(bytes.Trim(value, `"`))
	return text == number || strings.HasSuffix(text, "_"+name)
}

func (p *parser) record(resource otlpResource, record otlpRecord) (Row, []string) {
	e := p.entryOf(resource, record.Attributes)
	text := string(record.Body)
	if p.unwrap(e, "body", text, 0) {
		text = ""
	}
	row, linked := p.row(e)
	row.Logged, row.Precision = record.At.Time, time.Nanosecond
	if row.Logged.IsZero() {
		row.Logged = record.Observed.Time
	}
	if text != "" {
		row.Text = text
	}
	if record.Severity != "" {
		row.Level = level(record.Severity)
	}
	if trace := traceOf(record.TraceID); trace != "" {
		row.Trace = trace
	}
	if record.SpanID != "" {
		row.Span = strings.ToLower(record.SpanID)
	}
	return row, linked
}
