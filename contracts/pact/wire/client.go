package wire

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"
)

// Client sends requests to one provider, each on a new connection. It is safe for concurrent use.
type Client struct {
	Target  *url.URL      // its scheme, http or https, and its host are used
	Timeout time.Duration // of one exchange, from dialling to the answer's last byte
	Limit   int64         // bytes of an answer's body, at most
}

// Do sends a request unchanged, and returns the whole answer unchanged. An error means that there was no whole answer: the
// provider was not reached, spoke no HTTP/1, or stopped in the middle.
func (c Client) Do(ctx context.Context, request *Message) (*Message, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.Timeout, fmt.Errorf("no whole answer within %s", c.Timeout))
	defer cancel()
	answer, err := c.exchange(ctx, request)
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("%w: %w", ctx.Err(), context.Cause(ctx))
	}
	return answer, err
}

func (c Client) exchange(ctx context.Context, request *Message) (*Message, error) {
	conn, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	defer func() { _ = conn.Close() }()

	// A provider may answer before it has read everything, so both ways are open at once.
	written := make(chan error, 1)
	go func() {
		_, err := conn.Write(request.Bytes())
		written <- err
	}()
	method, _, _ := request.RequestLine()
	answer, err := ReadAnswer(bufio.NewReader(conn), method, c.Limit)
	if err != nil {
		_ = conn.Close()
		if failed := <-written; failed != nil && !errors.Is(failed, net.ErrClosed) {
			err = errors.Join(err, failed)
		}
		return nil, err
	}
	return answer, nil
}

func (c Client) dial(ctx context.Context) (net.Conn, error) {
	port := c.Target.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[c.Target.Scheme]
	}
	address := net.JoinHostPort(c.Target.Hostname(), port)
	if c.Target.Scheme == "https" {
		return (&tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}}).DialContext(ctx, "tcp", address)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}
