package smoke_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// requests are what the attempts of a result sent, by their numbers.
func requests(r report.Result) map[int]*history.Request {
	all := map[int]*history.Request{}
	for _, h := range r.Histories {
		for _, a := range h.Attempts {
			if a.Request != nil {
				all[a.Number] = a.Request
			}
		}
	}
	return all
}

func TestFindingHoldsWhatWasSent(t *testing.T) {
	box := &recorder{}
	server := httptest.NewServer(box)
	defer server.Close()
	o := boxOptions(t, server.URL, "sig-wrong-key")
	o.Rerun = func(fixture, name string) string { return "again " + fixture + " " + name }
	r := run(t, o)
	require.Equal(t, verdict.Fail, r.Verdict())
	result := r.Results[0]
	shown := requests(result)
	require.Len(t, shown, 1, "of the finding's attempts, and no other")
	sent := shown[result.Findings[0].Attempts[0]]
	require.Equal(t, http.MethodPost, sent.Method)
	require.Equal(t, server.URL+"/hook", sent.URL)
	require.Equal(t, `{"total":1}`, sent.Text)
	require.Equal(t, "application/json", sent.Header.Get("Content-Type"))
	require.NotEmpty(t, sent.Header.Get("Webhook-Signature"))
	require.Equal(t, "again "+o.Fixtures[0]+"/a.json sig-wrong-key", result.Findings[0].Rerun)
}

// What came back is shown beside it: without secrets, its beginning if it is long, and nothing of what is no text.
func TestFindingHoldsWhatWasAnswered(t *testing.T) {
	long := strings.Repeat("é", 20_000)
	for name, answered := range map[string]struct{ body, want string }{
		"text":     {`{"ok":true}`, `{"ok":true}`},
		"a secret": {"you said " + secret, "you said [SECRET]"},
		"long":     {long, long[:16<<10]},
		"a secret that the limit cuts in two": {
			strings.Repeat("a", 16<<10-5) + secret, strings.Repeat("a", 16<<10-5) + "[SECR",
		},
		"binary": {"\x00\xff", ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answered.body) }))
			defer server.Close()
			r := run(t, boxOptions(t, server.URL, "sig-wrong-key"))
			require.Equal(t, verdict.Fail, r.Verdict())
			var shown []history.Attempt
			for _, a := range r.Results[0].Histories[0].Attempts {
				if require.NotEmpty(t, a.Connection); a.Request != nil {
					shown = append(shown, a)
				} else {
					require.Empty(t, a.Answer, "of the finding's attempts, and no other")
				}
			}
			require.Len(t, shown, 1)
			require.Equal(t, answered.want, shown[0].Answer)
		})
	}
}

// The command sends the same bytes: curl itself is asked.
func TestCurlSendsTheRequestAgain(t *testing.T) {
	curl, err := exec.LookPath("curl")
	require.NoError(t, err, "install curl: apt-get install curl")
	require.NotEmpty(t, curl)
	for name, body := range map[string]string{
		"text": `{"it's":"a $HOME \"text\""}` + "\n", "starts with @": "@/etc/hostname", "no text": "\x00\xff\xfe'",
	} {
		t.Run(name, func(t *testing.T) {
			box := &recorder{}
			server := httptest.NewServer(box)
			defer server.Close()
			o := boxOptions(t, server.URL, "sig-wrong-key")
			o.Fixtures = []string{folder(t, map[string]string{"a.bin": body, "webhook.yaml": blackBox})}
			result := run(t, o).Results[0]
			require.Equal(t, verdict.Fail, result.Verdict)
			before := box.requests()
			command := exec.CommandContext(t.Context(), "sh", "-c", result.Curl())
			output, err := command.CombinedOutput()
			require.NoError(t, err, string(output))
			again := box.requests()[len(before)]
			require.Equal(t, body, string(again.body))
			for _, header := range []string{"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature", "Content-Type", "User-Agent", "Traceparent"} {
				require.Equal(t, before[0].header.Get(header), again.header.Get(header), header)
			}
		})
	}
}

// A report holds no form of the secret, even if the receiver echoes each of them.
func TestReportsHoldNoSecrets(t *testing.T) {
	const key = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	raw, err := base64.StdEncoding.DecodeString(key)
	require.NoError(t, err)
	written := []string{
		secret, key, hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString(raw)), hex.EncodeToString(raw),
		url.QueryEscape(secret + "+/="),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte(secret)),
	}
	inside := []string{
		base64.StdEncoding.EncodeToString([]byte("u:" + secret)), base64.StdEncoding.EncodeToString([]byte("us:" + secret)),
		base64.StdEncoding.EncodeToString([]byte("usr:" + secret)),
	}
	for _, said := range append(written, inside...) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, _ = io.Copy(io.Discard, r.Body); r.Method == http.MethodPost {
				w.Header().Set("Location", "/?key="+said)
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, "no: "+said)
			}
		}))
		o := boxOptions(t, server.URL, "first")
		o.Cases = append(o.Cases, "dup-seq")
		r := run(t, o)
		server.Close()
		require.Equal(t, verdict.Fail, r.Verdict())
		var asJSON, asXML bytes.Buffer
		require.NoError(t, report.JSON(&asJSON, r))
		require.NoError(t, report.JUnit(&asXML, r))
		for _, text := range []string{asJSON.String(), asXML.String(), shown(t, r)} {
			require.Contains(t, text, "[SECRET")
			require.NotContains(t, text, said)
			require.NotContains(t, text, said[len(said)/4:len(said)*3/4], "nor its middle")
		}
	}
}

// A sender's token is blanked, and the command takes it from the variable.
func TestCurlTakesASecretFromItsVariable(t *testing.T) {
	box := &recorder{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		box.ServeHTTP(w, r)
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusBadRequest)
		}
	}))
	defer server.Close()
	o := boxOptions(t, server.URL, "first")
	contract := strings.NewReplacer("standard-webhooks", "gitlab", "webhook-id", "X-Event").Replace(blackBox) + "sender: none\n"
	o.Fixtures = []string{folder(t, map[string]string{"a.json": "{}", "webhook.yaml": contract})}
	result := run(t, o).Results[0]
	require.Equal(t, verdict.Fail, result.Verdict)
	require.NotContains(t, result.Curl(), secret)
	command := exec.CommandContext(t.Context(), "sh", "-c", result.Curl())
	command.Env = append(command.Environ(), "SECRET="+secret)
	output, err := command.CombinedOutput()
	require.NoError(t, err, string(output))
	all := box.requests()
	require.Equal(t, secret, all[len(all)-1].header.Get("X-Gitlab-Token"))
}

func TestLongBodyIsShownAsItsDifference(t *testing.T) {
	server := httptest.NewServer(&recorder{})
	defer server.Close()
	o := boxOptions(t, server.URL, "sig-wrong-key")
	golden := `{"pad":"` + strings.Repeat("x", 20<<10) + `","id":"evt_1","total":1}`
	o.Fixtures = []string{folder(t, map[string]string{
		"a.json": golden, "webhook.yaml": strings.Replace(blackBox, "header: webhook-id", "pointer: /id", 1),
	})}
	result := run(t, o).Results[0]
	require.Equal(t, verdict.Fail, result.Verdict)
	sent := requests(result)[result.Findings[0].Attempts[0]]
	require.Empty(t, sent.Text)
	require.Greater(t, sent.Size, 20<<10)
	require.Regexp(t, `^bytes 20\d+ to 20\d+ of the golden body are replaced by \d+ bytes, which begin with "`, sent.Difference)
}
