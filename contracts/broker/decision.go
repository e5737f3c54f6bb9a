package broker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"al.essio.dev/pkg/shellescape"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// ReasonKind is why a version may not be deployed, or why that could not be decided.
type ReasonKind string

// The kinds of reasons. Broken alone means no; all others mean "could not tell".
const (
	Broken     ReasonKind = "broken"       // a verification failed
	Unverified ReasonKind = "unverified"   // there is a pact, and no result of verifying it
	NotThere   ReasonKind = "not-deployed" // no version of the other side is deployed, released, or there at all
	// the version exists, and takes part in no contract: the broker's own answer would be yes
	NoContract         ReasonKind = "no-contract"
	AllIgnored         ReasonKind = "all-ignored"         // every row of the version is ignored, so nothing was compared
	UnknownVersion     ReasonKind = "unknown-version"     // the broker has no such version
	UnknownPacticipant ReasonKind = "unknown-pacticipant" // the broker has no such pacticipant
	UnknownEnvironment ReasonKind = "unknown-environment" // the broker has no such environment
	Unauthorised       ReasonKind = "unauthorised"        // it refuses the credentials
	Unreachable        ReasonKind = "unreachable"         // it gave no usable answer
	Contradiction      ReasonKind = "contradiction"       // its answer and its rows disagree
)

// Reason is one obstacle to a deployment.
type Reason struct {
	Kind         ReasonKind          `json:"kind"`
	Text         string              `json:"text"`
	Interactions []FailedInteraction `json:"interactions,omitempty"` // of Broken
	Link         string              `json:"link,omitempty"`         // where the broker shows more
	Next         string              `json:"next"`                   // the command to type next

	about string // the row, or the version asked for, by its String; empty: neither
}

// FailedInteraction is one interaction that the provider broke.
type FailedInteraction struct {
	Description string      `json:"description"`
	Mismatches  []Mismatch  `json:"mismatches,omitempty"`
	Exceptions  []Exception `json:"exceptions,omitempty"`
}

// Decision is the broker's answer to one Question, explained. The zero value is not a yes.
type Decision struct {
	Question Question
	Matrix   Matrix
	Reasons  []Reason // why it is not a yes
	Notes    []string // further remarks for people
	settled  bool     // the broker answered yes, and the rows are about the question
}

// Verdict returns Fail if something is broken, and Pass only if the broker answered yes to the very question that was asked
// and there is no reason against it.
func (d Decision) Verdict() verdict.Verdict {
	switch {
	case d.has(Broken):
		return verdict.Fail
	case d.settled && len(d.Reasons) == 0:
		return verdict.Pass
	default:
		return verdict.Unknown
	}
}

func (d Decision) has(kind ReasonKind) bool {
	return slices.ContainsFunc(d.Reasons, func(r Reason) bool { return r.Kind == kind })
}

// CanIDeploy asks the broker whether the versions may be deployed, and explains an answer that is not yes. It sends one
// request for the answer and, whatever the number of pacticipants, at most maxExtra more to check and explain it. The
// error is ErrUsage or context.Canceled; whatever else goes wrong is a reason in the Decision.
func (c *Client) CanIDeploy(ctx context.Context, q Question) (Decision, error) {
	d := Decision{Question: q}
	m, err := c.Matrix(ctx, q)
	if err != nil {
		if errors.Is(err, ErrUsage) || errors.Is(err, context.Canceled) {
			return d, err
		}
		d.Reasons = []Reason{failed(err, q)}
		return d, nil
	}
	d.Matrix = m
	e := explainer{client: c, question: q, left: maxExtra}
	for _, row := range m.Rows {
		if !row.Ignored && row.Verified != verdict.Pass {
			reason := e.row(ctx, row)
			reason.about = row.String()
			d.Reasons = append(d.Reasons, reason)
		}
	}
	said := m.Deployable != nil && *m.Deployable
	for _, v := range q.Versions {
		reasons, note := e.version(ctx, v, m, said)
		for _, reason := range reasons {
			reason.about = v.String()
			d.Reasons = append(d.Reasons, reason)
		}
		d.Notes = append(d.Notes, note...)
	}
	switch {
	case said && d.has(Broken), said && d.has(Unverified), !said && len(d.Reasons) == 0:
		d.Reasons = append(d.Reasons, Reason{Kind: Contradiction, Next: q.command(),
			Text: "the broker's answer does not follow from its rows; it says: " + m.said()})
	case said:
		d.settled = true
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return d, ctx.Err()
	}
	return d, nil
}

