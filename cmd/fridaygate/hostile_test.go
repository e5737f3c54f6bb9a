package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/printable"
	"github.com/fridaygate/fridaygate/contracts/report"
)

// hostile is what somebody else may have written to command whoever shows it.
const hostile = "\x1b[2J\x1b]0;owned\a red\r\n::error::owned\n  ::stop-commands::t\n##[group]x ##vso[task.x]y" +
	"\u202egnp.exe \u009b31m \u2066 \x00 \xff<script>owned()</script></textarea>`\n```\n]]>"

// requireShown fails if an output holds anything that would be obeyed. Its own workflow commands are the exception.
func requireShown(t *testing.T, where, output string) {
	t.Helper()
	for line := range strings.Lines(output) {
		require.Equal(t, printable.Text(line), line, where)
	}
}

// withoutCommands returns what is left of an output of GitHub Actions without our own commands.
func withoutCommands(output string) string {
	var rest strings.Builder
	for line := range strings.Lines(output) {
		for _, own := range []string{"::error ", "::warning ", "::notice ", "::group::", "::endgroup::"} {
			line = strings.TrimPrefix(line, own)
		}
		rest.WriteString(line)
	}
	return rest.String()
}

// hostileReport is a report in which every text is hostile.
func hostileReport() report.Report {
	var r report.Report
	fill(reflect.ValueOf(&r).Elem(), 4)
	return r
}

// fill sets every text below a value, in slices and maps of one element.
func fill(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(hostile)
		} else {
			v.SetString(string(report.Webhook))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), depth)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth-1)
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 && depth > 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fill(v.Index(0), depth)
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, depth)
		fill(value, depth)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Bool:
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	}
}

// Whatever a report holds, no format of it can command who shows it.
func TestReportsShowTextAndObeyNone(t *testing.T) {
	for name := range 3 { // unknown, pass, fail
		r := hostileReport()
		for i := range r.Results {
			r.Results[i].Verdict = 0
			require.NoError(t, r.Results[i].Verdict.UnmarshalText([]byte([]string{"unknown", "pass", "fail"}[name])))
		}
		for format, write := range formats {
			var b bytes.Buffer
			require.NoError(t, write(&b, r), format)
			require.NotEmpty(t, b.String(), format)
			require.Contains(t, b.String(), "owned", format)
			if format == "github" {
				requireShown(t, format, withoutCommands(b.String()))
				continue
			}
			requireShown(t, format, b.String())
		}
		for _, verbose := range []bool{false, true} {
			var b bytes.Buffer
			text := report.Text{W: printable.Writer(&b), Verbose: verbose, Kinds: true}
			text.Write(r)
			require.NoError(t, text.Err)
			requireShown(t, "text", b.String())
		}
	}
}

