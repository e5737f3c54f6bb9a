package broker_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

func TestEveryFaultHasItsKindAndRevealsNoSecret(t *testing.T) {
	for name, f := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			config := broker.Config{Token: token, Timeout: time.Minute}
			if f.url != nil {
				config.URL = f.url(t)
			} else {
				server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					asked.Add(1)
					f.serve(w, r)
				}))
				server.Config.ErrorLog = quiet
				if f.start == nil {
					f.start = (*httptest.Server).Start
				}
				f.start(server)
				t.Cleanup(server.Close)
				config.URL = server.URL
			}
			if f.config != nil {
				f.config(&config)
			}
			client, err := broker.New(config)
			require.NoError(t, err)
			pacts, err := client.PactsForVerification(t.Context(), broker.Query{Provider: "api"})
			require.Empty(t, pacts)
			require.ErrorIs(t, err, f.kind)
			require.ErrorContains(t, err, f.says)
			require.NotContains(t, err.Error(), "s3cret")
			require.NotContains(t, err.Error(), "\n")
			require.NotContains(t, err.Error(), "\x1b")
			require.Less(t, len(err.Error()), 2000)
			require.Contains(t, err.Error(), config.URL)
			var e *broker.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, verdict.Unknown, e.Verdict())
			for _, other := range []error{
				broker.ErrUsage, broker.ErrUnreachable, broker.ErrUnauthorised, broker.ErrNotFound, broker.ErrUnknownProvider,
				broker.ErrNoPacts, broker.ErrBadRequest, broker.ErrUnexpected, broker.ErrElsewhere,
			} {
				if other != f.kind { //nolint:errorlint // the very value
					require.NotErrorIs(t, err, other)
				}
			}
			if f.url == nil && f.attempts >= 0 {
				require.Equal(t, max(1, f.attempts), asked.Load())
			}
		})
	}
}

func TestAReadIsAskedAgainUntilItWorks(t *testing.T) {
	var asked atomic.Int32
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch asked.Add(1) {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			panic(http.ErrAbortHandler)
		default:
			answer(200, "application/json", `{"consumer":{"name":"web"},"provider":{"name":"api"}}`)(w, r)
		}
	})
	client, err := broker.New(broker.Config{})
	require.NoError(t, err)
	_, err = client.PactAt(t.Context(), url)
	require.NoError(t, err)
	require.EqualValues(t, 3, asked.Load())
}

func TestAResultIsPublishedOnce(t *testing.T) {
	var posts atomic.Int32
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			posts.Add(1)
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = io.WriteString(w,
			`{"consumer":{"name":"web"},"provider":{"name":"api"},"_links":{"pb:publish-verification-results":{"href":"/results"}}}`)
	})
	client, err := broker.New(broker.Config{URL: url})
	require.NoError(t, err)
	p, err := client.PactAt(t.Context(), url+"/pact")
	require.NoError(t, err)
	err = client.PublishVerification(t.Context(), p, broker.Verification{ProviderVersion: "1"})
	require.ErrorIs(t, err, broker.ErrUnexpected)
	require.EqualValues(t, 1, posts.Load())
}

func TestAResultIsNotSentElsewhere(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"consumer":{"name":"web"},"provider":{"name":"api"},
			"_links":{"pb:publish-verification-results":{"href":"http://evil.example/results"}}}`)
	})
	for _, c := range []struct {
		config broker.Config
		kind   error
	}{{broker.Config{URL: url, Token: token}, broker.ErrElsewhere}, {broker.Config{}, broker.ErrUsage}} {
		client, err := broker.New(c.config)
		require.NoError(t, err)
		p, err := client.PactAt(t.Context(), url)
		require.NoError(t, err)
		require.ErrorIs(t, client.PublishVerification(t.Context(), p, broker.Verification{ProviderVersion: "1"}), c.kind)
	}
}

func TestAnInterruptIsNoFindingAboutTheBroker(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	client, err := broker.New(broker.Config{URL: url, Token: token})
	require.NoError(t, err)
	_, err = client.PactsForVerification(ctx, broker.Query{Provider: "api"})
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, broker.ErrUnreachable)
	require.ErrorContains(t, err, "interrupted")
}
