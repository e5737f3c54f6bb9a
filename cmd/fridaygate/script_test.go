package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/smoke/receivers"
)

// parallel is how many scripts run at a time unless -parallel says otherwise: most wait for receivers and for other programs.
const parallel = "6"

func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", parallel); err != nil { // the command line is read later, and overrides it
		panic(err)
	}
	testscript.Main(m, map[string]func(){
		"fridaygate": main,
		"receiver":   receiverMain,
	})
}

// Scripts may use, besides testscript's own commands:
//
//	exits CODE COMMAND...   run a command that must exit with just this code
//	report FILE             demand that a JSON report keeps to its schema
//	await FILE              wait until a file has a line, and keep it in the variable TARGET
//	receiver KIND FILE      serve a receiver, and write its URL to a file (in the background, with &)
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	goEnv, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE").Output()
	require.NoError(t, err)
	caches := strings.Fields(string(goEnv))
	require.Len(t, caches, 2)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROOT", root)
			env.Setenv("GOCACHE", caches[0])
			env.Setenv("GOMODCACHE", caches[1])
			env.Setenv("INVOICES_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "await": await, "report": keepsToSchema},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exited *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exited):
		got = exited.ExitCode()
	default:
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
	if output := ts.ReadFile("stdout") + ts.ReadFile("stderr"); bytes.Contains([]byte(output), []byte("goroutine ")) {
		ts.Fatalf("a stack trace is no message")
	}
}

func keepsToSchema(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: report FILE")
	}
	s, err := schema.Load(filepath.Join(ts.Getenv("ROOT"), "contracts/report/report.schema.json"))
	ts.Check(err)
	for _, violation := range s.Check([]byte(ts.ReadFile(args[0]))) {
		ts.Fatalf("%s: %s", args[0], violation)
	}
}

func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await FILE")
	}
	for range 500 {
		if text, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && bytes.HasSuffix(text, []byte("\n")) {
			ts.Setenv("TARGET", string(bytes.TrimSpace(text)))
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s did not come", args[0])
}

// receiverMain is the command receiver.
func receiverMain() {
	kind, file := os.Args[1], os.Args[2]
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		err = os.WriteFile(file, fmt.Appendf(nil, "http://%s\n", listener.Addr()), 0o600)
	}
	if err != nil {
		panic(err)
	}
	server := &http.Server{Handler: kinds[kind]}
	go func() { <-ctx.Done(); _ = server.Close() }()
	_ = server.Serve(listener)
}

var kinds = map[string]http.Handler{
	"correct":           receivers.Correct.Start(os.Getenv("INVOICES_WEBHOOK_SECRET")),
	"check-then-insert": receivers.CheckThenInsert.Start(os.Getenv("INVOICES_WEBHOOK_SECRET")),
	"page": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!doctype html><title>Sign in</title>")
	}),
	"markup": markup(), // takes everything, with another result each time, which tries to be a script
	"closing": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if connection, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = connection.Close()
		}
	}),
	"silent": http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}),
}

func markup() http.Handler {
	var n atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/plain")
		_, _ = fmt.Fprintf(w, "<script>%d</script>\x1b[2J", n.Add(1))
	})
}
