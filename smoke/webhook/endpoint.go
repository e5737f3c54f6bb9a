package webhook

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// framing lists the headers that control how a message is transferred on its connection (RFC 9110, section 7.6.1; RFC 9112), with
// Accept-Encoding, which the client sets for what it can read.
var framing = []string{
	"Accept-Encoding", "Connection", "Content-Length", "Expect", "Host", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization",
	"Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

// GoldenHeader returns the lines of a golden delivery's header that are sent again: all but those of its connection and
// its signature, which are made anew. Every header with signature or hmac in its name counts as one.
func GoldenHeader(golden http.Header) http.Header {
	kept := maps.Clone(golden)
	maps.DeleteFunc(kept, func(name string, _ []string) bool {
		lower := strings.ToLower(name)
		return slices.Contains(framing, http.CanonicalHeaderKey(name)) || strings.Contains(lower, "signature") || strings.Contains(lower, "hmac")
	})
	return kept
}

func (e Endpoint) check(m *mistakes) {
	for name := range e.Headers {
		if slices.Contains(framing, http.CanonicalHeaderKey(name)) {
			m.add("endpoint.headers."+name, "is the connection's own, and cannot be set: leave it out")
		}
	}
}

// PathAndQuery returns the endpoint's path, and its query with what the sender adds to it; "" when there is neither.
func (e Endpoint) PathAndQuery() (path, query string) {
	path, query, _ = strings.Cut(e.Path, "?")
	if query != "" && e.Query != "" {
		query += "&"
	}
	return path, query + e.Query
}
