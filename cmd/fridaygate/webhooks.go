package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// webhookFlags describe a webhook.
type webhookFlags struct {
	URL           string   `arg:"" help:"Address to send the request to."`
	Request       string   `short:"X" required:"" placeholder:"METHOD" help:"Method of the request, such as POST."`
	Header        []string `short:"H" sep:"none" placeholder:"NAME:VALUE" help:"Header of the request. Repeatable."`
	Data          string   `short:"d" placeholder:"TEXT" help:"Body of the request, or @FILE. The broker fills in $${pactbroker.pactUrl}."`
	User          string   `placeholder:"NAME:PASSWORD" help:"Basic authentication of the request."`
	Consumer      string   `placeholder:"NAME" help:"Only for pacts of this consumer."`
	Provider      string   `placeholder:"NAME" help:"Only for pacts of this provider."`
	ConsumerLabel string   `placeholder:"LABEL" help:"Only for pacts of consumers with this label."`
	ProviderLabel string   `placeholder:"LABEL" help:"Only for pacts of providers with this label."`
	TeamUUID      string   `name:"team-uuid" placeholder:"UUID" help:"PactFlow: the team that the webhook belongs to."`
	Description   string   `placeholder:"TEXT" help:"Purpose of the webhook."`

	ContractContentChanged                 bool `help:"Send it when a pact's content changes."`
	ContractPublished                      bool `help:"Send it when a pact is published."`
	ContractRequiringVerificationPublished bool `help:"Send it when a pact needs verification."`
	ProviderVerificationPublished          bool `help:"Send it when a verification result is published."`
	ProviderVerificationFailed             bool `help:"Send it when a failed result is published."`
	ProviderVerificationSucceeded          bool `help:"Send it when a successful result is published."`
	brokerFlags
	outputFlag
}

func (c webhookFlags) webhook() (broker.Webhook, error) {
	w := broker.Webhook{
		Description: c.Description, Consumer: c.Consumer, Provider: c.Provider, Method: c.Request, URL: c.URL, Body: c.Data,
		Header: map[string]string{}, ConsumerLabel: c.ConsumerLabel, ProviderLabel: c.ProviderLabel, Team: c.TeamUUID,
	}
	if file, ok := strings.CutPrefix(c.Data, "@"); ok {
		text, err := os.ReadFile(file)
		if err != nil {
			return w, fmt.Errorf("--data: %w", err)
		}
		w.Body = string(text)
	}
	for _, event := range []struct {
		chosen bool
		name   string
	}{
		{c.ContractContentChanged, "contract_content_changed"}, {c.ContractPublished, "contract_published"},
		{c.ContractRequiringVerificationPublished, broker.ContractRequiringVerification},
		{c.ProviderVerificationPublished, "provider_verification_published"},
		{c.ProviderVerificationFailed, "provider_verification_failed"}, {c.ProviderVerificationSucceeded, "provider_verification_succeeded"},
	} {
		if event.chosen {
			w.Events = append(w.Events, event.name)
		}
	}
	given, err := headers(c.Header)
	if err != nil {
		return w, fmt.Errorf("-H: %w", err)
	}
	for name := range given {
		w.Header[name] = given.Get(name)
	}
	w.Username, w.Password, _ = strings.Cut(c.User, ":")
	return w, nil
}

func (c webhookFlags) save(ctx context.Context, std streams, uuid string) error {
	w, err := c.webhook()
	if err != nil {
		return exit(verdict.ExitUsage, err)
	}
	w.UUID = uuid
	client, err := c.client(std)
	if err != nil {
		return err
	}
	saved, err := client.SaveWebhook(ctx, w)
	if err != nil {
		return brokerError(ctx, err)
	}
	return c.print(std, map[string]any{"version": 1, "uuid": saved}, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "saved the webhook %s\nnext: fridaygate test-webhook --uuid %s\n", saved, saved)
		return err
	})
}

type createWebhookCommand struct {
	webhookFlags
}

// Run creates the webhook.
func (c *createWebhookCommand) Run(ctx context.Context, std streams) error {
	return c.save(ctx, std, "")
}

type createOrUpdateWebhookCommand struct {
	UUID string `name:"uuid" required:"" placeholder:"UUID" help:"UUID of the webhook: an existing one is replaced."`
	webhookFlags
}

// Run creates or replaces the webhook.
func (c *createOrUpdateWebhookCommand) Run(ctx context.Context, std streams) error {
	return c.save(ctx, std, c.UUID)
}

type testWebhookCommand struct {
	UUID string `name:"uuid" required:"" placeholder:"UUID" help:"UUID of the webhook."`
	brokerFlags
	outputFlag
}

// Run tests the webhook.
func (c *testWebhookCommand) Run(ctx context.Context, std streams) error {
	client, err := c.client(std)
	if err != nil {
		return err
	}
	if err := client.TestWebhook(ctx, c.UUID); err != nil {
		return brokerError(ctx, err)
	}
	return c.print(std, map[string]any{"version": 1, "delivered": c.UUID}, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "delivered the webhook %s\n", c.UUID)
		return err
	})
}
