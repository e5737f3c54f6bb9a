package broker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/broker/brokertest"
	"github.com/fridaygate/fridaygate/contracts/broker/tlstest"
)

// rewrite is the command that runs every situation with both tools, and writes the table.
const rewrite = "go test ./contracts/broker -run Situations -update -broker.pact /path/to/pact"

var update = flag.Bool("update", false, "run every situation with the command and with -broker.pact, and write SITUATIONS.md")

// comparison is one situation: what is right, and what the tools do.
type comparison struct {
	Right      int  `json:"right"` // exit code
	Fridaygate tool `json:"fridaygate"`
	Pact       tool `json:"pact"`
}

type tool struct {
	Text answered `json:"text"`
	JSON answered `json:"json"`
}

// answered is what a command did: its exit code, and the first line that says something.
type answered struct {
	Exit int    `json:"exit"` // noAnswer: it was ended
	Says string `json:"says"`
}

// each changes what the answers say.
func (c comparison) each(change func(string) string) comparison {
	for _, a := range []*answered{&c.Fridaygate.Text, &c.Fridaygate.JSON, &c.Pact.Text, &c.Pact.JSON} {
		a.Says = change(a.Says)
	}
	return c
}

const (
	noAnswer = -1
	patience = 20 * time.Second
	answers  = "testdata/compared.json"
)

// comparisons are the situations as they were written.
func comparisons(t *testing.T) (all map[string]comparison) {
	t.Helper()
	text, err := os.ReadFile(answers)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &all))
	require.GreaterOrEqual(t, len(all), 40)
	return all
}

// arguments are those of can-i-deploy in either tool.
func arguments(q broker.Question) []string {
	all := []string{"can-i-deploy"}
	add := func(flag string, v broker.VersionSelector) {
		all = append(all, flag, v.Pacticipant)
		switch {
		case v.Version != "":
			all = append(all, "--version", v.Version)
		case v.Branch != "":
			all = append(all, "--branch", v.Branch)
		case v.MainBranch:
			all = append(all, "--main-branch")
		case v.Tag != "":
			all = append(all, "--latest", v.Tag)
		case v.Latest:
			all = append(all, "--latest")
		}
	}
	for _, v := range q.Versions {
		add("--pacticipant", v)
	}
	for _, v := range q.Ignore {
		add("--ignore", v)
	}
	for _, one := range [][2]string{{"--to-environment", q.Environment}, {"--to", q.ToTag}} {
		if one[1] != "" {
			all = append(all, one[0], one[1])
		}
	}
	return all
}

// unanswerable is a question that has nothing to do with what is in the broker.
type unanswerable struct {
	url       string
	arguments []string
	right     int
}

// unanswered are situations that have nothing to do with what is in the broker.
func unanswered(t *testing.T) map[string]unanswerable {
	t.Helper()
	asks := []string{"can-i-deploy", "--pacticipant", "web", "--version", "1", "--to-environment", "production"}
	hangs := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	return map[string]unanswerable{
		"the connection is refused":        {"http://127.0.0.1:1", asks, 3},
		"the host's name is not known":     {"http://broker.invalid", asks, 3},
		"the certificate has expired":      {tlstest.Expired(t, answer(200, "application/json", "{}")), asks, 3},
		"the credentials are refused":      {serve(t, answer(401, "text/plain", "no")), asks, 3},
		"a sign-in page":                   {serve(t, answer(200, "text/html", page)), asks, 3},
		"a proxy's 502":                    {serve(t, answer(502, "text/html", page)), asks, 3},
		"JSON of another service":          {serve(t, answer(200, "application/json", `{"status":"ok"}`)), asks, 3},
		"no answer":                        {hangs, append(asks, "--request-timeout", "1s"), 3},
		"no pacticipant is named":          {"http://127.0.0.1:1", asks[:1], 2},
		"an environment, and nothing else": {"http://127.0.0.1:1", []string{"can-i-deploy", "--to-environment", "production"}, 2},
		"a pacticipant without a version":  {"http://127.0.0.1:1", asks[:3], 2},
	}
}