// What a receiver answers, what a file is called and what it holds is shown in every output of the command.
func TestCommandsShowTextAndObeyNone(t *testing.T) {
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = []string{"text/plain; x=\u202e::error::"}
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, strings.NewReplacer("\x00", "", "\xff", "").Replace(hostile)) // else it is no text
	}))
	defer receiver.Close()
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	odd := "a\x1b[31m\n::error::\u202eb"
	file(odd+"/webhook.yaml", "endpoint: {path: /}\n"+`"k\e[31m\n::error::x": "\u202e"`+"\n")
	file(odd+"/paid.json", `{"id":"1"}`)
	file("shop/webhook.yaml", "receiver: shop\nendpoint: {path: /hooks}\nevent_id: {pointer: /id}\n"+
		"signature: {scheme: none, reason: \"a test\"}\neffects: {none: \"a test\"}\n")
	file("shop/paid.json", `{"id":"evt_1","type":"paid","note":"\u202e"}`)
	file("yaml/webhook.yaml", "a: \x1b[31m [\n::error::")
	file("broken/webhook.yaml", "receiver: shop\nendpoint: {path: /hooks}\nevent_id: {pointer: /id}\n")
	file("broken/paid.json", `{"id":"evt_1`+hostile)
	schema := file("s.schema.json", `{"type":"object","properties":{"a":{"type":"string"}},"required":["\u001b[31m\n::error::"]}`)
	log := file("odd\x1b[31m\u202e.jsonl", `{"\u001b[31m\n::error::":"\u202e"}`+"\n"+hostile+"\n")
	environment := file("env.yaml", "name: \"\\e[31m\\n::error::\"\nx: y\n")
	other := file("r.json", `{"version":1,"verdict":"\u001b[31m::error::"}`)

	smoke := []string{"smoke", "--target", receiver.URL, "--fixtures"}
	reports := []string{"--report", "sarif=" + filepath.Join(folder, "out.sarif"), "--report", "markdown=" + filepath.Join(folder, "out.md"),
		"--report", "tap=" + filepath.Join(folder, "out.tap"), "--junit", filepath.Join(folder, "out.xml"),
		"--json", filepath.Join(folder, "out.json"), "--html", filepath.Join(folder, "out.html")}
	for name, args := range map[string][]string{
		"an answer":               append(append(smoke, filepath.Join(folder, "shop"), "--case", "first", "--case", "dup-seq"), reports...),
		"a folder and a key":      append(smoke, filepath.Join(folder, odd)),
		"a file that is no YAML":  append(smoke, filepath.Join(folder, "yaml")),
		"a file that is no JSON":  append(smoke, filepath.Join(folder, "broken")),
		"a folder that is absent": append(smoke, filepath.Join(folder, "absent"+odd)),
		"a URL":                   {"smoke", "--target", "http://" + odd, "--fixtures", filepath.Join(folder, "shop")},
		"a flag":                  {"smoke", "--no" + odd},
		"a command":               {odd},
		"a value":                 {"smoke", "--timeout", odd},
		"a case":                  append(append(smoke, filepath.Join(folder, "shop")), "--case", odd),
		"an environment":          {"smoke", "--env", environment},
		"a log":                   {"drift", "--schema", schema, log},
		"a log that is absent":    {"drift", "--schema", schema, log + odd},
		"a schema":                {"drift", "--schema", log, log},
		"a report":                {"report", "show", other},
		"a report's name":         {"report", "show", filepath.Join(folder, odd)},
		"a format":                append(append(smoke, filepath.Join(folder, "shop")), "--report", odd),
		"a package":               {"verify", "./" + odd},
		"a broker":                {"environments", "--broker-base-url", receiver.URL, "--retries", "0"},
		"a broker's name":         {"environments", "--broker-base-url", odd},
		"a deployment": {"can-i-deploy", "--broker-base-url", receiver.URL, "--retries", "0", "--pacticipant", odd, "--version", odd,
			"--to-environment", odd},
	} {
		t.Run(name, func(t *testing.T) {
			summary := filepath.Join(t.TempDir(), "summary.md")
			variables := map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": summary, "HOME": folder}
			var out, complaint bytes.Buffer
			code := run(t.Context(), args, streams{
				in: strings.NewReader(hostile), out: &out, err: &complaint, getenv: func(name string) string { return variables[name] },
			})
			require.NotZero(t, code)
			require.NotEmpty(t, out.String()+complaint.String())
			requireShown(t, "standard output", withoutCommands(out.String()))
			requireShown(t, "standard error", complaint.String())
			written := 0
			for _, file := range []string{"out.sarif", "out.md", "out.tap", "out.xml", "out.json", "out.html", summary} {
				if !filepath.IsAbs(file) {
					file = filepath.Join(folder, file)
				}
				text, err := os.ReadFile(file)
				if os.IsNotExist(err) {
					continue
				}
				require.NoError(t, err)
				requireShown(t, file, string(text))
				require.NoError(t, os.Remove(file))
				written++
			}
			if name == "an answer" {
				require.Equal(t, 7, written, complaint.String())
				require.Contains(t, out.String(), `\x1b[2J\x1b]0;owned\x07 red`)
			}
		})
	}
}
