package contracts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/pact"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Broker selects the pacts of a Pact Broker to verify, and what is published of the results. What it leaves out comes
// from variables such as broker.VariablePublish, which the flags of fridaygate verify set.
type Broker struct {
	Config  broker.Config        // zero: from PACT_BROKER_BASE_URL and the related variables
	Query   broker.Query         // its Provider is filled in
	Publish *broker.Verification // the provider's version, branch and build; the rest is filled in; nil: see broker.VariablePublish
}

// source returns the pacts that the query selects, or, if PACT_URL is set, that one alone.
func (b Broker) source(provider string, getenv func(string) string) pact.Source {
	return func(ctx context.Context) ([]pact.Document, error) {
		config, named := b.Config, b.Config.URL != ""
		if !named {
			var err error
			if config, named, err = broker.FromEnv(getenv); err != nil {
				return nil, err
			}
		}
		url := getenv(broker.VariablePactURL)
		if !named && url == "" {
			return nil, fmt.Errorf("no Pact Broker is named: set %s", broker.VariableURL)
		}
		client, err := broker.New(config)
		if err != nil {
			return nil, err
		}
		if url != "" {
			one, err := client.PactAt(ctx, url)
			if err != nil {
				return nil, err
			}
			d := b.document(client, one)
			d.Notes = append(d.Notes, fmt.Sprintf("%s is set: of the broker's pacts, this one alone is verified: %s",
				broker.VariablePactURL, one.URL))
			return []pact.Document{d}, nil
		}
		query := b.Query
		query.Provider = provider
		found, err := client.PactsForVerification(ctx, query)
		if err != nil {
			return nil, err
		}
		all := make([]pact.Document, len(found))
		for i, one := range found {
			all[i] = b.document(client, one)
		}
		return all, nil
	}
}

func (b Broker) document(client *broker.Client, p broker.Pact) pact.Document {
	d := pact.Document{Name: p.URL, Text: p.Content, Pending: p.Pending, Notes: notices(p, broker.BeforeVerification)}
	if b.Publish != nil && !p.InBroker() {
		d.Notes = append(d.Notes, "its result is not published: it is in no broker")
	}
	if b.Publish != nil && p.InBroker() {
		d.Publish = func(ctx context.Context, results []pact.Result) ([]string, error) {
			v := told(*b.Publish, results)
			if err := client.PublishVerification(ctx, p, v); err != nil {
				return nil, err
			}
			return notices(p, broker.AfterVerification(v.Success, true)), nil
		}
	}
	return d
}

// notices returns the broker's notices about a pact at one point, each on one line.
func notices(p broker.Pact, when string) []string {
	var all []string
	for _, notice := range p.Notices {
		if notice.When == when {
			all = append(all, strings.Join(strings.Fields(notice.Text), " "))
		}
	}
	return all
}

// told adds the results to what is published.
func told(v broker.Verification, results []pact.Result) broker.Verification {
	v.Success, v.Tests = true, nil
	v.VerifiedBy = broker.VerifiedBy{Name: "fridaygate"}
	for _, r := range results {
		one := broker.TestResult{InteractionID: r.Interaction.ID, Description: r.Interaction.Description, Success: r.Verdict == verdict.Pass}
		for _, m := range r.Mismatches {
			one.Mismatches = append(one.Mismatches, broker.Mismatch{
				Attribute: m.Part, Identifier: m.Path, Description: fmt.Sprintf("expected %s, but got %s", m.Expected, m.Actual),
			})
		}
		if r.Reason != "" {
			one.Exceptions = append(one.Exceptions, broker.Exception{Message: r.Reason})
		}
		v.Success = v.Success && one.Success
		v.Tests = append(v.Tests, one)
	}
	return v
}

// sources returns every source that the options name.
func (o PactOptions) sources(provider string) ([]pact.Source, error) {
	all := slices.Clone(o.Sources)
	var files []string
	for _, place := range o.Pacts {
		if strings.HasPrefix(place, "http://") || strings.HasPrefix(place, "https://") {
			all = append(all, at(place, o.getenv))
		} else {
			files = append(files, place)
		}
	}
	if len(files) > 0 {
		all = append(all, pact.Files(files...))
	}
	switch {
	case o.Broker != nil:
		b, err := o.Broker.completed(o.getenv)
		if err != nil {
			return nil, err
		}
		all = append(all, b.source(provider, o.getenv))
	case o.getenv(broker.VariablePactURL) != "":
		return nil, errors.New("the variable " + broker.VariablePactURL + " is set, and this verification asks no broker: unset it")
	}
	return all, nil
}

// at returns the pact at a URL: of the broker that the environment names, or of any web server.
func at(url string, getenv func(string) string) pact.Source {
	return func(ctx context.Context) ([]pact.Document, error) {
		config, _, err := broker.FromEnv(getenv)
		if err != nil {
			return nil, err
		}
		client, err := broker.New(config)
		if err != nil {
			return nil, err
		}
		one, err := client.PactAt(ctx, url)
		if err != nil {
			return nil, err
		}
		return []pact.Document{Broker{}.document(client, one)}, nil
	}
}
