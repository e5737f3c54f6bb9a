package broker_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
)

const token = "s3cret-t0ken/+="

func TestTheConfigurationIsReadFromTheEnvironment(t *testing.T) {
	for name, c := range map[string]struct {
		env   map[string]string
		want  broker.Config
		named bool
	}{
		"nothing": {nil, broker.Config{}, false},
		"the CLI's name first": {
			map[string]string{"PACT_BROKER_BASE_URL": "https://a.example", "PACT_BROKER_URL": "https://b.example"},
			broker.Config{URL: "https://a.example"}, true,
		},
		"pact-go's name": {map[string]string{"PACT_BROKER_URL": "https://b.example/"}, broker.Config{URL: "https://b.example/"}, true},
		"a token from a file": {
			map[string]string{"PACT_BROKER_URL": "https://b.example", "PACT_BROKER_TOKEN": token + "\n"},
			broker.Config{URL: "https://b.example", Token: token}, true,
		},
		"a user": {map[string]string{"PACT_BROKER_URL": "https://b.example", "PACT_BROKER_USERNAME": "u", "PACT_BROKER_PASSWORD": "p"},
			broker.Config{URL: "https://b.example", Username: "u", Password: "p"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			config, named, err := broker.FromEnv(func(key string) string { return c.env[key] })
			require.NoError(t, err)
			require.Equal(t, c.want, config)
			require.Equal(t, c.named, named)
		})
	}
}

func TestAWrongConfigurationIsRefusedWithoutItsSecrets(t *testing.T) {
	for says, config := range map[string]broker.Config{
		"there is a token (PACT_BROKER_TOKEN) and a user":             {URL: "https://b.example", Token: token, Username: "u", Password: token},
		"there is a token (PACT_BROKER_TOKEN) and a user or password": {URL: "https://b.example", Token: token, Password: token},
		"there is a password (PACT_BROKER_PASSWORD) without a user":   {URL: "https://b.example", Password: token},
		"there are two users":                                        {URL: "https://x:s3cret-t0ken@b.example", Username: "u", Password: token},
		"there are credentials, and no URL":                          {Token: token},
		"PACT_BROKER_TOKEN has a blank or a control character in it": {URL: "https://b.example", Token: token + "\nX-Evil: 1"},
		"its scheme is \"\"":                                         {URL: "b.example/s3cret-t0ken"},
		"its scheme is \"ftp\"":                                      {URL: "ftp://u:s3cret-t0ken@b.example"},
		"it is no URL":                                               {URL: "https://u:s3cret-t0ken@b.example:port"},
		"has a query":                                                {URL: "https://b.example?token=s3cret-t0ken"},
		"must not be negative":                                       {URL: "https://b.example", Timeout: -time.Second},
	} {
		_, err := broker.New(config)
		require.ErrorIs(t, err, broker.ErrUsage)
		require.ErrorContains(t, err, "configure the Pact Broker: ")
		require.ErrorContains(t, err, says)
		require.NotContains(t, err.Error(), "s3cret")
	}
}

func TestCredentialsGoToTheBrokerOnly(t *testing.T) {
	const pact = `{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[]}`
	var got []string
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Authorization"))
		_, _ = fmt.Fprint(w, pact)
	}))
	t.Cleanup(echo.Close)
	other := httptest.NewServer(echo.Config.Handler)
	t.Cleanup(other.Close)
	basic := "Basic dTpwYXNzd29yZA=="
	for name, c := range map[string]struct {
		config broker.Config
		url    string
		want   string
	}{
		"token":               {broker.Config{URL: echo.URL, Token: token}, echo.URL, "Bearer " + token},
		"user":                {broker.Config{URL: echo.URL, Username: "u", Password: "password"}, echo.URL, basic},
		"user in its URL":     {broker.Config{URL: "http://u:password@" + echo.Listener.Addr().String()}, echo.URL, basic},
		"nobody":              {broker.Config{URL: echo.URL}, echo.URL, ""},
		"another host":        {broker.Config{URL: echo.URL, Token: token}, other.URL, ""},
		"another host's user": {broker.Config{URL: echo.URL, Token: token}, "http://u:password@" + other.Listener.Addr().String(), basic},
		"a token before a user": {
			broker.Config{URL: echo.URL, Token: token}, "http://u:password@" + echo.Listener.Addr().String(), "Bearer " + token,
		},
		"no broker at all": {broker.Config{}, other.URL, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got = nil
			client, err := broker.New(c.config)
			require.NoError(t, err)
			p, err := client.PactAt(t.Context(), c.url+"/web-api.json?sig=abc")
			require.NoError(t, err)
			require.Equal(t, []string{c.want}, got)
			require.False(t, p.InBroker())
			require.Equal(t, []string{"web", "api", pact}, []string{p.Consumer, p.Provider, string(p.Content)})
			require.NotContains(t, p.URL, "password")
			require.NotContains(t, p.URL, "abc")
		})
	}
}

func TestWithoutABrokerOnlyAPactsURLWorks(t *testing.T) {
	c, err := broker.New(broker.Config{})
	require.NoError(t, err)
	_, err = c.PactsForVerification(t.Context(), broker.Query{Provider: "api"})
	require.ErrorIs(t, err, broker.ErrUsage)
	require.ErrorContains(t, err, "set PACT_BROKER_BASE_URL")
	_, err = c.PactAt(t.Context(), "contracts/pacts/web-api.json")
	require.ErrorIs(t, err, broker.ErrUsage)
}
