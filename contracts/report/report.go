package report

import (
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Report is one run. Its verdict, its tally and what did not run follow from its fields: see Verdict, Ran and NotRun.
type Report struct {
	Command     string    `json:"command,omitempty"`     // what made it, such as "fridaygate smoke"
	Revision    string    `json:"revision,omitempty"`    // the commit that was checked, with -dirty if files differed from it; "": not known
	ConfigHash  string    `json:"config_hash,omitempty"` // of the settings with which it ran; "": not known
	Target      string    `json:"target,omitempty"`      // base URL of what was checked; "": there are several, or none
	RunID       string    `json:"run_id,omitempty"`      // of webhooks: the same run id and fixtures send the same bytes
	RunTag      string    `json:"run_tag,omitempty"`     // of webhooks: all event ids of this run contain it
	Started     time.Time `json:"started"`
	Ended       time.Time `json:"ended"`
	Interrupted bool      `json:"interrupted,omitempty"`
	Void        bool      `json:"void,omitempty"`     // its name was used before, or there was a deploy in the middle
	Problems    []Remark  `json:"problems,omitempty"` // why checks could not be planned or completed; a run that passes has none
	Notes       []Remark  `json:"notes,omitempty"`    // further remarks, which change no verdict

	Shard   *Shard   `json:"shard,omitempty"`         // which part of a run this is; nil: it is whole
	Chain   *Chain   `json:"longest_chain,omitempty"` // what the run takes as long as at least; nil: not known
	Planned []Check  `json:"planned"`
	Results []Result `json:"results"` // of the checks that ran, in the order of the plan
	// reasons for planned checks without a result; one without a reason gets it from NotRun
	WhyNotRun     []NotRun        `json:"not_run,omitempty"`
	NotApplicable []NotApplicable `json:"not_applicable,omitempty"`
	Except        []string        `json:"except,omitempty"`     // globs of the cases to leave out…
	Excluded      []Check         `json:"excluded,omitempty"`   // …and what they left out, which was not planned
	Unselected    int             `json:"unselected,omitempty"` // checks that go test's -run or -skip left out, which were not planned
}

// Kind is the sort of contract that a check is about.
type Kind string

// The kinds.
const (
	Schema   Kind = "schema"   // a JSON Schema with its examples
	Webhook  Kind = "webhook"  // a receiver of webhooks, asked with a golden webhook
	Consumer Kind = "consumer" // a consumer's client, and the pact that its suite writes
	Provider Kind = "provider" // a provider, asked for what a pact expects
	Deploy   Kind = "deploy"   // versions that are to be deployed, as a Pact Broker decides

	Integration Kind = "integration" // a provider that a deployed service calls, asked with a smoke contract
	Triage      Kind = "triage"      // a deployed service, looked at in the order of the playbook
	Proof       Kind = "proof"       // a break that was made on purpose, and must be seen
	Cleanup     Kind = "cleanup"     // the removal of what a run made in an environment
)

// Kinds are all kinds, in the order in which people read them.
var Kinds = []Kind{Triage, Schema, Webhook, Consumer, Provider, Integration, Deploy, Proof, Cleanup}

// Check names one check. A run has each name once; package pact alone may plan one twice, as pacts may repeat themselves.
type Check struct {
	Kind    Kind   `json:"kind"`
	Subject string `json:"subject"` // what is under contract: a golden webhook, a provider, a pact, a schema
	Case    string `json:"case"`    // what of it: a case, an interaction, an example
}

// Result is one check that ran.
type Result struct {
	Check
	Severity     string            `json:"severity,omitempty"`
	Sends        string            `json:"sends,omitempty"`  // what is sent to find out; "": the name says it
	Holds        string            `json:"holds,omitempty"`  // what must be so
	Basis        string            `json:"basis,omitempty"`  // on whose authority
	Source       string            `json:"source,omitempty"` // where that is written: file, or file:line
	Verdict      verdict.Verdict   `json:"verdict"`
	Findings     []verdict.Finding `json:"findings,omitempty"`     // the rules broken; at least one with Fail
	Advice       []verdict.Finding `json:"advice,omitempty"`       // the rules broken of a case that is advice
	WhyAdvice    string            `json:"why_advice,omitempty"`   // why the case is advice; "" when it is contract
	Inconclusive []string          `json:"inconclusive,omitempty"` // what could not be looked at; at least one with Unknown
	Because      []string          `json:"because,omitempty"`      // of what is inconclusive the causes, without steps and events
	Follows      string            `json:"follows,omitempty"`      // the case of the subject whose failure explains this one; "": none
	Notes        []string          `json:"notes,omitempty"`        // what the contract leaves out, with its reason
	Known        string            `json:"known,omitempty"`        // why, and until when, it may fail
	Pending      bool              `json:"pending,omitempty"`      // it may fail because its provider never kept the pact
	Excused      []verdict.Finding `json:"excused,omitempty"`      // the rules broken by a check that may fail
	Sent         string            `json:"sent,omitempty"`         // the request or message that was sent, for people, without secrets
	Received     string            `json:"received,omitempty"`     // what came of it, for people, without secrets
	Rerun        string            `json:"rerun,omitempty"`        // the command that runs just this check again
	Took         time.Duration     `json:"took_ns"`
	Histories    []history.History `json:"histories,omitempty"` // one a round

	Format *Format `json:"format,omitempty"` // of payloads in logs; nil: the check is about something else

	Counterexamples []history.Counterexample `json:"counterexamples,omitempty"`
}

// Chain is a check, and how many deliveries must follow each other before it ends, whatever else runs at the same time.
type Chain struct {
	Check
	Deliveries int `json:"deliveries"`
}

// NotRun is a check that was planned and has no result.
type NotRun struct {
	Check
	Why string `json:"why"`
}

// NotApplicable is a case that was selected and does not apply to its subject. It was not planned.
type NotApplicable struct {
	Check
	Severity  string `json:"severity,omitempty"`
	Why       string `json:"why"`
	Unrelated bool   `json:"unrelated,omitempty"` // it cannot concern a contract of this kind, such as a case of batches where there are none
}

// Remark is a sentence about a subject, or, with an empty one, about the whole run.
type Remark struct {
	Kind    Kind   `json:"kind,omitempty"`
	Subject string `json:"subject,omitempty"`
	Text    string `json:"text"`
}

// Problem returns the texts of the run's problems, a line each.
func (r Report) Problem() string {
	texts := make([]string, len(r.Problems))
	for i, p := range r.Problems {
		texts[i] = p.Text
	}
	return strings.Join(texts, "\n")
}

// Curl returns the command that sends the last attempt of the first finding again, or "".
func (r Result) Curl() string {
	found := r.found()
	if len(found) == 0 || len(found[0].Attempts) == 0 {
		return ""
	}
	last := found[0].Attempts[len(found[0].Attempts)-1]
	for _, h := range r.Histories {
		for _, a := range h.Attempts {
			if a.Number == last && a.Request != nil {
				return a.Request.Curl
			}
		}
	}
	return ""
}

// found returns every rule broken, whatever follows from it.
func (r Result) found() []verdict.Finding { return slices.Concat(r.Findings, r.Advice, r.Excused) }

// again returns the command that runs the check again, or "".
func (r Result) again() string {
	if r.Rerun != "" {
		return r.Rerun
	}
	for _, f := range r.found() {
		if f.Rerun != "" {
			return f.Rerun
		}
	}
	return ""
}
