package pact_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/pact"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

func events(message func(ctx context.Context, s *pact.Setup) (pact.Message, error)) pact.Options {
	return pact.Options{
		Provider: "events", Sources: []pact.Source{pact.Files("testdata/books-events.json")}, Message: message,
		States: pact.States{"an order is paid": func(_ context.Context, s *pact.Setup) error {
			s.Return("order", "9")
			return nil
		}},
	}
}

func TestMessageIsComparedWithItsMetadata(t *testing.T) {
	report := pact.Verify(t.Context(), events(func(_ context.Context, s *pact.Setup) (pact.Message, error) {
		require.Equal(t, "an order was paid", s.Interaction.Description)
		body := `{"paid":true,"id":"` + s.Value("order").(string) + `"}`
		return pact.Message{
			Body: []byte(body), Metadata: map[string]any{"contentType": "application/json", "type": "order.paid", "traceparent": "00"},
		}, nil
	}))
	require.Equal(t, verdict.Pass, report.Verdict, report)
	require.Equal(t, "books/an order is paid/an order was paid", report.Results[0].Interaction.Name())

	report = pact.Verify(t.Context(), events(func(context.Context, *pact.Setup) (pact.Message, error) {
		return pact.Message{
			Body: []byte(`{"id":"9","paid":false}`), Metadata: map[string]any{"contentType": "application/json", "type": "order.late"},
		}, nil
	}))
	require.Equal(t, verdict.Fail, report.Verdict)
	var paths []string
	for _, m := range report.Results[0].Mismatches {
		paths = append(paths, m.Part+" "+m.Path)
	}
	require.ElementsMatch(t, []string{"body $.paid", "metadata type"}, paths)
}

func TestMessageThatDoesNotComeIsNeverAPass(t *testing.T) {
	for name, c := range map[string]struct {
		message func(context.Context, *pact.Setup) (pact.Message, error)
		want    verdict.Verdict
	}{
		"none": {nil, verdict.Fail},
		"error": {func(context.Context, *pact.Setup) (pact.Message, error) {
			return pact.Message{}, errors.New("not sent")
		}, verdict.Fail},
		"panic": {func(context.Context, *pact.Setup) (pact.Message, error) { panic("oh") }, verdict.Fail},
		"too late": {func(context.Context, *pact.Setup) (pact.Message, error) {
			return pact.Message{}, context.DeadlineExceeded
		}, verdict.Unknown},
		"empty": {func(context.Context, *pact.Setup) (pact.Message, error) { return pact.Message{}, nil }, verdict.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, pact.Verify(t.Context(), events(c.message)).Verdict)
		})
	}
}

// The formats before version 4 keep messages apart, and name states in other ways.
func TestOlderSpecifications(t *testing.T) {
	for name, text := range map[string]string{
		"version 3 messages": `{"consumer":{"name":"books"},"provider":{"name":"events"},
			"messages":[{"description":"m","providerStates":[{"name":"an order is paid"}],
				"contents":{"id":"1"},"metaData":{"contentType":"application/json"}}],
			"metadata":{"pactSpecification":{"version":"3.0.0"}}}`,
		"version 2": `{"consumer":{"name":"books"},"provider":{"name":"events"},
			"interactions":[{"description":"r","providerState":"an order is paid",
				"request":{"method":"GET","path":"/orders/7"},"response":{"status":200,"body":{"id":"7","total":5}}}],
			"metadata":{"pactSpecification":{"version":"2.0.0"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "old.json")
			require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
			s := newShop(t)
			s.put("5")
			opts := events(func(context.Context, *pact.Setup) (pact.Message, error) {
				return pact.Message{Body: []byte(`{"id":"1"}`), Metadata: map[string]any{"contentType": "application/json"}}, nil
			})
			opts.URL, opts.Sources = s.URL, []pact.Source{pact.Files(path)}
			report := pact.Verify(t.Context(), opts)
			require.Equal(t, verdict.Pass, report.Verdict, report)

			opts.States = nil
			require.Equal(t, verdict.Fail, pact.Verify(t.Context(), opts).Verdict)
		})
	}
}

// A message with an answer: the provider gets the request's body and metadata, and its answer is compared.
func TestAnswerToAMessageIsCompared(t *testing.T) {
	for name, c := range map[string]struct {
		contents, body string
	}{
		"JSON":        {`{"content":{"n":9007199254740993},"contentType":"application/json","encoded":false}`, `{"n":9007199254740993}`},
		"JSON string": {`{"content":"why","contentType":"application/json","encoded":false}`, `"why"`},
		"text":        {`{"content":"why","contentType":"text/plain","encoded":false}`, "why"},
		"binary":      {`{"content":"AP8B","contentType":"application/octet-stream","encoded":"base64"}`, "\x00\xff\x01"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "sync.json")
			require.NoError(t, os.WriteFile(path, []byte(`{"consumer":{"name":"books"},"provider":{"name":"events"},
				"interactions":[{"type":"Synchronous/Messages","description":"a question","pending":false,
					"request":{"contents":`+c.contents+`,"metadata":{"topic":"questions"}},
					"response":[{"contents":{"content":{"a":"so"},"contentType":"application/json","encoded":false},
						"metadata":{"contentType":"application/json","topic":"answers"}}]}],
				"metadata":{"pactSpecification":{"version":"4.0"}}}`), 0o600))
			answer := pact.Message{Body: []byte(`{"a":"so"}`), Metadata: map[string]any{"contentType": "application/json", "topic": "answers"}}
			var asked *pact.Message
			opts := events(func(_ context.Context, s *pact.Setup) (pact.Message, error) {
				asked = s.Request
				return answer, nil
			})
			opts.Sources = []pact.Source{pact.Files(path)}
			report := pact.Verify(t.Context(), opts)
			require.Equal(t, verdict.Pass, report.Verdict, report)
			require.Equal(t, c.body, string(asked.Body))
			require.Equal(t, "questions", asked.Metadata["topic"])

			answer.Body = []byte(`{"a":"no"}`)
			require.Equal(t, verdict.Fail, pact.Verify(t.Context(), opts).Verdict)
			answer.Body, answer.Metadata = []byte(`{"a":"so"}`), map[string]any{"contentType": "application/json", "topic": "elsewhere"}
			require.Equal(t, verdict.Fail, pact.Verify(t.Context(), opts).Verdict)
		})
	}
}
