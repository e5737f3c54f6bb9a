//go:build unix

package main

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/providers"
	"github.com/fridaygate/fridaygate/smoke/receivers"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// elsewhere are commands of the pages that other places run: a file, and what it must hold. Two need a published module,
// and run nowhere.
var elsewhere = map[string]struct{ file, holds string }{
	"make demo":  {".github/workflows/ci.yml", "run: make demo"},
	"make setup": {".ci/run", "make setup"},
	"make test":  {".ci/run", "make test"},
	"make race":  {".ci/run", "make race"},
	"make lint":  {".ci/run", "make lint"},
	"make fuzz":  {".github/workflows/fuzz.yml", "run: make fuzz"},
	".ci/run":    {".github/workflows/ci.yml", "run: .ci/run"},

	"fridaygate setup": {"Makefile", "fridaygate setup"},
	"fridaygate verify --run 'KeepsItsPacts' --junit pacts.xml ./contracts/suites": {
		"cmd/fridaygate/testdata/script/verify.txtar", "fridaygate verify --run Passes --json r.json --junit r.xml .",
	},

	"fridaygate schema check 'openapi.yaml#/components/schemas/Order'": {
		"cmd/fridaygate/testdata/script/schema_check.txtar", "fridaygate schema check 'api/orders.yaml#/components/schemas/Order'",
	},
	"fridaygate schema diff v1/openapi.yaml v2/openapi.yaml": {
		"cmd/fridaygate/testdata/script/schema_diff.txtar", "fridaygate schema diff api/v1.yaml api/v2.yaml",
	},

	"fridaygate report show smoke.json": {"cmd/fridaygate/testdata/script/report.txtar", "fridaygate report show smoke.json"},
	"fridaygate report convert smoke.json --html smoke.html --report sarif=smoke.sarif": {
		"cmd/fridaygate/testdata/script/report.txtar", "fridaygate report convert smoke.json --html smoke.html --report sarif=smoke.sarif",
	},
	"fridaygate report diff monday.json friday.json": {
		"cmd/fridaygate/testdata/script/report.txtar", "fridaygate report diff monday.json friday.json",
	},

	"fridaygate report merge shards --json smoke.json --junit smoke.xml": {
		"cmd/fridaygate/testdata/script/smoke_shards.txtar", "fridaygate report merge shards --json smoke.json --junit smoke.xml",
	},
	`fridaygate smoke --target http://127.0.0.1:8080 --fixtures fixtures/invoices --run-id ci-17 --shard 1/4 --json shard-1.json`: {
		"cmd/fridaygate/testdata/script/smoke_shards.txtar", "--run-id ci-1 --shard 2/2 --json shards/2.json",
	},

	`fridaygate doctor --only broker`: {
		"cmd/pipelines/testdata/script/doctor.txtar", `fridaygate doctor --only broker`,
	},

	"fridaygate smoke --env smoke/environments/reference.yaml": {
		"cmd/fridaygate/environment_test.go", `d.invoices("reference", `,
	},
	"fridaygate triage --env smoke/environments/reference.yaml": {
		"cmd/fridaygate/triage_test.go", `"../../smoke/environments/reference.yaml"`,
	},
	"fridaygate smoke --env smoke/environments/reference.yaml --keep": {
		"cmd/fridaygate/cleanup_test.go", `"--keep"`,
	},
	"fridaygate smoke --env smoke/environments/reference.yaml --cleanup-only --run-id NAME": {
		"cmd/fridaygate/cleanup_test.go", `"--cleanup-only", "--run-id"`,
	},
	`fridaygate environments`: {
		"cmd/pipelines/testdata/script/page.txtar", `fridaygate environments`,
	},
	`fridaygate create-environment --name production --production`: {
		"cmd/pipelines/testdata/script/page.txtar", `fridaygate create-environment --name production --production`,
	},
	`fridaygate publish contracts/pacts`: {
		"cmd/pipelines/testdata/script/page.txtar", `fridaygate publish contracts/pacts`,
	},
	`fridaygate can-i-deploy --pacticipant web --version $GITHUB_SHA --to-environment production`: {
		"cmd/pipelines/testdata/script/page.txtar",
		`fridaygate can-i-deploy --pacticipant web --version $GITHUB_SHA --to-environment production`,
	},
	`fridaygate record-deployment --pacticipant web --version $GITHUB_SHA --environment production`: {
		"cmd/pipelines/testdata/script/page.txtar",
		`fridaygate record-deployment --pacticipant web --version $GITHUB_SHA --environment production`,
	},
	`fridaygate create-or-update-webhook https://ci.example.com/dispatches --uuid 5e2f1c0a-4b2e-4a3d-9c52-f0a4d6aa1f0e ` +
		`--request POST --provider api --contract-requiring-verification-published --header 'Content-Type: application/json' ` +
		`--data '{"client_payload":{"pact_url":"${pactbroker.pactUrl}"}}'`: {
		"cmd/pipelines/testdata/script/page.txtar",
		`fridaygate create-or-update-webhook https://ci.example.com/dispatches --uuid 5e2f1c0a-4b2e-4a3d-9c52-f0a4d6aa1f0e ` +
			`--request POST --provider api --contract-requiring-verification-published --header 'Content-Type: application/json' ` +
			`--data '{"client_payload":{"pact_url":"${pactbroker.pactUrl}"}}'`,
	},
	`fridaygate test-webhook --uuid 5e2f1c0a-4b2e-4a3d-9c52-f0a4d6aa1f0e`: {
		"cmd/pipelines/testdata/script/page.txtar", `next: fridaygate test-webhook --uuid 5e2f1c0a-4b2e-4a3d-9c52-f0a4d6aa1f0e`,
	},

	"go get -tool github.com/fridaygate/fridaygate/cmd/fridaygate@latest": {"go.mod", "module github.com/fridaygate/fridaygate"},
	`fridaygate create-or-update-webhook https://api.github.com/repos/example/shop/dispatches --uuid 7c1f6a52-3a0e-4f5e-8a0c-2b9d4e1f6a52` +
		` --request POST --provider shop --contract-requiring-verification-published` +
		` --header "Authorization: Bearer $DISPATCH_TOKEN"` +
		` --header 'Accept: application/vnd.github+json' --header 'Content-Type: application/json'` +
		` --data @cmd/pipelines/webhooks/dispatch.json`: {
		"cmd/pipelines/request_test.go", `"fridaygate create-or-update-webhook https://api.github.com/repos/example/shop/dispatches"`,
	},
	`fridaygate create-or-update-webhook 'https://api.github.com/repos/example/web/statuses/${pactbroker.consumerVersionNumber}'` +
		` --uuid 9e3b8c74-5c2a-4d7e-9c2e-4d1f6a3b8c74` +
		` --request POST --consumer web --contract-published --provider-verification-published` +
		` --header "Authorization: Bearer $STATUS_TOKEN"` +
		` --header 'Accept: application/vnd.github+json' --header 'Content-Type: application/json'` +
		` --data @cmd/pipelines/webhooks/status.json`: {
		"cmd/pipelines/request_test.go", `"fridaygate create-or-update-webhook 'https://api.github.com/repos/example/web/statuses/"`,
	},
	"gh workflow run deploy.yml -f environment=staging -f version=COMMIT": {".github/workflows/deploy.yml", "workflow_dispatch:"},
	"fridaygate schema diff v1.schema.json v2.schema.json": {
		"cmd/fridaygate/testdata/script/schema_diff.txtar", "fridaygate schema diff v1.schema.json v2.schema.json",
	},
	"fridaygate schema agree payloads.yaml": {
		"cmd/fridaygate/testdata/script/schema_agree.txtar", "fridaygate schema agree payloads.yaml",
	},

	"fridaygate timeline --event evt_5f2c81 --logs invoices.log --logs ledger.log": {
		"cmd/fridaygate/testdata/script/timeline.txtar", "fridaygate timeline --event evt_5f2c81 --logs invoices.log --logs ledger.log",
	},
	"docker logs invoices 2>&1 | fridaygate timeline --event evt_5f2c81 --logs -": {
		"cmd/fridaygate/testdata/script/timeline.txtar", "fridaygate timeline --event evt_5f2c81 --logs -",
	},
	"fridaygate timeline --event evt_5f2c81 --report smoke.json --logs invoices.log --logs traces.jsonl --html timeline.html": {
		"cmd/fridaygate/timeline_test.go", `args := []string{"timeline", "--report", smoke`,
	},

	`fridaygate drift --schema event.schema.json --id /id monday.jsonl`: {
		"cmd/fridaygate/testdata/script/drift.txtar",
		`fridaygate drift --schema event.schema.json --id /id --json r.json --junit r.xml monday.jsonl`,
	},

	"go install github.com/fridaygate/fridaygate/cmd/fridaygate@latest": {"go.mod", "module github.com/fridaygate/fridaygate"},
	"go get github.com/fridaygate/fridaygate@latest":                    {"go.mod", "module github.com/fridaygate/fridaygate"},
}

