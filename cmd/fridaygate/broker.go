package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/printable"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// brokerFlags are the address and credentials of a Pact Broker, by the flags and variables of Pact's own command line. A flag
// overrides its variable.
type brokerFlags struct {
	brokerAddress

	CustomHeader   []string      `sep:"none" placeholder:"NAME:VALUE" help:"Header to send with every request. Repeatable."`
	SSLCertificate string        `name:"ssl-certificate" short:"c" placeholder:"FILE" help:"PEM file of more authorities to trust."`
	Retries        *int          `placeholder:"TIMES" help:"Attempts after the first (PACT_BROKER_HTTP_RETRIES). Default: 2."`
	RequestTimeout time.Duration `default:"30s" help:"Limit for one request to the broker."`
}

// brokerAddress says which broker, and who asks.
type brokerAddress struct {
	BrokerBaseURL  string `name:"broker-base-url" short:"b" placeholder:"URL" help:"Base URL of the Pact Broker (PACT_BROKER_BASE_URL)."`
	BrokerUsername string `short:"u" placeholder:"NAME" help:"User of basic authentication (PACT_BROKER_USERNAME)."`
	BrokerPassword string `short:"p" placeholder:"TEXT" help:"Password of basic authentication (PACT_BROKER_PASSWORD)."`
	BrokerToken    string `short:"k" placeholder:"TEXT" help:"Bearer token (PACT_BROKER_TOKEN)."`
}

// variables are the flags by the names of the variables that they override.
func (a brokerAddress) variables() map[string]string {
	return map[string]string{
		broker.VariableURL: a.BrokerBaseURL, broker.VariableUsername: a.BrokerUsername,
		broker.VariablePassword: a.BrokerPassword, broker.VariableToken: a.BrokerToken,
	}
}

// client is a client of the broker that the flags, or else the variables, name.
func (f brokerFlags) client(std streams) (*broker.Client, error) {
	given := f.variables()
	config, named, err := broker.FromEnv(func(name string) string {
		if given[name] != "" {
			return given[name]
		}
		return std.getenv(name)
	})
	if err != nil {
		return nil, exit(verdict.ExitUsage, err)
	}
	if !named {
		return nil, exit(verdict.ExitUsage, fmt.Errorf("no Pact Broker is named: give --broker-base-url, or set %s", broker.VariableURL))
	}
	if config.Header, err = headers(f.CustomHeader); err != nil {
		return nil, exit(verdict.ExitUsage, err)
	}
	if config.HTTP, err = trusting(f.SSLCertificate); err != nil {
		return nil, exit(verdict.ExitUsage, err)
	}
	if config.Retries, err = f.retries(std); err != nil {
		return nil, exit(verdict.ExitUsage, err)
	}
	config.Timeout = f.RequestTimeout
	client, err := broker.New(config)
	if err != nil {
		return nil, exit(verdict.ExitUsage, err)
	}
	return client, nil
}

// retries returns the value for broker.Config, where zero is the default.
func (f brokerFlags) retries(std streams) (int, error) {
	const variable = "PACT_BROKER_HTTP_RETRIES"
	n := f.Retries
	if text := std.getenv(variable); n == nil && text != "" {
		value, err := strconv.Atoi(text)
		if err != nil {
			return 0, fmt.Errorf("%s is %q: want a number", variable, text)
		}
		n = &value
	}
	switch {
	case n == nil:
		return 0, nil
	case *n < 0:
		return 0, fmt.Errorf("%d retries (--retries, %s): want zero or more", *n, variable)
	case *n == 0:
		return -1, nil
	}
	return *n, nil
}

// headers reads "Name: value". Its error does not repeat the value, which may be a secret.
func headers(all []string) (http.Header, error) {
	h := http.Header{}
	for n, one := range all {
		name, value, ok := strings.Cut(one, ":")
		if !ok || strings.TrimSpace(name) == "" {
			return nil, fmt.Errorf("--custom-header number %d: want NAME:VALUE", n+1)
		}
		h.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return h, nil
}

// trusting is an HTTP client that trusts the certificates in a file besides the system's; nil if file is "".
func trusting(file string) (*http.Client, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // package broker has a default client
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--ssl-certificate: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("--ssl-certificate %s: there is no certificate in PEM in it", file)
	}
	return &http.Client{Transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
	}}, nil
}

// brokerError chooses the exit code of an error of package broker.
func brokerError(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled) || ctx.Err() != nil:
		return exit(verdict.ExitInterrupted, err)
	case errors.Is(err, broker.ErrUsage):
		return exit(verdict.ExitUsage, err)
	default:
		return exit(verdict.ExitUnknown, err)
	}
}

// outputFlag chooses how a command answers.
type outputFlag struct {
	Output string `short:"o" enum:"table,text,json" default:"table" help:"Format: table (or text), or json."`
}

// print writes a value as JSON, or lets text write it.
func (o outputFlag) print(std streams, value any, text func(io.Writer) error) error {
	if o.Output != "json" {
		return text(std.out)
	}
	return printJSON(std, value)
}

// printJSON writes a value on standard output.
func printJSON(std streams, value any) error {
	encoder := json.NewEncoder(printable.JSON(std.raw.out))
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
