package pipelines_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// workflow is a file of .github/workflows; unknown keys of it are errors.
type workflow struct {
	Name        string            `yaml:"name"`
	On          any               `yaml:"on"`
	Permissions map[string]string `yaml:"permissions"`
	Concurrency any               `yaml:"concurrency"`
	Env         map[string]any    `yaml:"env"`
	Jobs        map[string]job    `yaml:"jobs"`
}

type job struct {
	RunsOn         string         `yaml:"runs-on"`
	TimeoutMinutes int            `yaml:"timeout-minutes"`
	Environment    string         `yaml:"environment"`
	Needs          any            `yaml:"needs"`
	If             string         `yaml:"if"`
	Strategy       any            `yaml:"strategy"`
	Defaults       defaults       `yaml:"defaults"`
	Env            map[string]any `yaml:"env"`
	Steps          []step         `yaml:"steps"`
}

type defaults struct {
	Run struct {
		Shell string `yaml:"shell"`
	} `yaml:"run"`
}

// action is an action.yml.
type action struct {
	Name        string                    `yaml:"name"`
	Description string                    `yaml:"description"`
	Inputs      map[string]map[string]any `yaml:"inputs"`
	Outputs     map[string]map[string]any `yaml:"outputs"`
	Runs        struct {
		Using string `yaml:"using"`
		Steps []step `yaml:"steps"`
	} `yaml:"runs"`
}

type step struct {
	ID               string         `yaml:"id"`
	Name             string         `yaml:"name"`
	If               string         `yaml:"if"`
	Uses             string         `yaml:"uses"`
	With             map[string]any `yaml:"with"`
	Env              map[string]any `yaml:"env"`
	Shell            string         `yaml:"shell"`
	WorkingDirectory string         `yaml:"working-directory"`
	Run              string         `yaml:"run"`
}

// title is how a person finds the step.
func (s step) title() string {
	for _, text := range []string{s.Name, s.ID, s.Uses} {
		if text != "" {
			return text
		}
	}
	return s.Run
}

