package broker_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/broker/brokertest"
)

// parallel is how many tests run at a time unless -parallel says otherwise: they wait for brokers and between attempts.
const parallel = "8"

// temporary is a folder of this run.
var temporary string

func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", parallel); err != nil {
		panic(err)
	}
	var err error
	if temporary, err = os.MkdirTemp("", "broker-test-"); err != nil {
		panic(err)
	}
	code := m.Run()
	if err := errors.Join(brokertest.Stop(), os.RemoveAll(temporary)); err != nil {
		fmt.Println(err)
		code = 1
	}
	os.Exit(code)
}

// exchange is one request to a real Pact Broker 2.119.0, and its answer, as they were recorded.
type exchange struct {
	Step, Method, Path string
	Request            json.RawMessage
	Status             int
	ContentType        string
	Response           json.RawMessage
}

const recordedAt = "http://127.0.0.1:9292"

func recorded(t testing.TB) []exchange {
	t.Helper()
	text, err := os.ReadFile("testdata/exchanges.jsonl")
	require.NoError(t, err)
	var all []exchange
	for line := range bytes.Lines(text) {
		var e exchange
		require.NoError(t, json.Unmarshal(line, &e))
		all = append(all, e)
	}
	require.NotEmpty(t, all)
	return all
}

// replay is a broker that returns recorded answers, by method, path and body. It fails the test on any other request.
func replay(t *testing.T) (c *broker.Client, url string, asked func() []string) {
	t.Helper()
	all := recorded(t)
	var mu sync.Mutex
	var steps []string
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("read the request: %s", err)
		}
		for _, e := range all {
			if e.Method == r.Method && e.Path == r.URL.EscapedPath() && same(e.Request, body) {
				mu.Lock()
				steps = append(steps, e.Step)
				mu.Unlock()
				w.Header().Set("Content-Type", e.ContentType)
				w.WriteHeader(e.Status)
				_, _ = io.WriteString(w, strings.ReplaceAll(string(e.Response), recordedAt, server.URL))
				return
			}
		}
		t.Errorf("this request was not recorded: %s %s %s", r.Method, r.URL, body)
		w.WriteHeader(http.StatusTeapot)
	}))
	t.Cleanup(server.Close)
	c, err := broker.New(broker.Config{URL: server.URL})
	require.NoError(t, err)
	return c, server.URL, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return steps
	}
}

// same reports whether two bodies are the same JSON.
func same(recorded, sent []byte) bool {
	if len(recorded) == 0 || len(sent) == 0 {
		return len(recorded) == len(sent)
	}
	var a, b any
	if json.Unmarshal(recorded, &a) != nil || json.Unmarshal(sent, &b) != nil {
		return false
	}
	left, _ := json.Marshal(a)
	right, _ := json.Marshal(b)
	return bytes.Equal(left, right)
}
