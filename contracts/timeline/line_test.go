package timeline

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	trace   = "4bf92f3577b34da6a3ce929d0e0e4736"
	request = "req_QJ2ZK4RT7NYC"
)

// at is when every line of the tests was logged.
var at = time.Date(2026, 3, 6, 17, 4, 5, 120e6, time.UTC)

func TestLinesOfCommonLoggersAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		line               string
		who, level         string
		fields             string
		noRequest, noTrace bool
		seconds, noTime    bool
		text, clock        string
	}{
		"slog": {line: `{"time":"2026-03-06T17:04:05.12Z","level":"INFO","msg":"charged","service":"invoices",` +
			`"request_id":"REQUEST","trace_id":"TRACE","invoice":"in_1"}`, who: "invoices", fields: "invoice=in_1"},
		"zap": {line: `{"level":"error","ts":1772816645.12,"logger":"http","msg":"charged","requestId":"REQUEST",` +
			`"traceId":"TRACE"}`, level: "error", fields: "logger=http"},
		"logrus": {line: `{"level":"warning","msg":"charged","request_id":"REQUEST","time":"2026-03-06T18:04:05.12+01:00",` +
			`"trace_id":"TRACE"}`, level: "warn"},
		"zerolog": {line: `{"level":"info","time":1772816645120,"message":"charged","req_id":"REQUEST",` +
			`"trace_id":"TRACE"}`},
		"pino": {line: `{"level":50,"time":1772816645120,"pid":7,"hostname":"web-1","req":{"id":"REQUEST","method":"POST"},` +
			`"trace_id":"TRACE","msg":"charged"}`, level: "error", clock: "web-1", fields: "pid=7 req.method=POST"},
		"bunyan": {line: `{"name":"invoices","hostname":"web-1","pid":7,"level":40,"msg":"charged","time":"2026-03-06T17:04:05.120Z","v":0,` +
			`"req_id":"REQUEST","trace_id":"TRACE"}`,
			level: "warn", clock: "web-1", fields: "name=invoices pid=7 v=0"},
		"ECS, nested": {line: `{"@timestamp":"2026-03-06T17:04:05.120Z","log":{"level":"warn"},"message":"charged",` +
			`"service":{"name":"invoices"},` +
			`"trace":{"id":"TRACE"},"http":{"request":{"id":"REQUEST"}},"host":{"name":"web-1"}}`,
			who: "invoices", level: "warn", clock: "web-1"},
		"ECS, dotted": {line: `{"@timestamp":"2026-03-06T17:04:05.120Z","log.level":"warn","message":"charged","service.name":"invoices",` +
			`"trace.id":"TRACE","http.request.id":"REQUEST"}`, who: "invoices", level: "warn"},
		"Google Cloud": {line: `{"timestamp":"2026-03-06T17:04:05.120Z","severity":"CRITICAL","jsonPayload":{"message":"charged",` +
			`"request_id":"REQUEST"},"trace":"projects/p/traces/TRACE",` +
			`"resource":{"labels":{"container_name":"invoices","pod_name":"invoices-7f"}}}`, who: "invoices", level: "fatal", clock: "invoices-7f"},
		"Google Cloud's own fields": {line: `{"time":"2026-03-06T17:04:05.120Z","severity":"INFO","message":"charged",` +
			`"logging.googleapis.com/trace":"projects/p/traces/TRACE","requestID":"REQUEST"}`},
		"structlog": {line: `{"event":"charged","level":"info","timestamp":"2026-03-06T17:04:05.120000Z","request_id":"REQUEST",` +
			`"trace_id":"TRACE"}`},
		"Serilog": {line: `{"@t":"2026-03-06T17:04:05.1200000Z","@m":"charged","@l":"Warning","RequestId":"REQUEST",` +
			`"TraceId":"TRACE"}`, level: "warn"},
		"Datadog": {line: `{"timestamp":"2026-03-06T17:04:05.120Z","message":"charged","attributes":{"request_id":"REQUEST",` +
			`"trace_id":"TRACE"},"service":"invoices"}`, who: "invoices"},
		"CloudWatch": {line: `{"timestamp":1772816645999,"message":"{\"time\":\"2026-03-06T17:04:05.12Z\",\"msg\":\"charged\",` +
			`\"request_id\":\"REQUEST\",\"trace_id\":\"TRACE\"}"}`, fields: ""},
		"journald": {line: `{"__REALTIME_TIMESTAMP":"1772816645120000","_HOSTNAME":"web-1","SYSLOG_IDENTIFIER":"invoices","MESSAGE":"charged",` +
			`"Request_Id":"REQUEST","Trace_Id":"TRACE"}`, who: "invoices", clock: "web-1"},
		"docker json-file": {line: `{"log":"{\"time\":\"2026-03-06T17:04:05.12Z\",\"msg\":\"charged\",\"request_id\":\"REQUEST\",` +
			`\"trace_id\":\"TRACE\"}\n","stream":"stdout","time":"2026-03-06T17:04:05.999Z"}`,
			fields: "stream=stdout"},
		"docker json-file of text": {line: `{"log":"charged\n","stream":"stdout","time":"2026-03-06T17:04:05.120Z"}`,
			fields: "stream=stdout", noRequest: true, noTrace: true, text: "charged\n"},
		"docker logs --timestamps": {line: `2026-03-06T17:04:05.999999999Z {"time":"2026-03-06T17:04:05.12Z","msg":"charged",` +
			`"request_id":"REQUEST","trace_id":"TRACE"}`},
		"Docker Compose": {line: `invoices-1  | {"time":"2026-03-06T17:04:05.12Z","msg":"charged",` +
			`"request_id":"REQUEST","trace_id":"TRACE"}`, who: "invoices-1"},
		"CRI": {line: `2026-03-06T17:04:05.999999999Z stdout F {"time":"2026-03-06T17:04:05.12Z","msg":"charged",` +
			`"request_id":"REQUEST","trace_id":"TRACE"}`},
		"CRI, its time alone": {line: `2026-03-06T17:04:05.120Z stderr F {"msg":"charged",` +
			`"request_id":"REQUEST","trace_id":"TRACE"}`},
		"kubectl logs --prefix --timestamps": {line: `[pod/invoices-7f/app] 2026-03-06T17:04:05.12Z {"msg":"charged",` +
			`"request_id":"REQUEST","trace_id":"TRACE"}`, who: "app", clock: "invoices-7f"},
		"slog as text": {line: `time=2026-03-06T17:04:05.12Z level=WARN msg=charged service=invoices request_id=REQUEST ` +
			`trace_id=TRACE`, who: "invoices", level: "warn"},
		"logrus as text": {line: `time="2026-03-06T17:04:05.12Z" level=info msg="charged" request_id=REQUEST ` +
			`trace_id=TRACE`},
		"text": {line: `2026-03-06 17:04:05,120 charged`, noRequest: true, noTrace: true},
		"text with ids": {line: `2026/03/06 17:04:05 charged request_id=REQUEST trace_id=TRACE`, seconds: true,
			text: "charged request_id=REQUEST trace_id=TRACE"},
		"JSON behind text": {line: `2026-03-06 17:04:05,120 charged {"request_id":"REQUEST","trace_id":"TRACE"}`},
		"no time":          {line: `{"msg":"charged","request_id":"REQUEST","trace_id":"TRACE"}`, noTime: true},
	} {
		t.Run(name, func(t *testing.T) {
			ids := strings.NewReplacer("REQUEST", request, "TRACE", trace)
			p := newParser(DefaultNames(), nil)
			e := p.line([]byte(ids.Replace(c.line)))
			require.Empty(t, e.broken)
			row, _ := p.row(e)
			want := at
			switch {
			case c.noTime:
				want = time.Time{}
			case c.seconds:
				want = at.Truncate(time.Second)
			}
			require.WithinDuration(t, want, row.Logged, time.Microsecond)
			text := "charged"
			if c.text != "" {
				text = ids.Replace(c.text)
			}
			require.Equal(t, text, row.Text)
			require.Equal(t, []string{c.who, c.level, c.clock}, []string{row.Who, row.Level, row.Clock})
			require.Equal(t, map[bool]string{false: request}[c.noRequest], row.Request)
			require.Equal(t, map[bool]string{false: trace}[c.noTrace], row.Trace)
			var fields []string
			for _, f := range row.Fields {
				fields = append(fields, f.Name+"="+f.Value)
			}
			require.Equal(t, c.fields, strings.Join(fields, " "))
		})
	}
}