func decode(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := yaml.UnmarshalWithOptions(text, into, yaml.Strict()); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// runner runs the steps of one job, one after the other, as a runner of GitHub Actions does.
type runner struct {
	workspace string   // where the steps run
	temp      string   // a folder for the runner's own files
	environ   []string // the environment of the machine
	contexts  contexts // github, inputs, vars, secrets, runner; steps is filled in
	// outputs are those of every action that a step uses, by its name without the version.
	outputs map[string]map[string]any
	// done are the names of steps of which this machine needs none.
	done []string

	shell   string
	env     map[string]string
	path    []string
	steps   map[string]any
	status  status
	results []result
	summary string // what the steps wrote into GITHUB_STEP_SUMMARY
}

// result is what became of a step.
type result struct {
	step    step
	outcome string // success, failure or skipped
	code    int
	said    string // standard output and standard error
}

// run runs a job. An error means that the job could not be run as GitHub would; a red step is none.
func (r *runner) run(ctx context.Context, env map[string]any, j job) error {
	r.shell, r.env, r.steps = j.Defaults.Run.Shell, map[string]string{}, map[string]any{}
	r.contexts["steps"] = r.steps
	for _, level := range []map[string]any{env, j.Env} {
		if err := r.assign(r.env, level); err != nil {
			return err
		}
	}
	for _, s := range j.Steps {
		if err := r.step(ctx, s); err != nil {
			return fmt.Errorf("step %s: %w", s.title(), err)
		}
	}
	return nil
}

func (r *runner) assign(env map[string]string, level map[string]any) error {
	for name, value := range level {
		text, err := interpolate(fmt.Sprint(value), r.contexts, r.status)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		env[name] = text
	}
	return nil
}

func (r *runner) step(ctx context.Context, s step) error {
	done := result{step: s, outcome: "skipped"}
	outputs := map[string]any{}
	for _, written := range writesOutput.FindAllStringSubmatch(s.Run, -1) {
		outputs[written[1]] = "" // until it does
	}
	runs, err := holds(s.If, r.contexts, r.status)
	switch {
	case err == nil && runs && slices.Contains(r.done, s.Name):
		done.outcome = "success"
	case err == nil && runs:
		err = r.execute(ctx, &done, outputs)
	}
	if err != nil {
		return err
	}
	r.status.failed = r.status.failed || done.outcome == "failure"
	r.results = append(r.results, done)
	if s.ID != "" {
		r.steps[s.ID] = map[string]any{"outcome": done.outcome, "outputs": outputs}
	}
	return nil
}

// writesOutput finds the outputs that a script may write. To read any other is an error.
var writesOutput = regexp.MustCompile(`echo "([A-Za-z_-]+)=[^\n]*" *>>"\$GITHUB_OUTPUT"`)

// execute runs the step's script, or takes what its action would have put out.
func (r *runner) execute(ctx context.Context, done *result, outputs map[string]any) error {
	s := done.step
	if s.Uses == "" {
		return r.script(ctx, done, outputs)
	}
	if err := r.assign(map[string]string{}, s.With); err != nil {
		return err
	}
	name, _, _ := strings.Cut(s.Uses, "@")
	known, found := r.outputs[name]
	if !found {
		return fmt.Errorf("this test does not know the action %s", name)
	}
	maps.Copy(outputs, known)
	done.outcome = "success"
	return nil
}

// script runs the step's script in the shell that GitHub would take
// (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell).
func (r *runner) script(ctx context.Context, done *result, outputs map[string]any) error {
	s := done.step
	text, err := interpolate(s.Run, r.contexts, r.status)
	if err != nil {
		return err
	}
	directory, err := interpolate(s.WorkingDirectory, r.contexts, r.status)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp(r.temp, "step-")
	if err != nil {
		return err
	}
	file := func(name string) string { return filepath.Join(folder, name) }
	for name, content := range map[string]string{"script": text, "output": "", "env": "", "path": "", "summary": ""} {
		if err := os.WriteFile(file(name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	env := maps.Clone(r.env)
	if err := r.assign(env, s.Env); err != nil {
		return err
	}
	env["RUNNER_TEMP"], env["GITHUB_WORKSPACE"] = r.temp, r.workspace
	env["GITHUB_OUTPUT"], env["GITHUB_ENV"] = file("output"), file("env")
	env["GITHUB_PATH"], env["GITHUB_STEP_SUMMARY"] = file("path"), file("summary")
	env["PATH"] = strings.Join(append(slices.Clone(r.path), os.Getenv("PATH")), string(os.PathListSeparator))

	shell := []string{"-e"}
	switch cmp.Or(s.Shell, r.shell) {
	case "":
	case "bash":
		shell = []string{"--noprofile", "--norc", "-eo", "pipefail"}
	default:
		return fmt.Errorf("this test does not know the shell %s", s.Shell)
	}
	command := exec.CommandContext(ctx, "bash", append(shell, file("script"))...)
	command.Dir, command.Env, command.WaitDelay = filepath.Join(r.workspace, directory), slices.Clone(r.environ), time.Second
	for name, value := range env {
		command.Env = append(command.Env, name+"="+value)
	}
	said, err := command.CombinedOutput()
	done.said, done.code, done.outcome = string(said), command.ProcessState.ExitCode(), "success"
	var exited *exec.ExitError
	switch {
	case errors.As(err, &exited):
		done.outcome = "failure"
	case err != nil:
		return err
	}
	return r.collect(file, outputs)
}

// collect reads what a step wrote for the steps after it.
func (r *runner) collect(file func(string) string, outputs map[string]any) error {
	for _, one := range []struct {
		name string
		add  func(line string) error
	}{
		{"output", func(line string) error { return pair(line, func(name, value string) { outputs[name] = value }) }},
		{"env", func(line string) error { return pair(line, func(name, value string) { r.env[name] = value }) }},
		{"path", func(line string) error { r.path = slices.Insert(r.path, 0, line); return nil }},
		{"summary", func(line string) error { r.summary += line + "\n"; return nil }},
	} {
		text, err := os.ReadFile(file(one.name))
		if err != nil {
			return err
		}
		for line := range bytes.Lines(text) {
			if err := one.add(strings.TrimSuffix(string(line), "\n")); err != nil {
				return err
			}
		}
	}
	return nil
}

func pair(line string, set func(name, value string)) error {
	name, value, found := strings.Cut(line, "=")
	if !found || strings.Contains(name, "<<") {
		return fmt.Errorf("%q: this test knows NAME=VALUE only", line)
	}
	set(name, value)
	return nil
}
