package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// Process is what a service's process is given from outside.
type Process struct {
	Name           string
	Environ        []string // as from os.Environ
	Stdout, Stderr io.Writer
}

// Exit codes of a service.
const (
	ExitAsked    = 0 // it was asked to end
	ExitFailed   = 1 // it could not go on
	ExitSettings = 2 // its settings are wrong
)

// Main is a service's main function: it runs until SIGINT or SIGTERM.
func Main(name string, run func(ctx context.Context, p Process) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := Process{name, os.Environ(), os.Stdout, os.Stderr}.Run(ctx, run)
	stop()
	os.Exit(code)
}

// Run runs a service and returns its exit code. What went wrong is on Stderr.
func (p Process) Run(ctx context.Context, run func(ctx context.Context, p Process) error) int {
	err := run(ctx, p)
	if err == nil {
		return ExitAsked
	}
	code, what := ExitFailed, ""
	var settings *SettingsError
	if errors.As(err, &settings) {
		code, what = ExitSettings, "the settings are wrong:\n"
	}
	_, _ = fmt.Fprintf(p.Stderr, "%s: %s%v\n", p.Name, what, err) // an error here has no other place to go
	return code
}

// Traced runs serve and exports traces to OTEL_EXPORTER_OTLP_ENDPOINT, if that is set.
func (p Process) Traced(ctx context.Context, serve func(context.Context) error) error {
	endpoint := ""
	for _, v := range p.Environ {
		if value, ok := strings.CutPrefix(v, "OTEL_EXPORTER_OTLP_ENDPOINT="); ok {
			endpoint = value
		}
	}
	end, err := startTracing(ctx, p.Name, endpoint)
	if err != nil {
		return err
	}
	err = serve(ctx)
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	return errors.Join(err, end(ending))
}