// run runs a command as a person would, in both formats. It may be called from any goroutine.
func run(t *testing.T, command string, env []string, arguments ...string) (both tool) {
	t.Helper()
	one := func(format string) answered {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		cmd := exec.CommandContext(ctx, command, slices.Concat(arguments, []string{"--output", format})...)
		cmd.Env = append(append(os.Environ(), "PACT_DO_NOT_TRACK=true"), env...)
		var out, complaint bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &complaint
		err := cmd.Run()
		var exited *exec.ExitError
		switch {
		case ctx.Err() != nil:
			return answered{noAnswer, fmt.Sprintf("nothing within %s", patience)}
		case err != nil && !errors.As(err, &exited):
			return answered{noAnswer, err.Error()}
		}
		text := out.String()
		if strings.TrimSpace(text) == "" {
			text = complaint.String()
		}
		return answered{cmd.ProcessState.ExitCode(), says(text)}
	}
	var waiting sync.WaitGroup
	waiting.Go(func() { both.Text = one("table") })
	waiting.Go(func() { both.JSON = one("json") })
	waiting.Wait()
	return both
}

// colour matches what colours a terminal.
var colour = regexp.MustCompile("\x1b\\[[0-9;]*m")

// says returns the line of an answer that says most: of JSON, its verdict; of fridaygate's text, the first reason; of pact's,
// the first line that is neither its table nor a warning.
func says(text string) string {
	var document struct {
		Answer  string
		Reasons []struct{ Kind string }
		Summary *struct{ Deployable *bool }
	}
	if json.Unmarshal([]byte(text), &document) == nil && (document.Summary != nil || document.Answer != "") {
		switch {
		case document.Summary != nil && document.Summary.Deployable == nil:
			return `"deployable": null`
		case document.Summary != nil:
			return fmt.Sprintf(`"deployable": %t`, *document.Summary.Deployable)
		}
		line := fmt.Sprintf(`"answer": %q`, document.Answer)
		for _, r := range document.Reasons {
			line += ", " + r.Kind
		}
		return line
	}
	var lines []string
	for line := range strings.Lines(colour.ReplaceAllString(text, "")) {
		line = strings.TrimSpace(line)
		if line != "" && !decoration.MatchString(line) {
			lines = append(lines, line)
		}
	}
	lines = append(lines, "")
	if strings.HasPrefix(lines[0], "can-i-deploy: ") {
		if i := slices.IndexFunc(lines[1:], reason.MatchString); i >= 0 {
			return lines[1+i]
		}
	}
	return lines[0]
}

// decoration matches what pact prints before it says why.
var decoration = regexp.MustCompile(`^([│┌╞├└]|WARN|VERIFICATION RESULTS$|-+$|[0-9]+\. http)`)

// reason matches the line of a reason in fridaygate's text.
var reason = regexp.MustCompile(`^[a-z-]+: `)

// plain makes an answer of the market what it is in every run.
func (m market) plain(text string) string {
	prefix := strings.ToLower(m.t.Name()) + "-"
	for old, changed := range map[string]string{m.t.Name() + " ": "", prefix: "", m.broker.URL: "http://broker"} {
		text = strings.ReplaceAll(text, old, changed)
	}
	return text
}

// joined joins each flag and its value by "=".
func joined(arguments []string) (all []string) {
	for _, one := range arguments {
		if last := len(all) - 1; last >= 0 && strings.HasPrefix(all[last], "--") && !strings.HasPrefix(one, "--") {
			all[last] += "=" + one
			continue
		}
		all = append(all, one)
	}
	return all
}

// port matches the address of a server of this test.
var port = regexp.MustCompile(`127\.0\.0\.1:[0-9]{2,}`)

// TestSituationsBesideThePactCommand holds SITUATIONS.md true: what it says of fridaygate is compared here and by
// TestEverySituationHasItsReasonAndExitCode. With -update it runs both tools, on a broker on PostgreSQL.
func TestSituationsBesideThePactCommand(t *testing.T) {
	t.Parallel()
	command := built(t)
	var mu sync.Mutex
	var waiting sync.WaitGroup
	all := map[string]comparison{}
	for name, s := range unanswered(t) {
		waiting.Go(func() {
			env := []string{broker.VariableURL + "=" + s.url, broker.VariableToken + "=s3cret"}
			row := comparison{Right: s.right, Fridaygate: run(t, command, env, s.arguments...)}
			if *update {
				row.Pact = run(t, *pactCommand, env, append([]string{"broker"}, without(s.arguments, "--request-timeout", 2)...)...)
			}
			mu.Lock()
			defer mu.Unlock()
			all[name] = row.each(func(text string) string { return port.ReplaceAllString(text, "127.0.0.1:PORT") })
		})
	}
	waiting.Wait()
	if *update {
		m := marketOf(teamOf(t, brokertest.StartUnrecorded(t)))
		env := []string{
			broker.VariableURL + "=" + m.broker.URL, broker.VariableUsername + "=" + m.broker.Username,
			broker.VariablePassword + "=" + m.broker.Password,
		}
		for name, s := range m.situations() {
			typed := arguments(s.question)
			if strings.HasPrefix(name, "flags joined") {
				typed = joined(typed)
			}
			row := comparison{s.exit, run(t, command, env, typed...), run(t, *pactCommand, env, append([]string{"broker"}, typed...)...)}
			all[name] = row.each(m.plain)
		}
		text, err := json.MarshalIndent(all, "", " ")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(answers, append(text, '\n'), 0o600))
		require.NoError(t, os.WriteFile("SITUATIONS.md", []byte(situationsPage(all)), 0o600))
	}
	written := comparisons(t)
	for name, row := range all {
		require.Equal(t, written[name].Fridaygate, row.Fridaygate, "%s: SITUATIONS.md is not true any more: %s", name, rewrite)
		require.Equal(t, row.Right, row.Fridaygate.Text.Exit, name)
		require.Equal(t, row.Right, row.Fridaygate.JSON.Exit, name)
	}
	page, err := os.ReadFile("SITUATIONS.md")
	require.NoError(t, err)
	require.Equal(t, situationsPage(written), string(page), "SITUATIONS.md is not what "+answers+" says: %s", rewrite)
}

