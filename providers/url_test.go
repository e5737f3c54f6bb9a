package providers_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/providers"
)

func TestADeployedServiceIsReachedAndNotHurt(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	runtime, err := providers.ParseURLs("invoices=" + server.URL + "/, customers=https://customers.example.com")
	require.NoError(t, err)
	provider, err := runtime.Start(t.Context(), providers.Spec{Name: "invoices"})
	require.NoError(t, err)
	require.Equal(t, server.URL, provider.URL())
	require.Equal(t, "invoices", provider.Name())
	require.Nil(t, provider.Need("postgres"))
	_, err = provider.Logs(t.Context())
	require.ErrorIs(t, err, providers.ErrUnsupported)
	require.ErrorIs(t, provider.Kill(t.Context()), providers.ErrUnsupported)
	require.ErrorIs(t, provider.Restart(t.Context()), providers.ErrUnsupported)
	require.ErrorIs(t, provider.Pause(t.Context()), providers.ErrUnsupported)
	require.ErrorIs(t, provider.Resume(t.Context()), providers.ErrUnsupported)
	require.NoError(t, provider.Stop(t.Context()))
}

func TestADeployedServiceThatDoesNotAnswerIsAnError(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := providers.URL{"invoices": server.URL}.Start(t.Context(), providers.Spec{Name: "invoices", ReadyTimeout: 200 * time.Millisecond})
	require.ErrorContains(t, err, "reach invoices at "+server.URL+": not ready after 200ms")
	_, err = providers.URL{"invoices": server.URL}.Start(t.Context(), providers.Spec{Name: "customers"})
	require.ErrorContains(t, err, "start customers: no URL is given for it; there are: invoices")
}

func TestURLsAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "want NAME=URL",
		"https://a":               "want NAME=URL",
		"a=b.example.com":         "want a base URL",
		"a=https://b?c=d":         "want a base URL",
		"a=https://b,a=https://c": "a is given twice",
		"a=https://b:x":           "invalid port",
	} {
		_, err := providers.ParseURLs(text)
		require.ErrorContains(t, err, want, text)
	}
}
