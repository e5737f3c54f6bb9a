package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// SARIF writes the report in the Static Analysis Results Interchange Format, version 2.1.0, which code scanners exchange
// (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html). A broken contract is an error, what could not be told a
// warning, and what changes no verdict a note. Checks that passed are left out. The run was successful only if it came to a
// verdict.
func SARIF(w io.Writer, r Report) error {
	run := sarifRun{Results: []sarifResult{}, Column: "unicodeCodePoints", Language: "en-US", Newlines: []string{"\r\n", "\n"}}
	run.Tool.Driver = sarifDriver{Name: "fridaygate", URI: "https://github.com/fridaygate/fridaygate", Language: "en-US", Rules: []sarifRule{}}
	run.Invocations = []sarifInvocation{{Successful: r.Verdict() != verdict.Unknown && !r.Interrupted, Exit: r.Exit(), Command: r.Command}}
	for _, a := range alerts(r) {
		at := slices.IndexFunc(run.Tool.Driver.Rules, func(rule sarifRule) bool { return rule.ID == a.rule })
		if at < 0 {
			at = len(run.Tool.Driver.Rules)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{ID: a.rule, Name: path.Base(a.rule)})
		}
		run.Results = append(run.Results, a.sarif(at))
	}
	return encoder(w).Encode(sarifLog{
		Schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json", Version: "2.1.0",
		Runs: []sarifRun{run},
	})
}

func (a alert) sarif(rule int) sarifResult {
	sum := sha256.Sum256([]byte(a.rule + "\x00" + a.title + "\x00" + a.file))
	s := sarifResult{
		Rule: a.rule, Index: rule, Level: map[level]string{note: "note", warning: "warning", wrong: "error"}[a.level],
		Message: sarifText{a.title + "\n" + a.text}, Prints: map[string]string{"fridaygate/v1": hex.EncodeToString(sum[:16])},
	}
	if a.file != "" {
		place := sarifPlace{}
		place.Physical.Artifact.URI = fileURI(a.file)
		place.Physical.Region = sarifRegion{cmp.Or(a.line, 1)}
		s.Locations = []sarifPlace{place}
	}
	return s
}

// fileURI returns the URI reference of a file: relative if the path is.
func fileURI(file string) string {
	u := url.URL{Path: file}
	if strings.HasPrefix(file, "/") {
		u.Scheme = "file"
	}
	return u.String()
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	Column      string            `json:"columnKind"`
	Language    string            `json:"language"`
	Newlines    []string          `json:"newlineSequences"`
	Results     []sarifResult     `json:"results"`
}

type sarifDriver struct {
	Name     string      `json:"name"`
	URI      string      `json:"informationUri"`
	Language string      `json:"language"`
	Rules    []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type sarifInvocation struct {
	Successful bool   `json:"executionSuccessful"`
	Exit       int    `json:"exitCode"`
	Command    string `json:"commandLine,omitempty"`
}

type sarifResult struct {
	Rule      string            `json:"ruleId"`
	Index     int               `json:"ruleIndex"`
	Level     string            `json:"level"`
	Message   sarifText         `json:"message"`
	Locations []sarifPlace      `json:"locations,omitempty"`
	Prints    map[string]string `json:"partialFingerprints"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifPlace struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region sarifRegion `json:"region"`
	} `json:"physicalLocation"`
}

type sarifRegion struct {
	Line int `json:"startLine"`
}
