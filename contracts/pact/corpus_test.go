package pact_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/pact"
	"github.com/fridaygate/fridaygate/contracts/verification"
)

var corpus = flag.String("corpus", "testdata/corpus", "the folder of situations that TestCorpus verifies")

// situation is one pact, and answers to it with the verdict that is right for each.
type situation struct {
	Why                 string // the source of the verdict
	Provider            string
	Path                string // of the pact, or of a folder of pacts, below the situation's folder; "": pact.json
	AcceptDuplicateKeys bool
	Variants            []variant
}

// variant is one behaviour of the provider.
type variant struct {
	Name string
	Want string   // pass, fail or unknown; several with | between them
	Says []string // what the report must say

	Status  int // zero: 200
	Headers [][2]string
	Body    string
	Body64  string // the body in base64
	Size    int    // the body is repeated up to this many bytes

	// What the request must be; otherwise the answer is 400.
	Target string // a pattern for the request target; QUERY: and a JSON object for its query
	Host   string
	Header map[string]string
	Req    string // a pattern for the body

	Message  *string
	Metadata map[string]any
	States   map[string]map[string]any // by name, with the values that are returned; "param:x" returns a parameter
	Prefix   string                    // path of the provider's URL
}

func loadSituation(tb testing.TB, dir string) situation {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "case.json"))
	require.NoError(tb, err)
	var s situation
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	d.UseNumber()
	require.NoError(tb, d.Decode(&s))
	require.NotEmpty(tb, s.Variants)
	return s
}

func (v variant) answer() []byte {
	body := []byte(v.Body)
	if v.Body64 != "" {
		body, _ = base64.StdEncoding.DecodeString(v.Body64)
	}
	for len(body) < v.Size {
		body = append(body, body[:min(len(body), v.Size-len(body))]...)
	}
	return body
}

// wrong returns how a request differs from what it must be.
func (v variant) wrong(r *http.Request, body []byte) string {
	var all []string
	if query, ok := strings.CutPrefix(v.Target, "QUERY:"); ok {
		var want map[string][]string
		_ = json.Unmarshal([]byte(query), &want)
		if got, err := url.ParseQuery(r.URL.RawQuery); err != nil || !reflect.DeepEqual(map[string][]string(got), want) {
			all = append(all, "query "+r.RequestURI)
		}
	} else if v.Target != "" && !regexp.MustCompile("^(?:"+v.Target+")$").MatchString(r.RequestURI) {
		all = append(all, "target "+r.RequestURI)
	}
	if v.Host != "" && r.Host != v.Host {
		all = append(all, "host "+r.Host)
	}
	for name, want := range v.Header {
		if got := strings.Join(r.Header.Values(name), " | "); got != want {
			all = append(all, fmt.Sprintf("header %s=%q", name, got))
		}
	}
	if v.Req != "" && !regexp.MustCompile("(?s)^(?:"+v.Req+")$").Match(body) {
		all = append(all, fmt.Sprintf("body %q", body))
	}
	return strings.Join(all, "; ")
}

// raw answers every connection once, byte for byte: nothing is added to what the variant has.
func (v variant) raw(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go v.serve(c)
		}
	}()
	return "http://" + l.Addr().String() + v.Prefix
}

func (v variant) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return
	}
	body, _ := io.ReadAll(r.Body)
	if text := v.wrong(r, body); text != "" {
		_, _ = fmt.Fprintf(c, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(text), text)
		return
	}
	status, answer := max(v.Status, 200), v.answer()
	_, _ = fmt.Fprintf(c, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	for _, h := range v.Headers {
		_, _ = fmt.Fprintf(c, "%s: %s\r\n", h[0], h[1])
	}
	if status == http.StatusNoContent || status == http.StatusNotModified {
		answer = nil
	} else if r.Method != http.MethodHead {
		_, _ = fmt.Fprintf(c, "Content-Length: %d\r\n", len(answer))
	}
	_, _ = io.WriteString(c, "Connection: close\r\n\r\n")
	if r.Method != http.MethodHead {
		_, _ = c.Write(answer)
	}
}

func (v variant) states() pact.States {
	states := pact.States{}
	for name, values := range v.States {
		states[name] = func(_ context.Context, s *pact.Setup) error {
			for key, value := range values {
				if text, ok := value.(string); ok {
					if param, ok := strings.CutPrefix(text, "param:"); ok {
						value = s.Params[param]
					}
				}
				s.Return(key, value)
			}
			return nil
		}
	}
	return states
}

func (s situation) verify(t *testing.T, dir string, v variant) verification.Report {
	path := "pact.json"
	if s.Path != "" {
		path = s.Path
	}
	opts := pact.Options{
		Provider: s.Provider, URL: v.raw(t), Sources: []pact.Source{pact.Files(filepath.Join(dir, path))},
		States: v.states(), AcceptDuplicateKeys: s.AcceptDuplicateKeys,
	}
	if v.Message != nil {
		opts.Message = func(context.Context, *pact.Setup) (pact.Message, error) {
			body := []byte(*v.Message)
			if v.Body64 != "" {
				body = v.answer()
			}
			return pact.Message{Body: body, Metadata: v.Metadata}, nil
		}
	}
	return pact.Verify(t.Context(), opts)
}

// words is everything that a report says.
func words(r verification.Report) string {
	all := slices.Concat(r.Problems, r.Notes)
	for _, one := range r.Results {
		all = append(all, one.String())
	}
	return strings.Join(all, "\n")
}

// Every situation of the corpus gets the verdict that is right for it, and gets it soon.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(*corpus, "*", "case.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		dir := filepath.Dir(file)
		s := loadSituation(t, dir)
		for _, v := range s.Variants {
			t.Run(filepath.Base(dir)+"/"+v.Name, func(t *testing.T) {
				started := time.Now()
				report := s.verify(t, dir, v)
				require.Less(t, time.Since(started), 30*time.Second)
				require.Contains(t, strings.Split(v.Want, "|"), report.Verdict.String(), words(report))
				for _, text := range v.Says {
					require.Contains(t, words(report), text)
				}
			})
		}
	}
}
