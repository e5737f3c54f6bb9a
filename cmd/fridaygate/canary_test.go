//go:build unix

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/receivers"
)

// canary is a secret that is written differently in base64, in a URL and in hex.
const canary = "c4nary/+ swordfish?&=\xc3\xa9"

// revealing are the texts that reveal a secret.
func revealing(secret string) []string {
	raw := []byte(secret)
	all := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw))}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		all = append(all, encoding.EncodeToString(raw))
	}
	return all
}

// A run that fails in every way writes no secret anywhere: the terminal, the reports, the pictures, the process list.
func TestSecretsReachNoOutput(t *testing.T) {
	hook := receivers.CheckThenInsert.Start(hookSecret)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/found" {
			hook.ServeHTTP(w, r)
			return
		}
		given := r.Header.Get("Authorization") // it answers what it was given, in every form
		w.Header().Set("X-Given", url.QueryEscape(given))
		w.WriteHeader(http.StatusTeapot)
		_, _ = fmt.Fprintf(w, "%s %x %s", given, given, base64.StdEncoding.EncodeToString([]byte(given)))
	}))
	defer server.Close()
	folder := t.TempDir()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	for name, text := range map[string]string{
		"hook": hookSecret + "\n", "token": canary + "\n",
		"test.yaml": "name: test\ntarget: " + server.URL + "\nhosts: [127.0.0.1]\n" +
			"secrets: {INVOICES_WEBHOOK_SECRET: {file: hook}, TOKEN: {file: token}}\n" +
			"contracts: [{name: found, integration: shop, target: '" + server.URL + "', " +
			"request: {path: /found, headers: {Authorization: 'Bearer {secret:TOKEN}'}}}]\n" +
			"receivers: [{fixtures: " + root + "/fixtures/invoices/invoice.paid.json}]\n" +
			"cleanup: {steps: [{name: all, http: {method: DELETE, path: '/found?{run_tag}', absent: 418, " +
			"headers: {Authorization: 'Bearer {secret:TOKEN}'}}}]}\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	artefacts := t.TempDir()
	arguments := []string{
		"smoke", "--env", filepath.Join(folder, "test.yaml"), "--case", "found", "--case", "dup-*", "--case", "sig-*", "--verbose",
		"--counterexamples", filepath.Join(artefacts, "pictures"),
	}
	for format := range formats {
		arguments = append(arguments, "--report", format+"="+filepath.Join(artefacts, format))
	}
	command := exec.CommandContext(t.Context(), "fridaygate", arguments...)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	require.NoError(t, command.Start())
	processes := processList(t)
	require.Contains(t, processes, "--counterexamples")
	var exited *exec.ExitError
	require.True(t, errors.As(command.Wait(), &exited))
	require.Equal(t, verdict.ExitFail, exited.ExitCode(), out.String())

	texts := map[string]string{"terminal": out.String(), "process list": processes}
	require.NoError(t, filepath.WalkDir(artefacts, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		text, err := io.ReadAll(file)
		texts[path] = string(text)
		return errors.Join(err, file.Close())
	}))
	require.Greater(t, len(texts), len(formats)+2, "reports and at least one picture")
	require.Contains(t, texts["terminal"], "[TOKEN", "the secret would have been there")
	key := strings.TrimPrefix(hookSecret, "whsec_")
	raw, err := base64.StdEncoding.DecodeString(key)
	require.NoError(t, err)
	for where, text := range texts {
		for _, secret := range []string{canary, hookSecret, key, string(raw)} {
			for _, form := range revealing(secret) {
				require.NotContains(t, text, form, where)
			}
		}
	}
}

// processList returns the command lines of all processes: a minimal Linux has no ps.
func processList(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	if len(files) == 0 {
		said, err := exec.CommandContext(t.Context(), "ps", "-eo", "args").Output()
		require.NoError(t, err)
		return string(said)
	}
	var all strings.Builder
	for _, file := range files {
		text, _ := os.ReadFile(file) // the process may have ended
		all.WriteString(strings.ReplaceAll(string(text), "\x00", " ") + "\n")
	}
	return all.String()
}