func TestNamesCanBeGiven(t *testing.T) {
	names, err := DefaultNames().With("request", "/ctx/call")
	require.NoError(t, err)
	p := newParser(names, nil)
	row, _ := p.row(p.line([]byte(`{"request_id":"other","ctx":{"call":"wanted"}}`)))
	require.Equal(t, "wanted", row.Request)
	_, err = names.With("colour", "x")
	require.ErrorContains(t, err, "KIND is one of host, level,")
	p = newParser(DefaultNames(), nil)
	row, _ = p.rowOf(`{"request_id":"other","ctx":{"call":"wanted"}}`)
	require.Equal(t, "other", row.Request, "the names that are given change no default")
}

func (p *parser) rowOf(line string) (Row, []string) { return p.row(p.line([]byte(line))) }

func TestStateChangesAreRecognised(t *testing.T) {
	p := newParser(DefaultNames(), nil)
	for line, want := range map[string]Kind{
		`{"msg":"paid","mutation":"invoice"}`:                               Mutation,
		`{"msg":"paid","mutation":{"table":"invoices","to":"paid"}}`:        Mutation,
		`{"msg":"paid","attributes":{"db.operation.name":"INSERT"}}`:        Mutation,
		`{"msg":"paid","db.operation":"update invoices"}`:                   Mutation,
		`{"msg":"paid","db.operation":"SELECT"}`:                            Log,
		`{"msg":"paid","mutation":false}`:                                   Log,
		`{"msg":"a mutation"}`:                                              Log,
		`{"msg":"paid","db":{"operation":{"name":"DELETE"}},"level":"x"}`:   Mutation,
		`level=info msg=paid mutation=invoice`:                              Mutation,
		`{"msg":"paid","jsonPayload":{"mutation":{"table":"invoices"}}}`:    Mutation,
		`{"log":"{\"msg\":\"paid\",\"mutation\":{\"table\":\"x\"}}\n"}`:     Mutation,
		`{"msg":"paid","mutations":"none"}`:                                 Log,
		`{"msg":"paid","attributes":{"db":{"operation":"replace into t"}}}`: Mutation,
	} {
		row, _ := p.rowOf(line)
		require.Equal(t, want, row.Kind, line)
	}
}

