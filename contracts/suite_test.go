package contracts_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"testing"

	"github.com/pact-foundation/pact-go/v2/consumer"
	pactlog "github.com/pact-foundation/pact-go/v2/log"
	"github.com/pact-foundation/pact-go/v2/matchers"
	messages "github.com/pact-foundation/pact-go/v2/message/v4"
	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "accept what the consumer suites write as the committed pacts")

// suite is the run of one consumer's suite. It writes its pact to a folder of its own, and compares it with
// the committed one at the end.
type suite struct {
	t                  *testing.T
	consumer, provider string
	dir                string
	planned, ran       int
}

// newSuite begins a consumer's suite. pact-go takes over the standard logger when it is imported; it is silenced here.
func newSuite(t *testing.T, consumer, provider string) *suite {
	log.SetOutput(io.Discard)
	require.NoError(t, pactlog.SetLogLevel("ERROR"))
	t.Setenv("PACT_DO_NOT_TRACK", "true")
	s := &suite{t: t, consumer: consumer, provider: provider, dir: t.TempDir()}
	t.Cleanup(s.compare)
	return s
}

// http runs one test of the consumer's client against a mock of the provider. build adds the interactions
// that the client is going to have, and gives the last one.
func (s *suite) http(name string, build func(p *consumer.V4HTTPMockProvider) *consumer.V4InteractionWithResponse, test func(t *testing.T, url string)) {
	s.planned++
	s.t.Run(name, func(t *testing.T) {
		mock, err := consumer.NewV4Pact(consumer.MockHTTPProviderConfig{Consumer: s.consumer, Provider: s.provider, PactDir: s.dir})
		require.NoError(t, err)
		err = build(mock).ExecuteTest(t, func(c consumer.MockServerConfig) error {
			test(t, fmt.Sprintf("http://%s:%d", c.Host, c.Port))
			return nil
		})
		require.NoError(t, err)
		s.ran++
	})
}

// message runs one test of the consumer's reader on an example of a message.
func (s *suite) message(description string, given models.ProviderState, metadata map[string]string, body matchers.Matcher, test func(t *testing.T, body []byte)) {
	s.planned++
	s.t.Run(description, func(t *testing.T) {
		p, err := messages.NewAsynchronousPact(messages.Config{Consumer: s.consumer, Provider: s.provider, PactDir: s.dir})
		require.NoError(t, err)
		err = p.AddAsynchronousMessage().
			GivenWithParameter(given).
			ExpectsToReceive(description).
			WithMetadata(metadata).
			WithJSONContent(body).
			ConsumedBy(func(m messages.AsynchronousMessage) error {
				test(t, m.Contents)
				return nil
			}).
			Verify(t)
		require.NoError(t, err)
		s.ran++
	})
}

// compare fails the suite if its pact is not the committed one. A suite that -run narrowed, or that failed, has
// no whole pact to compare.
func (s *suite) compare() {
	if s.ran < s.planned || s.t.Failed() {
		if *update {
			s.t.Errorf("-update accepts a pact only when its whole suite ran and passed")
		}
		return
	}
	name := s.consumer + "-" + s.provider + ".json"
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	require.NoError(s.t, err)
	written := normal(s.t, text)
	committed := filepath.Join("pacts", name)
	if *update {
		require.NoError(s.t, os.WriteFile(committed, written, 0o644))
	}
	want, err := os.ReadFile(committed)
	require.NoError(s.t, err, "accept the pact with: go test ./contracts -run %s -update", s.t.Name())
	require.Equal(s.t, string(want), string(written),
		"the suite writes another pact than contracts/%s; accept it with: go test ./contracts -run %s -update", committed, s.t.Name())
}

// normal takes the versions of pact-go and libpact_ffi out of a pact, which change without any change of the
// contract, and indents it in one way.
func normal(t *testing.T, text []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var pact map[string]any
	require.NoError(t, decoder.Decode(&pact))
	metadata, _ := pact["metadata"].(map[string]any)
	delete(metadata, "pact-go")
	delete(metadata, "pactRust")
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	require.NoError(t, encoder.Encode(pact))
	return b.Bytes()
}

// given is a provider state with one parameter.
func given(state, param string, value any) models.ProviderState {
	return models.ProviderState{Name: state, Parameters: map[string]any{param: value}}
}