// pages are the documents for people, by their path in the repository.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, file := range tracked(t, "../..") {
		if filepath.Ext(file) != ".md" || strings.Contains(file, "testdata/") || filepath.Base(file) == "BENCHMARKS.md" {
			continue
		}
		text, err := os.ReadFile(filepath.Join("../..", file))
		require.NoError(t, err)
		all[file] = string(text)
	}
	return all
}

// block is a fenced block of a page.
type block struct{ language, text string }

// blocks returns the fenced blocks of a page.
func blocks(page string) (all []block) {
	var open *block
	for line := range strings.Lines(page) {
		mark := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(mark, "```") && open == nil:
			open = &block{language: strings.TrimPrefix(mark, "```")}
		case mark == "```":
			all = append(all, *open)
			open = nil
		case open != nil:
			open.text += line
		}
	}
	return all
}

// typed returns the commands of a page: the lines of its sh blocks, and what follows a prompt in its console blocks.
// Comments are left out.
func typed(page string) (all []string) {
	for _, b := range blocks(page) {
		for line := range strings.Lines(b.text) {
			line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
			command, prompted := strings.CutPrefix(line, "$ ")
			if b.language == "sh" || b.language == "console" && prompted {
				all = append(all, strings.TrimSpace(command))
			}
		}
	}
	return slices.DeleteFunc(all, func(command string) bool { return command == "" })
}

