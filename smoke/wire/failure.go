package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// Reason says in a few words why a request has no answer. It does not name the request.
func Reason(err error, timeout time.Duration) string {
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("no whole answer within %s", timeout)
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed in the middle of the answer"
	case errors.Is(err, syscall.ECONNRESET):
		return "the connection was reset"
	case closed(err):
		return "the connection was closed without an answer"
	}
	return err.Error()
}

// closed reports whether the other end closed the connection.
func closed(err error) bool {
	for _, one := range []error{io.EOF, net.ErrClosed, syscall.EPIPE, syscall.ECONNRESET} {
		if errors.Is(err, one) {
			return true
		}
	}
	// net/http does not export what it says of a connection that was closed while it lay idle.
	return strings.Contains(err.Error(), "server closed idle connection") ||
		strings.Contains(err.Error(), "http2: client connection lost") || unsent(err)
}

// unsent reports whether net/http would have made a request anew by itself, had it had the body: its connection was lost,
// or taken by another request of HTTP/2, before the receiver could act on it.
func unsent(err error) bool {
	return strings.Contains(err.Error(), "cannot rewind body after connection loss")
}

// unreachable reports whether nothing can answer at the address, as opposed to a target that answers badly.
func unreachable(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &dns) || errors.As(err, &certificate) || (errors.As(err, &op) && op.Op == "dial")
}