// failed is the reason that an error is.
func failed(err error, q Question) Reason {
	r := Reason{Kind: Unreachable, Text: err.Error(), Next: q.command()}
	switch {
	case errors.Is(err, ErrUnauthorised):
		r.Kind, r.Next = Unauthorised, "fridaygate environments"
	case errors.Is(err, ErrBadRequest) && strings.Contains(r.Text, "Environment with name"):
		r.Kind, r.Next = UnknownEnvironment, "fridaygate environments"
	case errors.Is(err, ErrBadRequest) && strings.Contains(r.Text, "Pacticipant ") && strings.Contains(r.Text, "not found"):
		r.Kind, r.Next = UnknownPacticipant, publishCommand("VERSION")
	}
	return r
}

// Waiting is how long CanIDeployWhileUnknown waits.
type Waiting struct {
	Times    int           // how often it asks again, at most
	Interval time.Duration // between two questions
	Progress func(string)  // if not nil, is called before each wait
}

// CanIDeployWhileUnknown asks, and asks again while the only obstacle is verifications without a result yet.
// It waits no longer than Times and Interval say, and ends with ctx.
func (c *Client) CanIDeployWhileUnknown(ctx context.Context, q Question, w Waiting) (Decision, error) {
	if w.Times < 0 || w.Interval < 0 {
		return Decision{Question: q}, usage("ask whether it may be deployed", "the number and interval of repetitions must not be negative")
	}
	for n := 0; ; n++ {
		d, err := c.CanIDeploy(ctx, q)
		if err != nil || n == w.Times || !d.waitable() || ctx.Err() != nil {
			return d, err
		}
		if w.Progress != nil {
			w.Progress(fmt.Sprintf("%d verifications have not come in: asking again in %s (%d of %d)", len(d.Reasons), w.Interval, n+1, w.Times))
		}
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return d, ctx.Err()
			}
			d.Notes = append(d.Notes, "the time to wait for verifications is over")
			return d, nil
		case <-time.After(w.Interval):
		}
	}
}

// waitable reports whether nothing but missing results is in the way.
func (d Decision) waitable() bool {
	other := slices.ContainsFunc(d.Reasons, func(r Reason) bool { return r.Kind != Unverified })
	return len(d.Reasons) > 0 && !other
}

// command is the question as a person types it.
func (q Question) command(extra ...string) string {
	words := []string{"fridaygate", "can-i-deploy"}
	for _, v := range q.Versions {
		words = append(words, v.flags("--pacticipant")...)
	}
	for _, v := range q.Ignore {
		words = append(words, v.flags("--ignore")...)
	}
	if q.Environment != "" {
		words = append(words, "--to-environment", q.Environment)
	}
	if q.ToTag != "" {
		words = append(words, "--to", q.ToTag)
	}
	return shellescape.QuoteCommand(append(words, extra...))
}

func (v VersionSelector) flags(name string) []string {
	words := []string{name, v.Pacticipant}
	switch {
	case v.Version != "":
		words = append(words, "--version", v.Version)
	case v.Branch != "":
		words = append(words, "--branch", v.Branch)
	case v.MainBranch:
		words = append(words, "--main-branch")
	case v.Tag != "":
		words = append(words, "--tag", v.Tag)
	case v.Latest:
		words = append(words, "--latest")
	}
	return words
}

func publishCommand(version string) string {
	return shellescape.QuoteCommand([]string{"fridaygate", "publish", "contracts/pacts", "--consumer-app-version", version})
}
