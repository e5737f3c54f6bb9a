package peers

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/pact/corpus"
)

// listen serves a handler on a port of the loopback interface until stop is called.
func listen(handler http.HandlerFunc) (address string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }()
	return l.Addr().String(), func() { _ = server.Close() }, nil
}

// serve plays the provider for pact verifier, which asks one address for answers and messages, and another for states.
func serve(v corpus.Variant) (provider, states string, stop func(), err error) {
	raw, stopRaw, err := v.Serve()
	if err != nil {
		return "", "", nil, err
	}
	states, stopStates, err := listen(func(w http.ResponseWriter, r *http.Request) { serveState(w, r, v) })
	if err != nil {
		stopRaw()
		return "", "", nil, err
	}
	if v.Message == nil { // byte for byte
		return raw, states, func() { stopRaw(); stopStates() }, nil
	}
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: raw})
	provider, stopProvider, err := listen(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.Trim(r.URL.Path, "/") == "" {
			serveMessage(w, v)
			return
		}
		proxy.ServeHTTP(w, r)
	})
	return provider, states, func() { stopRaw(); stopStates(); stopProvider() }, err
}

func serveState(w http.ResponseWriter, r *http.Request, v corpus.Variant) {
	var call struct {
		State  string
		Params map[string]any
	}
	text, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(text, &call)
	if call.State != "" && v.States[call.State] == nil {
		http.Error(w, "no function for the state "+call.State, http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v.Values(call.State, call.Params))
}

func serveMessage(w http.ResponseWriter, v corpus.Variant) {
	metadata, _ := json.Marshal(v.Metadata)
	contentType, _ := v.Metadata["contentType"].(string)
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Pact-Message-Metadata", base64.StdEncoding.EncodeToString(metadata))
	_, _ = w.Write(v.Content())
}
