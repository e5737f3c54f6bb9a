package prove_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/prove"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// compressing answers deliveries and probes in gzip, and sends /moved elsewhere.
func compressing(t *testing.T) (*url.URL, *int) {
	t.Helper()
	deliveries := new(int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "https://elsewhere.example.com/hook", http.StatusFound)
			return
		}
		text := `{"effects":1,"big":9007199254740993}`
		if r.Method == http.MethodPost {
			*deliveries++
			body, _ := io.ReadAll(r.Body)
			text = fmt.Sprintf(`{"status":"done","of":%q,"n":1}`, body)
		}
		w.Header().Set("Content-Encoding", "gzip")
		var packed bytes.Buffer
		writer := gzip.NewWriter(&packed)
		_, _ = io.WriteString(writer, text)
		_ = writer.Close()
		_, _ = w.Write(packed.Bytes())
	}))
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	require.NoError(t, err)
	return address, deliveries
}

func proxy(t *testing.T, name string, template *prove.Answer) (*prove.Proxy, *int) {
	t.Helper()
	target, deliveries := compressing(t)
	contract := &webhook.Contract{
		Endpoint: webhook.Endpoint{Method: http.MethodPost}, Effects: webhook.Effects{HTTP: &webhook.HTTPProbe{Count: "/effects"}},
	}
	o := prove.Options{
		Target: target, Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}, Contract: contract, EventID: "evt_1",
		Template: template,
	}
	for i := range prove.Breaks {
		if prove.Breaks[i].Name == name {
			o.Break = &prove.Breaks[i]
		}
	}
	require.Equal(t, name != "", o.Break != nil)
	p, err := prove.Start(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p, deliveries
}

// ask returns the status and the text of an answer, decompressed, and its headers.
func ask(t *testing.T, p *prove.Proxy, method, path, body string) (int, string, http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, p.URL.String()+path, strings.NewReader(body))
	require.NoError(t, err)
	client := &http.Client{
		Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(request)
	require.NoError(t, err)
	defer func() { require.NoError(t, answer.Body.Close()) }()
	var reader io.Reader = answer.Body
	if answer.Header.Get("Content-Encoding") == "gzip" {
		reader, err = gzip.NewReader(answer.Body)
		require.NoError(t, err)
	}
	text, err := io.ReadAll(reader)
	require.NoError(t, err)
	return answer.StatusCode, string(text), answer.Header
}

func TestWithoutABreakAllIsForwarded(t *testing.T) {
	p, deliveries := proxy(t, "", nil)
	_, text, header := ask(t, p, http.MethodPost, "/hook", "evt_1")
	require.Equal(t, `{"status":"done","of":"evt_1","n":1}`, text)
	require.Equal(t, "gzip", header.Get("Content-Encoding"), "bytes stay as they are")
	status, _, header := ask(t, p, http.MethodGet, "/moved", "")
	require.Equal(t, http.StatusFound, status)
	require.Equal(t, "https://elsewhere.example.com/hook", header.Get("Location"), "the gate judges it, and does not follow")
	require.Equal(t, 1, *deliveries)
	require.NotNil(t, p.First())
}

func TestBreaksAreMadeForTheEventAlone(t *testing.T) {
	known, _ := proxy(t, "", nil)
	_, _, _ = ask(t, known, http.MethodPost, "/hook", "evt_1")
	template := known.First()
	template.EventID = "evt_1"
	for name, c := range map[string]struct {
		first, second string // what two deliveries of the event are answered
		forwarded     int
	}{
		"delivery-refused":       {"refused on purpose", "refused on purpose", 0},
		"duplicate-refused":      {`"done"`, "refused on purpose", 1},
		"duplicate-other-result": {`"n":1}`, `"n":11,"of":"evt_1-another","status":"done-another"`, 2},
		"mismatch-accepted":      {`"n":1}`, `"n":1}`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			p, deliveries := proxy(t, name, template)
			_, text, _ := ask(t, p, http.MethodPost, "/hook", "evt_1")
			require.Contains(t, text, c.first)
			_, text, _ = ask(t, p, http.MethodPost, "/hook", "evt_1")
			require.Contains(t, text, c.second)
			require.Equal(t, c.forwarded, *deliveries)
			_, text, _ = ask(t, p, http.MethodPost, "/hook", "evt_2")
			require.Equal(t, `{"status":"done","of":"evt_2","n":1}`, text)
			require.NoError(t, p.Broken())
		})
	}
}

func TestDoubledEffectIsSeenByTheProbe(t *testing.T) {
	p, _ := proxy(t, "doubled-effect", nil)
	_, _, _ = ask(t, p, http.MethodPost, "/hook", "evt_1")
	_, text, header := ask(t, p, http.MethodGet, "/events/evt_1", "")
	require.Equal(t, `{"big":9007199254740993,"effects":2}`, text)
	require.Empty(t, header.Get("Content-Encoding"))
	_, text, _ = ask(t, p, http.MethodGet, "/events/evt_2", "")
	require.Contains(t, text, `"effects":1`)

	p, _ = proxy(t, "duplicate-carried-out", nil)
	for _, want := range []string{`"effects":1`, `"effects":2`} {
		_, _, _ = ask(t, p, http.MethodPost, "/hook", "evt_1")
		_, text, _ = ask(t, p, http.MethodGet, "/events/evt_1", "")
		require.Contains(t, text, want)
	}
}

// A break that cannot be made is said: what the gate shows then is of no break.
func TestBreakThatCannotBeMadeIsAnError(t *testing.T) {
	p, _ := proxy(t, "lost-effect", nil)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.URL.String()+"/hook", strings.NewReader("evt_1"))
	require.NoError(t, err)
	_, err = http.DefaultClient.Do(request)
	require.Error(t, err)
	require.ErrorContains(t, p.Broken(), "no answer of the receiver is known")
}
