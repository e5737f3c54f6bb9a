package peers

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pact-foundation/pact-go/v2/message"
	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/pact-foundation/pact-go/v2/provider"

	"github.com/fridaygate/fridaygate/contracts/pact/corpus"
	"github.com/fridaygate/fridaygate/contracts/pact/ffi"
)

const (
	folder = "../testdata/corpus"
	answer = "../testdata/peers.json"
	chosen = "FRIDAYGATE_PEERS_CASE"
)

var (
	update  = flag.Bool("update", false, "run a verifier on the corpus and write its answers")
	as      = flag.String("as", "", "the verifier's name in the answers")
	command = flag.String("command", "", "the pact command, to run pact verifier; pact-go if empty")
)

// answers are the result of each verifier for each variant: pass or fail, as they have no third verdict.
type answers map[string]map[string]string

// TestPeers runs pact-go on some variants, and demands that it answers as the table says of it. With -update it runs one
// verifier on every variant and writes its answers.
func TestPeers(t *testing.T) {
	all, err := corpus.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	written := answers{}
	if text, err := os.ReadFile(answer); err == nil {
		if err := json.Unmarshal(text, &written); err != nil {
			t.Fatal(err)
		}
	}
	if !*update {
		asWritten(t, all, written)
		return
	}
	now := map[string]string{}
	for _, s := range all {
		for _, v := range s.Variants {
			now[s.Name+"/"+v.Name] = run(t, s, v)
		}
	}
	written[*as] = now
	text, err := json.MarshalIndent(written, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(answer, append(text, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

// sampled are the situations that are run without -update: each a fault that pact-go misses, or none.
var sampled = []string{
	"duplicate-keys-in-answer", "integer-beyond-64-bits", "misspelt-response", "v4-body-with-content", "v4-body-without-content",
}

func asWritten(t *testing.T, all []corpus.Situation, written answers) {
	library, err := ffi.Pinned()
	if err != nil {
		t.Fatal(err)
	}
	want := written["pact-go 2.7.0, libpact_ffi "+library.Version]
	for _, s := range all {
		if !slices.Contains(sampled, s.Name) {
			continue
		}
		for _, v := range s.Variants {
			name := s.Name + "/" + v.Name
			if got := run(t, s, v); got != want[name] {
				t.Errorf("%s: pact-go answers %q, and the table says %q: run this test with -update", name, got, want[name])
			}
		}
	}
}

// run runs the verifier in a separate process, as its users do.
func run(t *testing.T, s corpus.Situation, v corpus.Variant) string {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestOne$")
	cmd.Env = append(os.Environ(), chosen+"="+s.Name+"/"+v.Name, "PACT_DO_NOT_TRACK=true")
	if *command != "" {
		address, states, stop, err := serve(v)
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		_, port, _ := net.SplitHostPort(address)
		source := "--file"
		if s.Path != "" {
			source = "--dir"
		}
		cmd = exec.CommandContext(ctx, *command, "verifier", source, s.Pact(), "--provider-name", s.Provider, "--hostname", "127.0.0.1",
			"--port", port, "--base-path", v.Prefix+"/", "--state-change-url", "http://"+states)
		cmd.Env = append(os.Environ(), "PACT_DO_NOT_TRACK=true")
	}
	out, err := cmd.CombinedOutput()
	var exited *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "no end"
	case err == nil:
		return "pass"
	case errors.As(err, &exited):
		if strings.Contains(string(out), "panic") || exited.ExitCode() > 2 || exited.ExitCode() < 0 {
			return "crash"
		}
		return "fail"
	default:
		t.Fatal(err)
		return ""
	}
}

// TestOne has pact-go verify one variant.
func TestOne(t *testing.T) {
	name := os.Getenv(chosen)
	if name == "" {
		return
	}
	all, err := corpus.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		for _, v := range s.Variants {
			if s.Name+"/"+v.Name == name {
				byPactGo(t, s, v)
				return
			}
		}
	}
	t.Fatal("no such variant: " + name)
}

func byPactGo(t *testing.T, s corpus.Situation, v corpus.Variant) {
	address, stop, err := v.Serve()
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	request := provider.VerifyRequest{
		Provider: s.Provider, ProviderBaseURL: "http://" + address + v.Prefix, StateHandlers: models.StateHandlers{}, FailIfNoPactsFound: true,
	}
	if s.Path == "" {
		request.PactFiles = []string{s.Pact()}
	} else {
		request.PactDirs = []string{s.Pact()}
	}
	for name := range v.States {
		request.StateHandlers[name] = func(_ bool, state models.ProviderState) (models.ProviderStateResponse, error) {
			return v.Values(name, state.Parameters), nil
		}
	}
	if v.Message != nil {
		request.MessageHandlers = message.Handlers{}
		for _, description := range descriptions(s) {
			request.MessageHandlers[description] = func([]models.ProviderState) (message.Body, message.Metadata, error) {
				return json.RawMessage(v.Content()), v.Metadata, nil
			}
		}
	}
	if err := provider.NewVerifier().VerifyProvider(t, request); err != nil {
		t.Error(err)
	}
}

// descriptions are those of every interaction of the situation's pact.
func descriptions(s corpus.Situation) []string {
	text, err := os.ReadFile(s.Pact())
	if err != nil {
		return nil
	}
	var pact struct {
		Interactions, Messages []struct{ Description string }
	}
	if json.Unmarshal(text, &pact) != nil {
		return nil
	}
	var all []string
	for _, i := range append(pact.Interactions, pact.Messages...) {
		all = append(all, i.Description)
	}
	return all
}
