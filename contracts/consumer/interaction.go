package consumer

import (
	"fmt"
	"testing"

	dsl "github.com/pact-foundation/pact-go/v2/consumer"
	messages "github.com/pact-foundation/pact-go/v2/message/v4"
)

// HTTP runs one test of the consumer's client, a subtest of that name, against a mock of the provider at url.
// build describes the requests that the client is going to make, and returns the last one; each must come,
// and no other.
func (s *Suite) HTTP(name string, build func(p *HTTPPact) *HTTPInteraction, test func(t *testing.T, url string)) {
	s.t.Helper()
	s.run(name, func(t *testing.T, dir string) error {
		mock, err := dsl.NewV4Pact(dsl.MockHTTPProviderConfig{Consumer: s.opts.Consumer, Provider: s.opts.Provider, PactDir: dir})
		if err != nil {
			return err
		}
		return build(mock).ExecuteTest(t, func(c dsl.MockServerConfig) error {
			aside(func() { test(t, fmt.Sprintf("http://%s:%d", c.Host, c.Port)) })
			return nil
		})
	})
}

// Message runs one test of the consumer's reader, a subtest of that name, on the example of a message that the
// provider sends unasked, such as an event on a stream. The test gets the example's body, without its metadata.
func (s *Suite) Message(name string, build func(m *MessageBuilder) *MessageInteraction, test func(t *testing.T, body []byte)) {
	s.t.Helper()
	s.run(name, func(t *testing.T, dir string) error {
		p, err := messages.NewAsynchronousPact(messages.Config{Consumer: s.opts.Consumer, Provider: s.opts.Provider, PactDir: dir})
		if err != nil {
			return err
		}
		return build(p.AddAsynchronousMessage()).ConsumedBy(func(m messages.AsynchronousMessage) error {
			test(t, original(m.Contents))
			return nil
		}).Verify(t)
	})
}

// SyncMessage runs one test of the consumer, a subtest of that name, on the example of a message that it sends and
// the answers that it gets, over anything but HTTP. The test checks that the consumer would send the
// request, and that it understands the answers.
func (s *Suite) SyncMessage(name string, build func(p *SyncMessagePact) *SyncMessageInteraction,
	test func(t *testing.T, request []byte, answers [][]byte)) {
	s.t.Helper()
	s.run(name, func(t *testing.T, dir string) error {
		p, err := messages.NewSynchronousPact(messages.Config{Consumer: s.opts.Consumer, Provider: s.opts.Provider, PactDir: dir})
		if err != nil {
			return err
		}
		return build(p).ExecuteTest(t, func(m messages.SynchronousMessage) error {
			answers := make([][]byte, len(m.Response))
			for i, answer := range m.Response {
				answers[i] = original(answer.Contents)
			}
			test(t, original(m.Request.Contents), answers)
			return nil
		})
	})
}
