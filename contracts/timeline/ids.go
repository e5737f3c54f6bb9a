package timeline

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// IDKind is what an id names.
type IDKind string

// The kinds of ids.
const (
	EventID   IDKind = "event"
	RequestID IDKind = "request"
	TraceID   IDKind = "trace"
)

// ID is an id that was looked for.
type ID struct {
	Kind  IDKind `json:"kind"`
	Value string `json:"value"`
	Why   string `json:"why"`  // it was looked for
	Rows  int    `json:"rows"` // lines and spans that hold it

	depth int  // how many other ids it was learnt through
	full  bool // it has as many rows as one id may have
}

// The bounds of what is learnt.
const (
	mostDepth  = 3    // ids between the event's and another
	mostIDs    = 500  // of all kinds
	mostOfID   = 2000 // rows because of one id, the event's own excepted
	shortestID = 8    // bytes: a shorter id occurs by chance
)

// ids are the ids that are looked for.
type ids struct {
	all     []ID
	known   map[string]int // index, by kind and value
	scanned int            // how many were looked for in the logs
	refused bool           // there were more than mostIDs
}

func (s *ids) add(id ID) {
	key := string(id.Kind) + " " + id.Value
	if _, known := s.known[key]; known || id.Value == "" {
		return
	}
	if len(s.all) >= mostIDs {
		s.refused = true
		return
	}
	if s.known == nil {
		s.known = map[string]int{}
	}
	s.known[key] = len(s.all)
	s.all = append(s.all, id)
}

// learn adds the ids that a row has, which is here because of another.
func (s *ids) learn(row Row, because ID, linked []string) {
	depth := because.depth + 1
	if because.full || depth > mostDepth {
		return
	}
	why := fmt.Sprintf("which %s has beside the %s", row.Where, because.name())
	if because.Kind != RequestID || row.Request != because.Value {
		if distinctive(row.Request) {
			s.add(ID{Kind: RequestID, Value: row.Request, Why: why, depth: depth})
		}
	}
	for _, trace := range append(linked, row.Trace) {
		if trace != "" {
			s.add(ID{Kind: TraceID, Value: trace, Why: why, depth: depth})
		}
	}
}

func (id ID) name() string { return string(id.Kind) + " id" }

// distinctive reports whether a request id is one that does not occur by chance.
func distinctive(id string) bool {
	return len(id) >= shortestID && len(id) <= 128 && strings.ContainsAny(id, "0123456789") && !strings.ContainsAny(id, " \t\"{")
}

// forms returns how logs may write an id.
func (id ID) forms() []string {
	if id.Kind == TraceID {
		return traceForms(id.Value)
	}
	all := []string{id.Value, url.QueryEscape(id.Value), url.PathEscape(id.Value), strings.ReplaceAll(id.Value, "/", `\/`)}
	if text, err := json.Marshal(id.Value); err == nil {
		all = append(all, strings.Trim(string(text), `"`))
	}
	if uuid.MatchString(id.Value) {
		all = append(all, strings.ToLower(id.Value), strings.ToUpper(id.Value))
	}
	return all
}

var uuid = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// traceForms returns how a trace id in hex is written: by W3C Trace Context, by AWS X-Ray
// (https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids), as a UUID, and by Datadog, whose
// logs hold the last 64 bits as a decimal number
// (https://docs.datadoghq.com/tracing/other_telemetry/connect_logs_and_traces/opentelemetry/).
func traceForms(trace string) []string {
	all := []string{trace, strings.ToUpper(trace)}
	low := trace
	if len(trace) == 32 {
		all = append(all, trace[:8]+"-"+trace[8:])
		all = append(all, strings.Join([]string{trace[:8], trace[8:12], trace[12:16], trace[16:20], trace[20:]}, "-"))
		low = trace[16:]
		if strings.Trim(trace[:16], "0") == "" {
			all = append(all, low)
		}
	} else {
		all = append(all, strings.Repeat("0", 16)+trace)
	}
	if number, err := strconv.ParseUint(low, 16, 64); err == nil && number > 1e12 {
		all = append(all, strconv.FormatUint(number, 10))
	}
	return all
}

var hexTrace = regexp.MustCompile(`(?i)(?:^|[^0-9a-f])([0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{24})(?:$|[^0-9a-f])`)

// traceOf returns the trace id that a value holds, as lower case hex: of 128 bits, or of 64 as Zipkin and Datadog may have it; "" if
// there is none. The value may be a traceparent, the name of a trace of Google Cloud, or an id of AWS X-Ray.
func traceOf(value string) string {
	value = strings.TrimSpace(value)
	if uuid.MatchString(value) {
		value = strings.ReplaceAll(value, "-", "")
	}
	trace := ""
	if found := hexTrace.FindStringSubmatch(value); found != nil {
		trace = strings.ReplaceAll(found[1], "-", "")
	} else if raw, err := hex.DecodeString(value); err == nil && len(raw) == 8 {
		trace = value
	} else if number, err := strconv.ParseUint(value, 10, 64); err == nil && len(value) >= 17 {
		trace = fmt.Sprintf("%016x", number)
	}
	if strings.Trim(trace, "0") == "" {
		return ""
	}
	return strings.ToLower(trace)
}

// traceParent matches a W3C traceparent (https://www.w3.org/TR/trace-context/#traceparent-header).
var traceParent = regexp.MustCompile(`^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}`)