// Every command of the pages runs: here, against the correct receiver, or where elsewhere says.
func TestCommandsOfThePagesRun(t *testing.T) {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	receiver := httptest.NewServer(receivers.Correct.Start(secret))
	defer receiver.Close()
	ran := 0
	for page, text := range pages(t) {
		for _, command := range typed(text) {
			ran++
			t.Run(page+"/"+command, func(t *testing.T) {
				if place, ok := elsewhere[command]; ok {
					holder, err := os.ReadFile(filepath.Join("../..", place.file))
					require.NoError(t, err)
					require.True(t, strings.Contains(string(holder), place.holds), "%s does not hold %q", place.file, place.holds)
					return
				}
				script := command
				for placeholder, value := range map[string]string{
					"http://127.0.0.1:8080": receiver.URL, "https://staging.example.com": receiver.URL, "fixtures/orders": "fixtures/invoices",
					"ORDERS_WEBHOOK_SECRET=whsec_…": "INVOICES_WEBHOOK_SECRET=" + secret, "smoke.xml": filepath.Join(t.TempDir(), "smoke.xml"),
				} {
					script = strings.ReplaceAll(script, placeholder, value)
				}
				if service := "go run ./providers/reference/invoices"; strings.HasSuffix(script, service) {
					serves(t, strings.TrimSuffix(script, service))
					return
				}
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
				defer cancel()
				run := exec.CommandContext(ctx, "sh", "-c", script)
				run.Dir, run.WaitDelay = "../..", time.Second
				run.Env = append(os.Environ(), "INVOICES_WEBHOOK_SECRET="+secret)
				said, err := run.CombinedOutput()
				require.NoError(t, err, "%s\n%s", script, said)
			})
		}
	}
	require.Greater(t, ran, 20)
}

// serves runs the invoices service with the settings that a page assigns, and demands that it becomes ready.
func serves(t *testing.T, assignments string) {
	t.Helper()
	env := map[string]string{}
	for assignment := range strings.FieldsSeq(assignments) {
		name, value, found := strings.Cut(assignment, "=")
		require.True(t, found, assignment)
		env[name] = value
	}
	service, err := (providers.Process{Dir: "../.."}).Start(t.Context(), providers.Spec{
		Name: "invoices", Package: "github.com/fridaygate/fridaygate/providers/reference/invoices", Env: env,
	})
	require.NoError(t, err)
	require.NoError(t, service.Stop(context.WithoutCancel(t.Context())))
}

// A broken contract makes the same command red, so the runs above can fail.
func TestCommandOfThePagesFailsOnABrokenReceiver(t *testing.T) {
	receiver := httptest.NewServer(receivers.CheckThenInsert.Start("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
	defer receiver.Close()
	run := exec.CommandContext(t.Context(), "fridaygate", "smoke", "--target", receiver.URL, "--fixtures",
		"../../fixtures/invoices", "--case", "dup-*")
	run.Env = append(os.Environ(), "INVOICES_WEBHOOK_SECRET=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	said, err := run.CombinedOutput()
	var exited *exec.ExitError
	require.True(t, errors.As(err, &exited), string(said))
	require.Equal(t, verdict.ExitFail, exited.ExitCode(), string(said))
}

// The README's webhook.yaml is complete: it loads unchanged.
func TestTheREADMEsWebhookFileLoads(t *testing.T) {
	loaded := 0
	for _, b := range blocks(pages(t)["README.md"]) {
		if b.language != "yaml" {
			continue
		}
		folder := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(folder, "webhook.yaml"), []byte(b.text), 0o600))
		_, err := webhook.Load(folder)
		require.NoError(t, err)
		loaded++
	}
	require.Equal(t, 1, loaded)
}

// Links of the pages lead to files that exist.
func TestLinksOfThePagesLeadSomewhere(t *testing.T) {
	for page, text := range pages(t) {
		for _, part := range strings.Split(text, "](")[1:] {
			link, _, _ := strings.Cut(part, ")")
			link, _, _ = strings.Cut(link, "#")
			if link == "" || strings.Contains(link, "://") {
				continue
			}
			_, err := os.Stat(filepath.Join("../..", filepath.Dir(page), link))
			require.NoError(t, err, "%s links %s", page, link)
		}
	}
}

// The README is short: what is more belongs into the page of its folder.
func TestTheREADMEIsShort(t *testing.T) {
	require.Less(t, strings.Count(pages(t)["README.md"], "\n"), 150)
}
