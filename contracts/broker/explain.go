package broker

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"al.essio.dev/pkg/shellescape"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// maxExtra is how many requests a Decision may cost beyond the first. Rows beyond are named without details.
const maxExtra = 20

// explainer finds out why rows are not green.
type explainer struct {
	client   *Client
	question Question
	left     int // requests that it may still send
}

// fetch reads what a row links to, as far as requests are left. Details that cannot be had are left out: they decide nothing.
func (e *explainer) fetch(ctx context.Context, href string, into any) bool {
	const op = "explain the answer"
	to, err := url.Parse(href)
	if err != nil || href == "" || e.left == 0 || ctx.Err() != nil {
		return false
	}
	e.left--
	a, err := e.client.do(ctx, call{op: op, method: http.MethodGet, url: to, repeats: true})
	return err == nil && json.Unmarshal(a.body, into) == nil
}

// row explains a row that is not green.
func (e *explainer) row(ctx context.Context, r Row) Reason {
	consumer, provider := words(r.Consumer, r.ConsumerVersion), words(r.Provider, r.ProviderVersion)
	switch {
	case r.Verified == verdict.Fail:
		return Reason{Kind: Broken, Link: e.client.clean(r.Result), Interactions: e.interactions(ctx, r),
			Text: fmt.Sprintf("%s breaks the pact with %s", provider, consumer), Next: verifyCommand(r)}
	case e.asked(r.Provider), r.ProviderVersion != "":
		reason := Reason{Kind: Unverified, Link: e.client.clean(r.Pact), Next: verifyCommand(r)}
		if r.ProviderVersion == "" {
			if unknown, ok := e.unknown(ctx, r.Provider); ok {
				return unknown
			}
			provider = e.named(r.Provider)
		}
		text, triggered := e.triggered(ctx, r)
		reason.Text = fmt.Sprintf("%s has not verified the pact with %s; %s", provider, consumer, text)
		if triggered {
			reason.Next = e.question.command("--retry-while-unknown", "30", "--retry-interval", "10")
		}
		return reason
	case e.question.Environment == "":
		text, _ := e.triggered(ctx, r)
		return Reason{Kind: Unverified, Link: e.client.clean(r.Pact), Next: verifyCommand(r),
			Text: fmt.Sprintf("the version of %s that it is compared with has not verified the pact with %s; %s", r.Provider, consumer, text)}
	default:
		return e.other(ctx, r)
	}
}

// other explains a row without a provider's version, in an environment: the provider is not there, or the one that is
// there has not verified this pact. The broker says which only in its text, so the environment itself is asked.
func (e *explainer) other(ctx context.Context, r Row) Reason {
	there := e.question.Environment
	consumer := words(r.Consumer, r.ConsumerVersion)
	if e.left < 3 {
		return Reason{Kind: Unverified, Link: e.client.clean(r.Pact), Next: verifyCommand(r),
			Text: fmt.Sprintf("no version of %s in %s has verified the pact with %s", r.Provider, there, consumer)}
	}
	e.left -= 3
	all, err := e.client.standing(ctx, "explain the answer", Deployment{Pacticipant: r.Provider, Environment: there})
	if err == nil && len(all) == 0 {
		return Reason{Kind: NotThere, Link: e.client.clean(r.Pact),
			Text: fmt.Sprintf("no version of %s is recorded as deployed or released in %s, and %s needs one", r.Provider, there, consumer),
			Next: shellescape.QuoteCommand([]string{
				"fridaygate", "record-deployment", "--pacticipant", r.Provider, "--version", "VERSION", "--environment", there,
			})}
	}
	version := "the version in " + there
	if len(all) == 1 {
		version = all[0].Version + ", now in " + there + ","
	}
	text, triggered := e.triggered(ctx, r)
	reason := Reason{Kind: Unverified, Link: e.client.clean(r.Pact), Next: verifyCommand(r),
		Text: fmt.Sprintf("%s %s has not verified the pact with %s; %s", r.Provider, version, consumer, text)}
	if triggered {
		reason.Next = e.question.command("--retry-while-unknown", "30", "--retry-interval", "10")
	}
	return reason
}

// unknown explains a version that is asked for by its number, and that the broker does not have.
func (e *explainer) unknown(ctx context.Context, name string) (Reason, bool) {
	for _, v := range e.question.Versions {
		if v.Pacticipant != name || v.Version == "" || e.left == 0 {
			continue
		}
		e.left--
		_, _, err := e.client.resource(ctx, "explain the answer", map[string]string{"pacticipant": name, "version": v.Version},
			"pb:pacticipant-version")
		if errors.Is(err, ErrNotFound) {
			return Reason{Kind: UnknownVersion, Text: fmt.Sprintf("%s: the broker has no such version", v), Next: "fridaygate verify"}, true
		}
	}
	return Reason{}, false
}

// asked reports whether a pacticipant is one that is to be deployed.
func (e *explainer) asked(name string) bool { return e.named(name) != "" }

// named is how the question names a pacticipant's version; "" if it does not.
func (e *explainer) named(name string) string {
	for _, v := range e.question.Versions {
		if v.Pacticipant == name {
			return v.String()
		}
	}
	return ""
}

// interactions returns those that failed, according to the result.
func (e *explainer) interactions(ctx context.Context, r Row) []FailedInteraction {
	var result struct {
		Tests []TestResult `json:"testResults"`
	}
	if !e.fetch(ctx, r.Result, &result) {
		return nil
	}
	var descriptions map[string]string
	var all []FailedInteraction
	for _, t := range result.Tests {
		if t.Success {
			continue
		}
		if t.Description == "" && descriptions == nil {
			descriptions = e.descriptions(ctx, r)
		}
		one := FailedInteraction{Description: e.client.clean(cmp.Or(t.Description, descriptions[t.InteractionID], t.InteractionID))}
		for _, m := range t.Mismatches {
			one.Mismatches = append(one.Mismatches, Mismatch{
				e.client.clean(m.Attribute), e.client.clean(m.Identifier), e.client.clean(m.Description),
			})
		}
		for _, x := range t.Exceptions {
			one.Exceptions = append(one.Exceptions, Exception{e.client.clean(x.Message)})
		}
		all = append(all, one)
	}
	return all
}