// without leaves out a flag that pact does not have, and its value.
func without(arguments []string, flag string, n int) []string {
	if i := slices.Index(arguments, flag); i >= 0 {
		return slices.Delete(slices.Clone(arguments), i, i+n)
	}
	return arguments
}

// meanings of the exit codes.
var meanings = map[int]string{0: "yes", 1: "no", 2: "wrong usage", 3: "could not tell"}

// situationsPage renders the comparison.
func situationsPage(all map[string]comparison) string {
	var rows strings.Builder
	var green, silent, alike int
	for _, name := range slices.Sorted(maps.Keys(all)) {
		c := all[name]
		wrong := func(a answered) string {
			switch {
			case a.Exit == noAnswer:
				return "**none**"
			case a.Exit == 0 && c.Right != 0, a.Exit != 0 && c.Right == 0:
				return fmt.Sprintf("**%d**", a.Exit)
			}
			return fmt.Sprint(a.Exit)
		}
		switch pact := c.Pact; {
		case pact.Text.Exit == noAnswer || pact.JSON.Exit == noAnswer:
			silent++
		case (pact.Text.Exit == 0 || pact.JSON.Exit == 0) && c.Right != 0:
			green++
		case (pact.Text.Exit == 0) == (c.Right == 0) && (pact.JSON.Exit == 0) == (c.Right == 0):
			alike++
		}
		fmt.Fprintf(&rows, "| %s | %d, %s | %d, %d | %s | %s | %s, %s | %s | %s |\n", name, c.Right, meanings[c.Right],
			c.Fridaygate.Text.Exit, c.Fridaygate.JSON.Exit, cell(c.Fridaygate.Text.Says), cell(c.Fridaygate.JSON.Says),
			wrong(c.Pact.Text), wrong(c.Pact.JSON), cell(c.Pact.Text.Says), cell(c.Pact.JSON.Says))
	}
	return fmt.Sprintf(situationsHead, len(all), green, silent, len(all)-green-silent-alike, alike, rewrite) + rows.String()
}

// situationsHead is the page before its rows.
const situationsHead = `# What can-i-deploy says, beside Pact's own command

In %d situations, asked in text and in JSON: a Pact Broker 2.119.0 on PostgreSQL 15, and Pact's own command line 0.8.8 (npm
@pact-foundation/pact-cli-linux-x64 18.1.2). Each pair of numbers is the exit code in text and in JSON; each quotation, the line of
the answer that says most. **Bold** is wrong. The pact command exits with 0, although the answer is not yes, in %d of them, and
says nothing for 20 s in %d; in %d more it is red where the answer is yes. In the other %d it is green or red as it should be,
and does not tell "no" from "could not tell". With --branch and --main-branch it asks about all versions of the branch.

Made by ` + "`%s`" + `; the tests compare every answer of fridaygate's with this page.

| Situation | Right | fridaygate: exit | in text | in JSON | pact: exit | in text | in JSON |
|---|---|---|---|---|---|---|---|
`

// cell is a text in a cell of a table.
func cell(text string) string {
	if runes := []rune(text); len(runes) > 140 {
		text = string(runes[:140]) + "…"
	}
	return strings.NewReplacer("|", "\\|", "<", "&lt;", "*", "\\*").Replace(text)
}
