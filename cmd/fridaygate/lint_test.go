package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"
)

var golangci = flag.String("golangci", "", "the golangci-lint that must refuse what breaks an import rule; make lint sets it")

// breach is a line that an import rule of .github/golangci.yml must refuse.
var breach = regexp.MustCompile(`// ([a-z-]+)$`)

// Each import rule of the linter has a package that breaks it. With -golangci, the linter refuses just these.
func TestEachImportRuleRefusesWhatBreaksIt(t *testing.T) {
	config, err := filepath.Abs("../../.github/golangci.yml")
	require.NoError(t, err)
	example, err := txtar.ParseFile("testdata/import-rules.txtar")
	require.NoError(t, err)
	var broken []string
	rules := map[string]bool{}
	for _, file := range example.Files {
		for n, line := range strings.Split(string(file.Data), "\n") {
			if m := breach.FindStringSubmatch(line); m != nil {
				broken = append(broken, fmt.Sprintf("%s:%d %s", file.Name, n+1, m[1]))
				rules[m[1]] = true
			}
		}
	}
	require.Equal(t, importRules(t, config), rules, "each rule has a line in testdata/import-rules.txtar that breaks it")
	if *golangci == "" {
		return
	}
	dir := t.TempDir()
	require.NoError(t, txtar.Write(example, dir))
	require.ElementsMatch(t, broken, refused(t, config, dir))
}

// importRules returns the names of depguard's rules.
func importRules(t *testing.T, config string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(config)
	require.NoError(t, err)
	var c struct {
		Linters struct {
			Settings struct {
				Depguard struct {
					Rules map[string]any `yaml:"rules"`
				} `yaml:"depguard"`
			} `yaml:"settings"`
		} `yaml:"linters"`
	}
	require.NoError(t, yaml.Unmarshal(text, &c))
	names := map[string]bool{}
	for name := range c.Linters.Settings.Depguard.Rules {
		names[name] = true
	}
	return names
}

// refused returns where in dir depguard refuses an import, and the rule, as FILE:LINE RULE.
func refused(t *testing.T, config, dir string) []string {
	t.Helper()
	command := exec.CommandContext(t.Context(), *golangci, "run", "--config", config, "--allow-parallel-runners", "--enable-only", "depguard",
		"--show-stats=false", "--output.text.path", os.DevNull, "--output.json.path", "stdout", "./...")
	command.Dir = dir
	command.Stderr = os.Stderr
	out, err := command.Output()
	require.Error(t, err, "golangci-lint refuses nothing")
	var report struct {
		Issues []struct {
			Text string
			Pos  struct {
				Filename string
				Line     int
			}
		}
	}
	require.NoError(t, json.Unmarshal(out, &report), string(out))
	rule := regexp.MustCompile(`from list '([a-z-]+)'`)
	var all []string
	for _, issue := range report.Issues {
		m := rule.FindStringSubmatch(issue.Text)
		require.NotNil(t, m, issue.Text)
		all = append(all, fmt.Sprintf("%s:%d %s", issue.Pos.Filename, issue.Pos.Line, m[1]))
	}
	return all
}
