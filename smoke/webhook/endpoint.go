package webhook

import (
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// framing lists the headers that say how a message travels on its connection (RFC 9110, section 7.6.1; RFC 9112), with
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
	if !slices.Contains([]string{"POST", "PUT", "PATCH", "DELETE"}, e.Method) {
		m.add("endpoint.method", "%q: must be POST, PUT, PATCH or DELETE, in capitals: a fixture is a body, which other methods have none of", e.Method)
	}
	e.checkPath(m)
	for name, value := range e.Headers {
		key := "endpoint.headers." + name
		switch {
		case !token.MatchString(name):
			m.add(key, "must be the name of a header")
		case slices.Contains(framing, http.CanonicalHeaderKey(name)):
			m.add(key, "is the connection's own, and cannot be set: leave it out")
		}
		m.headerValue(key, value)
		m.template(key, value)
	}
	if _, _, err := mime.ParseMediaType(e.ContentType); err != nil {
		m.add("endpoint.content_type", "%q: must be a media type such as application/json", e.ContentType)
	}
	if u, err := url.Parse(e.URL); e.URL != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https")) {
		m.add("endpoint.url", "%q: must be the whole public URL of the endpoint", e.URL)
	}
	m.header("endpoint.retry_header", e.RetryHeader)
	if e.BodyLimit < 0 || e.BodyLimit > 64<<20 {
		m.add("endpoint.body_limit", "%d: must be a number of bytes up to 64 MiB", e.BodyLimit)
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

// checkPath checks the path and its query, in which placeholders may stand.
func (e Endpoint) checkPath(m *mistakes) {
	path, query, _ := strings.Cut(e.Path, "?")
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "#{} ") {
		m.add("endpoint.path", "%q: must start with a slash, and hold no fragment; placeholders may stand in its query", e.Path)
	}
	m.query("endpoint.path", query)
	m.query("endpoint.query", e.Query)
}

// query checks a query without its question mark.
func (m *mistakes) query(key, query string) {
	if _, err := url.ParseQuery(query); err != nil || strings.HasPrefix(query, "?") || strings.ContainsAny(query, "# ") {
		m.add(key, "%q: must be a query such as id={event_id}, escaped where it needs to be", query)
	}
	m.template(key, query)
}
