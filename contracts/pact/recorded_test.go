package pact_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/pact"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

func TestFailureShowsTheRequestAndTheAnswerWithoutSecrets(t *testing.T) {
	answer := "HTTP/1.1 500 Oops\r\nSet-Cookie: session=hunter2\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nout of \x1b[31mink"
	r := newRaw(t, answer).verify(t, "4.0", `{"method":"POST","path":"/orders","query":{"page":["2"],"access_token":["hunter2"]},
		"headers":{"Authorization":["Bearer hunter2"],"Cookie":["a=hunter2"],"X-Api-Key":["hunter2"],
			"X-Hub-Signature-256":["hunter2"],"X-Request-Id":["7"],"Idempotency-Key":["k1"]},
		"body":{"contentType":"text/plain","encoded":false,"content":"three pens"}}`, `{"status":200}`, func(o *pact.Options) {
		o.Filter = func(r *http.Request, _ []byte, _ *pact.Setup) error { r.Header.Set("X-Stamp", "hunter2"); return nil }
	})
	require.Equal(t, verdict.Fail, r.Verdict)
	text := r.String()
	for _, want := range []string{
		"request:\n    POST /orders?page=2&access_token=… HTTP/1.1\n", "X-Request-Id: 7\n", "Idempotency-Key: k1\n", "Authorization: …\n",
		"X-Stamp: …\n", "\n    three pens\n",
		"answer:\n    HTTP/1.1 500 Oops\n", "Set-Cookie: …\n", "out of",
	} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, "hunter2")
	require.NotContains(t, text, "\x1b")
}

func TestBinaryDifferencesAreHexadecimal(t *testing.T) {
	answer := "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 4\r\n\r\n\x00\xff\x02\x03"
	r := newRaw(t, answer).verify(t, "4.0", `{"method":"GET","path":"/"}`,
		`{"status":200,"headers":{"Content-Type":["image/png"]},"body":{"contentType":"image/png","encoded":"base64","content":"AP8B"}}`, nil)
	require.Equal(t, verdict.Fail, r.Verdict)
	require.Len(t, r.Mismatches, 1)
	require.Equal(t, "3 bytes, from byte 2: 01", r.Mismatches[0].Expected)
	require.Equal(t, "4 bytes, from byte 2: 02 03", r.Mismatches[0].Actual)
	require.Contains(t, r.Answer, "00 ff 02 03")
}

func TestLongBodyIsCutAndSaysSo(t *testing.T) {
	for _, c := range []struct{ fill, says string }{{"x", "… 9000 bytes in all"}, {"\x00", "… 9000 bytes in all"}} {
		answer := "HTTP/1.1 500 Oops\r\nContent-Length: 9000\r\n\r\n" + strings.Repeat(c.fill, 9000)
		r := newRaw(t, answer).verify(t, "4.0", `{"method":"GET","path":"/"}`, `{"status":200}`, nil)
		require.Contains(t, r.Answer, c.says)
		require.Less(t, len(r.Answer), 5000)
	}
	answer := "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9000\r\n\r\n" + strings.Repeat("x", 9000)
	r := newRaw(t, answer).verify(t, "4.0", `{"method":"GET","path":"/"}`,
		`{"status":200,"body":{"contentType":"text/plain","encoded":false,"content":"y"}}`, nil)
	require.Equal(t, verdict.Fail, r.Verdict)
	require.Less(t, len(r.String()), 20_000)
}

func TestFailedMessageIsShownWithItsMetadata(t *testing.T) {
	report := pact.Verify(t.Context(), events(func(context.Context, *pact.Setup) (pact.Message, error) {
		return pact.Message{Body: []byte(`{"id":"9","paid":false}`), Metadata: map[string]any{"type": "order.paid", "token": "hunter2"}}, nil
	}))
	require.Contains(t, report.Results[0].Answer, `{"id":"9","paid":false}`)
	require.Contains(t, report.Results[0].Answer, `type: "order.paid"`)
	require.NotContains(t, report.Results[0].Answer, "hunter2")
}

func TestWhatTheLibraryWritesForItsMakersIsLeftOut(t *testing.T) {
	r := newRaw(t, "HTTP/1.1 200 OK\r\nX a: b\r\nContent-Length: 0\r\n\r\n").verify(t, "4.0", `{"method":"GET","path":"/"}`, `{"status":200}`,
		nil)
	require.Equal(t, verdict.Unknown, r.Verdict)
	require.Equal(t, "libpact_ffi's HTTP client cannot read this answer: error sending request", r.Reason)
}

func TestMethodThatCannotBeSentIsUnknown(t *testing.T) {
	r := newRaw(t, ok).verify(t, "4.0", `{"method":"GE T","path":"/"}`, `{"status":200}`, nil)
	require.Equal(t, verdict.Unknown, r.Verdict)
	require.Contains(t, r.Reason, `the pact's method "GE T" cannot be sent`)
}
