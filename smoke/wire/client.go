package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Options say how a Client sends.
type Options struct {
	Transport *http.Transport                               // its proxy, dialer and TLS settings are used; nil: the defaults
	Timeout   time.Duration                                 // of one attempt
	Now       func() time.Time                              // the clock of attempts
	Spend     func(ctx context.Context, requests int) error // called before requests are sent; an error prevents them
	Wait      func(context.Context, time.Duration) error    // waits as long as a 429 asks for; an error, or nil: no resend
	Date      func(time.Time)                               // called with the Date of the answer to Reach; nil: nothing
}

// Client holds the connections to one receiver. It follows no redirect: that would send what was signed for one address to
// another. It is safe for concurrent use.
type Client struct {
	options    Options
	reused     *http.Transport // may use a connection again
	fresh      *http.Transport // each delivery on a connection of its own
	unbuffered *http.Transport // the same, and what is written is sent at once: for deliveries that end with their last byte
	bare       *http.Transport // the same over HTTP/1.1: for deliveries that stop in the middle
	asks       *http.Client    // for probes and reachability checks
	http2      atomic.Bool     // the receiver speaks HTTP/2
	only2      atomic.Bool     // it does not speak HTTP/1.1
	throttled  atomic.Bool     // a delivery had nothing but 429, however long it waited
}

// idleLimit is how long a connection may lie idle and be used again. Servers close idle ones after seconds (Node
// after 5); one that is closed under a delivery costs a resend.
const idleLimit = time.Second

// NewClient returns a client. It opens no connection yet.
func NewClient(o Options) *Client {
	if o.Transport == nil {
		o.Transport = &http.Transport{}
	}
	base := o.Transport.Clone()
	base.DisableCompression = true
	base.MaxResponseHeaderBytes = 64 << 10
	base.IdleConnTimeout = idleLimit
	base.MaxIdleConnsPerHost = 64
	base.ForceAttemptHTTP2 = true
	fresh := base.Clone()
	fresh.DisableKeepAlives = true
	unbuffered := fresh.Clone()
	unbuffered.WriteBufferSize = 1 // net/http reports a request as written before it flushes its buffer
	bare := unbuffered.Clone()
	bare.ForceAttemptHTTP2 = false
	bare.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	if bare.TLSClientConfig == nil {
		bare.TLSClientConfig = &tls.Config{} // with the same defaults as nil
	}
	bare.TLSClientConfig.NextProtos = []string{"http/1.1"} // asked for: some servers choose HTTP/2 where nobody asks
	asks := &http.Client{
		Transport:     base,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Client{options: o, reused: base, fresh: fresh, unbuffered: unbuffered, bare: bare, asks: asks}
}

// HTTP returns the client for requests that are no deliveries, such as those of probes.
func (c *Client) HTTP() *http.Client { return c.asks }

// Fresh returns the client for requests that are to have a connection of their own each, on which net/http never sends a
// request twice.
func (c *Client) Fresh() *http.Client {
	return &http.Client{Transport: c.fresh, CheckRedirect: c.asks.CheckRedirect}
}

// Below returns the URL of a path with its query below a base URL.
func Below(base *url.URL, pathAndQuery string) string {
	return strings.TrimRight(base.String(), "/") + "/" + strings.TrimLeft(pathAndQuery, "/")
}

// Reach asks target for its headers, and learns whether the receiver speaks HTTP/2, and HTTP/1.1 as well. The reason says
// why nothing can answer there; it is "" after any answer at all.
func (c *Client) Reach(ctx context.Context, target *url.URL) (reason string) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	answer, err := c.head(ctx, target, c.asks.Transport)
	if err != nil {
		if unreachable(err) || errors.As(err, new(notSentError)) {
			return Reason(err, c.options.Timeout)
		}
		return ""
	}
	if at, err := http.ParseTime(answer.date); err == nil && c.options.Date != nil {
		c.options.Date(at)
	}
	if answer.http2 {
		c.http2.Store(true)
		_, err := c.head(ctx, target, c.bare)
		c.only2.Store(err != nil && ctx.Err() == nil)
	}
	return ""
}

// headers is what the headers of an answer show.
type headers struct {
	date  string
	http2 bool
}

// head asks for the headers of target.
func (c *Client) head(ctx context.Context, target *url.URL, through http.RoundTripper) (headers, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, target.String(), nil)
	if err != nil {
		return headers{}, notSentError{err}
	}
	request.Header.Set("User-Agent", UserAgent)
	if err := c.options.Spend(ctx, 1); err != nil {
		return headers{}, notSentError{err}
	}
	answer, err := through.RoundTrip(request)
	if err != nil {
		return headers{}, err
	}
	_ = answer.Body.Close() // a HEAD answer has no body to lose
	return headers{answer.Header.Get("Date"), answer.ProtoMajor == 2}, nil
}

// notSentError is why a request was not even tried.
type notSentError struct{ error }

// Close closes the connections that lie idle.
func (c *Client) Close() {
	for _, one := range []*http.Transport{c.reused, c.fresh, c.unbuffered, c.bare} {
		one.CloseIdleConnections()
	}
}
