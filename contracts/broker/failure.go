package broker

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
	"unicode"
)

// mayPass reports whether a failure to get an answer may be gone the next time: the connection was refused, reset or cut.
// A wrong name or certificate stays, and after a timeout the time is spent.
func mayPass(err error) bool {
	var name *net.DNSError
	if errors.As(err, &name) {
		return name.IsTemporary && !name.IsTimeout
	}
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// transport returns why there was no answer. A context that the caller cancelled is no finding about the broker.
func (c *Client) transport(ctx context.Context, k call, err error) error {
	var decided *Error // by the rule of redirects
	if errors.As(err, &decided) {
		return decided
	}
	var wrapped *url.Error // its text has the URL, and with it perhaps a user
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return &cancelled{k.op + ": " + c.redact(k.url) + ": interrupted", context.Cause(ctx)}
	}
	e := &Error{Op: k.op, URL: c.redact(k.url), Kind: ErrUnreachable, Cause: err}
	var name *net.DNSError
	var network net.Error
	var invalid x509.CertificateInvalidError
	var operation *net.OpError
	switch {
	case errors.As(err, &operation) && operation.Op == "proxyconnect":
		e.Reason = "the proxy on the way is not reached: " + c.clean(operation.Err.Error())
		e.Advice = "check HTTPS_PROXY and HTTP_PROXY, and NO_PROXY if the broker needs none"
	case errors.As(err, &name) && name.IsNotFound:
		e.Reason, e.Advice = "the host name "+k.url.Hostname()+" is not known here", "check the URL, and the network or VPN of this machine"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		valid := invalid.Cert.NotBefore.UTC().Format(time.DateOnly) + " to " + invalid.Cert.NotAfter.UTC().Format(time.DateOnly)
		e.Reason = "its TLS certificate is not accepted: it is valid from " + valid
		e.Advice = "renew the broker's certificate, or check this machine's clock"
	case certificate(err):
		e.Reason = "its TLS certificate is not accepted: " + c.clean(err.Error())
		e.Advice = "check the URL; if the authority is your own, name its certificate (--ssl-certificate, or SSL_CERT_FILE)"
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Reason, e.Advice = "the connection is refused", "check the URL and its port, and that the broker runs"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		e.Reason, e.Advice = "no answer in time", "check that the broker, and the proxy on the way, can be reached from here"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		e.Reason, e.Advice = "the connection was cut before the answer's end", "look into the logs of the broker, and of the proxy before it"
	default:
		e.Reason, e.Advice = "there is no answer: "+c.clean(err.Error()), "check the URL, and that the broker runs"
	}
	return e
}

func certificate(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var plain tls.RecordHeaderError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid) ||
		errors.As(err, &plain)
}

// cancelled is a call that its caller gave up.
type cancelled struct {
	text  string
	cause error
}

func (c *cancelled) Error() string   { return c.text }
func (c *cancelled) Unwrap() []error { return []error{context.Canceled, c.cause} }

// refusal returns the error for an answer other than 2xx. said is the answer's own message.
func (c *Client) refusal(k call, response *http.Response, said string) *Error {
	e := &Error{Op: k.op, URL: c.redact(response.Request.URL), Status: response.StatusCode, Reason: response.Status}
	if said != "" {
		e.Reason += ": " + said
	}
	e.Reason = c.clean(e.Reason)
	switch status := response.StatusCode; {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		e.Kind = ErrUnauthorised
		switch {
		case k.anonymous:
			e.Advice = "it was asked without credentials; set " + VariableURL + " to the broker that this URL belongs to"
		case c.token == "" && c.username == "":
			e.Advice = "set " + VariableToken + ", or " + VariableUsername + " and " + VariablePassword
		case status == http.StatusForbidden:
			e.Advice = "the credentials are known, and may not do this: ask for the permission"
		case c.token != "":
			e.Advice = "check the token (" + VariableToken + "), and that this broker takes tokens rather than a user and password"
		default:
			e.Advice = "check " + VariableUsername + " and " + VariablePassword
		}
	case status == http.StatusNotFound:
		e.Kind, e.Advice = ErrNotFound, "check the URL"
	case status == http.StatusRequestEntityTooLarge:
		e.Kind = ErrBadRequest
		e.Advice = "the proxy before the broker takes no request of this size: raise its limit (client_max_body_size of nginx)"
	case status/100 == 4:
		e.Kind = ErrBadRequest
	case status/100 == 3:
		e.Kind = ErrUnexpected
		if to, err := response.Location(); err == nil {
			e.Reason = c.clean(response.Status) + ": a " + k.method + " is not sent on to " + c.redact(to)
		}
		e.Advice = "use the address that it redirects to as the broker's URL (" + VariableURL + ")"
	case status == http.StatusInternalServerError && strings.ContainsFunc(k.url.Path, func(r rune) bool { return r > unicode.MaxASCII }):
		e.Kind = ErrUnexpected
		e.Advice = "a Pact Broker on SQLite answers so to a name with letters beyond ASCII, as in this address: " +
			"use a name without them, or a broker on PostgreSQL; if it is on one, look into its logs"
	default:
		e.Kind, e.Advice = ErrUnexpected, "look into the logs of the broker, and of the proxy before it"
	}
	return e
}