func TestBrokenJSONIsSaidAndShownAsText(t *testing.T) {
	p := newParser(DefaultNames(), nil)
	for line, why := range map[string]string{
		`{"msg":"cha`:      "the JSON ends early",
		`{"msg":charged}`:  "not JSON: invalid character 'c' looking for beginning of value",
		`{"msg":"a"} more`: "more follows the JSON object",
		`{"msg":"a"}{}`:    "more follows the JSON object",
	} {
		e := p.line([]byte(line))
		require.Equal(t, why, e.broken, line)
		row, _ := p.row(e)
		require.NotEmpty(t, row.Text)
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	p, r := newParser(DefaultNames(), nil), newRedactor(DefaultNames().Secret, func(s string) string {
		return strings.ReplaceAll(s, "swordfish", "[HOOK_SECRET]")
	})
	for _, line := range []string{
		`{"msg":"sent","headers":{"Authorization":"Bearer abcdefgh1"}}`,
		`{"msg":"sent","http":{"request":{"header":{"webhook-signature":["v1,abcdefgh1"]}}}}`,
		`{"msg":"sent","dbPassword":"abcdefgh1","api_key":"abcdefgh1","client-secret":"abcdefgh1"}`,
		`{"msg":"GET /x?token=abcdefgh1&y=1 with authorization: Bearer abcdefgh1"}`,
		`{"msg":"sent","raw":"{\"password\":\"abcdefgh1\",\"accessToken\": \"abcdefgh1\"}"}`,
		`{"msg":"sent","raw":["authorization","Bearer abcdefgh1"]}`,
		`level=info msg=sent api-key=abcdefgh1`,
		`2026-03-06 17:04:05 sent with Basic YWJjZGVmZ2gx and password=abcdefgh1`,
	} {
		row, _ := p.rowOf(line)
		r.row(&row)
		shown := row.Said()
		require.NotContains(t, shown, "abcdefgh1", line)
		require.NotContains(t, shown, "YWJjZGVmZ2gx", line)
		require.Contains(t, shown, notShown, line)
	}
	row, _ := p.rowOf(`{"msg":"it is swordfish, and the signature is valid","author":"ada"}`)
	r.row(&row)
	require.Equal(t, "it is [HOOK_SECRET], and the signature is valid author=ada", row.Said())
}
