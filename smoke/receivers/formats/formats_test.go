package formats_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/receivers/formats"
)

const secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

const event = `{"id":"evt_1","type":"order.paid","order":{"total":1250,"note":"café/bar",` +
	`"lines":[{"sku":"a","n":1},{"sku":"b","n":2}],"gift":null}}`

const other = `{"id":"evt_2","type":"order.paid","order":{"total":7,"note":"x"}}`

// goldens holds a golden body for each format, with its part of webhook.yaml.
var goldens = map[string]struct{ body, about string }{
	"form-json": {
		"payload=" + url.QueryEscape(event),
		"endpoint: {path: /hook, content_type: application/x-www-form-urlencoded}\nevent_id: {pointer: /id}\n",
	},
	"form": {
		"id=evt_1&total=1250&note=caf%C3%A9&sku=a&sku=b",
		"endpoint: {path: /hook, content_type: application/x-www-form-urlencoded}\nevent_id: {form: id}\n",
	},
	"multipart": {
		"--bnd\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\nevt_1\r\n--bnd\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n" +
			"café\r\n" +
			"--bnd\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n\xff\x00\r\n--bnd--\r\n",
		"endpoint: {path: /hook, content_type: multipart/form-data; boundary=bnd}\nevent_id: {form: id}\n",
	},
	"xml": {
		`<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
			`<order id="evt_1" kind="paid"><total>1250</total><note>café/bar</note><line sku="a">1</line><line sku="b">2</line></order>`,
		"endpoint: {path: /hook, content_type: application/xml}\nevent_id: {pointer: /order/@id}\nevent_type: {pointer: /order/@kind}\n",
	},
	"lines": {event + "\n" + other + "\n", "endpoint: {path: /hook, content_type: application/x-ndjson}\nevent_id: {pointer: /id}\n"},
	"batch": {
		"[" + event + ",\n " + other + "]", "endpoint: {path: /hook, body_limit: 65536}\nbody: {events: /*}\nevent_id: {pointer: /id}\n",
	},
	"id-only": {"id=tr_d0b0E3EA3v", "sender: mollie\nendpoint: {path: /hook}\n"},
	"gzip":    {event, "endpoint: {path: /hook, body_limit: 65536}\nbody: {encoding: gzip}\nevent_id: {pointer: /id}\n"},
	"gzip-of": {event, "endpoint: {path: /hook, body_limit: 65536}\nbody: {encoding: gzip, signed: plain}\nevent_id: {pointer: /id}\n"},
}

// run makes every case, or those that are named, against a receiver.
func run(t *testing.T, r formats.Receiver, format string, only ...string) report.Report {
	t.Helper()
	dir := t.TempDir()
	contract := "receiver: " + r.Name + "\n" + goldens[format].about +
		"effects: {http: {path: \"/events/{event_id}\", count: /effects, absent: 404}, within: 300ms, settle: 10ms}\n"
	if format != "id-only" {
		contract += "signature: {scheme: hmac, header: X-Signature, secret_env: SECRET}\n"
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "webhook.yaml"), []byte(contract), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "golden.txt"), []byte(goldens[format].body), 0o600))
	instance := r.Start(secret)
	server := httptest.NewServer(instance)
	defer server.Close()
	runner, err := smoke.NewRunner(smoke.Options{
		Target: server.URL, Fixtures: []string{dir}, RunID: r.Name, Cases: only, Prove: len(only) == 0,
		LookupEnv: func(string) (string, bool) { return secret, true },
		Hooks:     smoke.Hooks{FailNext: func(context.Context) error { instance.FailNext(); return nil }},
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, runner.Close()) }()
	return runner.Run(t.Context(), nil)
}

func TestCorrectReceiverOfEveryFormatPasses(t *testing.T) {
	t.Parallel()
	ran := map[string]int{}
	for format := range goldens {
		t.Run(format, func(t *testing.T) {
			r := run(t, formats.Correct(format), format)
			for _, result := range r.Results {
				require.Equal(t, verdict.Pass, result.Verdict, "%s: %v %v", result.Case, result.Findings, result.Inconclusive)
				ran[result.Case]++
			}
			require.Contains(t, ran, "duplicate-other-result", "the gate's own breaks are made in every format, and seen")
			require.Equal(t, verdict.Pass, r.Verdict())
		})
	}
	for name, want := range map[string]int{
		"mismatch-field": 8, "mismatch-added-field": 9, "mismatch-array-order": 7, "mismatch-bigint": 7,
		"equal-key-order": 8, "equal-escapes": 7, "equal-whitespace": 6, "batch-duplicate": 2, "batch-partial-failure": 2,
		"truncated-json": 5, "unknown-type": 6, "oversized": 3,
	} {
		require.Equal(t, want, ran[name], name)
	}
}

func TestEveryBugOfAFormatIsCaught(t *testing.T) {
	t.Parallel()
	for format := range goldens {
		for _, r := range formats.Broken(format) {
			t.Run(r.Name, func(t *testing.T) {
				var failed []string
				for _, result := range run(t, r, format, r.Case).Results {
					if result.Verdict == verdict.Fail {
						failed = append(failed, result.Case)
					}
				}
				require.True(t, slices.Contains(failed, r.Case), "%s (%s) was not caught by %s", r.Name, r.Bug, r.Case)
			})
		}
	}
}

// A receiver that fails in the middle of a batch and one that has the retry carried out whole differ in the second event.
func TestFailureInTheMiddleOfABatchIsCaught(t *testing.T) {
	for _, r := range formats.Broken("batch") {
		want := r.Name == "batch-no-deduplication" || r.Name == "batch-recorded-last" || r.Name == "batch-recorded-first"
		result := run(t, r, "batch", "fail-then-retry")
		require.Equal(t, want, result.Verdict() == verdict.Fail && len(result.Results) == 1, r.Name)
	}
}