// descriptions are those of a pact's interactions, by their ids in the broker: Pact's own verifiers publish ids alone.
func (e *explainer) descriptions(ctx context.Context, r Row) map[string]string {
	type interaction struct {
		ID          string `json:"_id"`
		Description string `json:"description"`
	}
	var pact struct{ Interactions, Messages []interaction }
	e.fetch(ctx, r.Pact, &pact)
	all := map[string]string{}
	for _, one := range append(pact.Interactions, pact.Messages...) {
		all[one.ID] = one.Description
	}
	return all
}

// triggered reports whether the broker ever started a verification of the row's pact, and when.
func (e *explainer) triggered(ctx context.Context, r Row) (text string, ever bool) {
	var pact struct {
		Links links `json:"_links"`
	}
	const unknown = "whether its verification was ever started is not known"
	if !e.fetch(ctx, r.Pact, &pact) {
		return unknown, false
	}
	webhooks, ok := pact.Links.find("pb:triggered-webhooks")
	var list struct {
		Embedded *struct {
			Triggered []struct {
				Event   string `json:"eventName"`
				Status  string `json:"status"`
				Trigger string `json:"triggeredAt"`
			} `json:"triggeredWebhooks"`
		} `json:"_embedded"`
	}
	if !ok || !e.fetch(ctx, webhooks.Href, &list) || list.Embedded == nil {
		return unknown, false
	}
	latest := ""
	for _, t := range list.Embedded.Triggered {
		switch t.Event {
		case ContractRequiringVerification, "contract_content_changed", "contract_published":
			if t.Trigger >= latest {
				latest = t.Trigger
				text = fmt.Sprintf("a webhook started its verification at %s (webhook: %s)",
					e.client.clean(t.Trigger), e.client.clean(strings.ReplaceAll(t.Status, "_", " ")))
			}
			ever = true
		}
	}
	if !ever {
		return "no webhook ever started its verification", false
	}
	return text, true
}

// version explains what the rows do not say of one of the versions that are to be deployed: without a row that counts,
// the broker's yes is one to another question.
func (e *explainer) version(ctx context.Context, v VersionSelector, m Matrix, said bool) (reasons []Reason, notes []string) {
	ignored := false
	for _, r := range m.Rows {
		switch {
		case v.takes(r) && !r.Ignored:
			return nil, nil
		case v.takes(r):
			ignored = true
		case r.Consumer == v.Pacticipant, r.Provider == v.Pacticipant:
			if !said {
				return nil, nil // its row has a separate reason
			}
		}
	}
	switch {
	case ignored:
		return []Reason{{Kind: AllIgnored, Text: v.String() + ": everything that it has contracts with is ignored, so nothing was compared",
			Next: Question{Versions: e.question.Versions, Environment: e.question.Environment, ToTag: e.question.ToTag}.command()}}, nil
	case said && e.question.amongThemselves():
		return []Reason{{Kind: NoContract, Text: v.String() + ": it has no contract with any other version that is asked for",
			Next: Question{Versions: []VersionSelector{v}}.command("--to-environment", "ENVIRONMENT")}}, nil
	}
	return e.alone(ctx, v)
}

// alone asks whether a version has contracts with anything at all: one whose consumers are not deployed yet may go
// first, and one without contracts was never checked.
func (e *explainer) alone(ctx context.Context, v VersionSelector) ([]Reason, []string) {
	none := Reason{Kind: NoContract, Next: publishCommand(cmp.Or(v.Version, "VERSION")),
		Text: v.String() +
			": no pact and no verification result is published under this version, so there is nothing to decide by; the broker would say yes"}
	if e.left == 0 {
		none.Text = v.String() +
			": it has no contract with what is there, and too many versions like it are asked for to find out why: ask for fewer at a time"
		return []Reason{none}, nil
	}
	e.left--
	m, err := e.client.every(ctx, v)
	if err != nil {
		return []Reason{failed(err, Question{Versions: []VersionSelector{v}})}, nil
	}
	if m.Deployable != nil && !*m.Deployable && len(m.Rows) == 0 {
		return []Reason{{
			Kind: UnknownVersion, Text: v.String() + ": the broker has no such version; it says: " + m.said(),
			Next: publishCommand(cmp.Or(v.Version, "VERSION")),
		}}, nil
	}
	for _, r := range m.Rows {
		if v.takes(r) {
			return nil, []string{
				fmt.Sprintf("%s: none of its consumers is in %s, so nothing there can break",
					v, cmp.Or(e.question.Environment, "the versions with tag "+e.question.ToTag)),
			}
		}
	}
	return []Reason{none}, nil
}

// every asks for all rows of one version, wherever the other side is deployed.
func (c *Client) every(ctx context.Context, v VersionSelector) (Matrix, error) {
	const op = "ask for the version's contracts"
	q := Question{Versions: []VersionSelector{v}, everywhere: true}
	return c.matrix(ctx, op, q)
}

// words names a version.
func words(name, version string) string { return strings.TrimSpace(name + " " + version) }

// verifyCommand is what the provider's team types, in its own repository.
func verifyCommand(r Row) string {
	if r.Pact == "" {
		return "fridaygate verify"
	}
	return "PACT_URL=" + shellescape.Quote(r.Pact) + " fridaygate verify"
}
