package vendors

import (
	"bytes"
	encoding "encoding/json"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// ageless are the libraries that verify a vector whatever the time is, with the vector's own secret.
var ageless = []string{"go-github", "go-shopify", "square-go-sdk", "paddle-go-sdk", "razorpay-go", "go-pagerduty", "sendgrid-go"}

func TestLibrariesAcceptTheVectorsOfTheirVendor(t *testing.T) {
	text, err := os.ReadFile("../testdata/vectors.json")
	require.NoError(t, err)
	var all struct {
		Vectors []struct {
			Scheme, Secret, URL, Body string
			Headers                   map[string]string
		}
	}
	require.NoError(t, encoding.Unmarshal(text, &all))
	libraries := map[string]vendor{}
	for _, name := range ageless {
		v, ok := vendors[name]
		if !ok {
			v, ok = ofData[name]
		}
		require.True(t, ok, name)
		libraries[v.config.Scheme] = v
	}
	verified := map[string]bool{}
	for _, one := range all.Vectors {
		v, ok := libraries[one.Scheme]
		if !ok {
			continue
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, one.URL, bytes.NewReader([]byte(one.Body)))
		require.NoError(t, err)
		for name, value := range one.Headers {
			request.Header.Set(name, value)
		}
		request.Header.Set("Content-Type", "application/json")
		require.NoError(t, v.verify(one.Secret, delivery{request, one.URL, []byte(one.Body)}), one.Scheme)
		verified[one.Scheme] = true
	}
	require.Len(t, verified, len(ageless))
}
