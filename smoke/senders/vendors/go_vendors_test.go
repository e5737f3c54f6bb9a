package vendors

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"github.com/PaddleHQ/paddle-go-sdk/v4"
	"github.com/PagerDuty/go-pagerduty/webhookv3"
	shopify "github.com/bold-commerce/go-shopify/v4"
	"github.com/bwmarrin/discordgo"
	cloudevents "github.com/cloudevents/sdk-go/v2"
	"github.com/google/go-github/v74/github"
	razorpay "github.com/razorpay/razorpay-go/utils"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	square "github.com/square/square-go-sdk"
	squarehooks "github.com/square/square-go-sdk/webhooks/client"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stripe/stripe-go/v82/webhook"
	svix "github.com/svix/svix-webhooks/go"
	twilio "github.com/twilio/twilio-go/client"
	gitlab "gitlab.com/gitlab-org/api/client-go"
)

const (
	secret = "a secret of some length, 32 bytes"
	public = "https://receiver.example/hook" // endpoint.url of the examples whose senders sign it
)

var (
	whsec = "whsec_" + base64.StdEncoding.EncodeToString([]byte(secret))
	seed  = base64.StdEncoding.EncodeToString([]byte(secret[:32]))
)

var goVendors = map[string]vendor{
	"stripe-go": {sender: "stripe", secret: "whsec_test_secret", read: func(d delivery) ([]event, error) {
		e, err := webhook.ConstructEventWithOptions(d.body, d.Header.Get("Stripe-Signature"), "whsec_test_secret",
			webhook.ConstructEventOptions{IgnoreAPIVersionMismatch: true})
		if err != nil || e.ID == "" {
			return nil, errors.Join(err, errSignature)
		}
		return identified(e.ID), nil
	}},
	"go-github": {sender: "github", secret: secret, read: func(d delivery) ([]event, error) {
		payload, err := github.ValidatePayload(d.Request, []byte(secret))
		if err != nil {
			return nil, err
		}
		if !json.Valid(payload) || github.WebHookType(d.Request) == "" {
			return nil, errors.New("no event")
		}
		if _, err := github.ParseWebHook(github.WebHookType(d.Request), payload); err != nil {
			return nil, nil // a type that nobody asked for is acknowledged
		}
		return identified(github.DeliveryID(d.Request)), nil
	}},
	"gitlab client-go": {sender: "gitlab", secret: secret, read: func(d delivery) ([]event, error) {
		if d.Header.Get("X-Gitlab-Token") != secret {
			return nil, errSignature
		}
		if !json.Valid(d.body) {
			return nil, errors.New("no event")
		}
		if _, err := gitlab.ParseWebhook(gitlab.HookEventType(d.Request), d.body); err != nil {
			return nil, nil
		}
		return identified(d.Header.Get("Idempotency-Key")), nil
	}},
	"go-shopify": {sender: "shopify", secret: secret, read: func(d delivery) ([]event, error) {
		if !(shopify.App{ApiSecret: secret}).VerifyWebhookRequest(d.Request) || !json.Valid(d.body) {
			return nil, errSignature
		}
		if d.Header.Get("X-Shopify-Topic") != "orders/paid" {
			return nil, nil
		}
		return identified(d.Header.Get("X-Shopify-Event-Id")), nil
	}},
	"slack-go, events": {sender: "slack", secret: secret, read: func(d delivery) ([]event, error) {
		if err := slackSigned(d); err != nil {
			return nil, err
		}
		var e slackevents.EventsAPICallbackEvent
		if err := json.Unmarshal(d.body, &e); err != nil || e.EventID == "" {
			return nil, errors.Join(err, errSignature)
		}
		return identified(e.EventID), nil
	}},
	"slack-go, interactive": {sender: "slack-interactive", secret: secret, read: func(d delivery) ([]event, error) {
		if err := slackSigned(d); err != nil {
			return nil, err
		}
		form, err := url.ParseQuery(string(d.body))
		var interaction slack.InteractionCallback
		if err := errors.Join(err, json.Unmarshal([]byte(form.Get("payload")), &interaction)); err != nil || interaction.TriggerID == "" {
			return nil, errors.Join(err, errSignature)
		}
		return identified(interaction.TriggerID), nil
	}},
	"slack-go, commands": {sender: "slack-commands", secret: secret, read: func(d delivery) ([]event, error) {
		if err := slackSigned(d); err != nil {
			return nil, err
		}
		command, err := slack.SlashCommandParse(d.Request)
		if err != nil || command.TriggerID == "" {
			return nil, errors.Join(err, errSignature)
		}
		return identified(command.TriggerID), nil
	}},
	"square-go-sdk": {sender: "square", secret: secret, read: func(d delivery) ([]event, error) {
		err := (&squarehooks.Client{}).VerifySignature(d.Context(), &square.VerifySignatureRequest{
			RequestBody: string(d.body), SignatureHeader: d.Header.Get("x-square-hmacsha256-signature"), SignatureKey: secret,
			NotificationURL: public,
		})
		if err != nil {
			return nil, err
		}
		return member(d.body, "event_id")
	}},
	"twilio-go": {sender: "twilio", secret: secret, read: func(d delivery) ([]event, error) {
		validator := twilio.NewRequestValidator(secret)
		if err := d.ParseForm(); err != nil {
			return nil, err
		}
		parameters := map[string]string{}
		for name := range d.PostForm {
			parameters[name] = d.PostForm.Get(name)
		}
		if !validator.Validate(public, parameters, d.Header.Get("X-Twilio-Signature")) || parameters["MessageSid"] == "" {
			return nil, errSignature
		}
		return identified(parameters["MessageSid"]), nil
	}},
	"svix": {sender: "svix", secret: whsec, read: func(d delivery) ([]event, error) {
		hook, err := svix.NewWebhook(whsec)
		if err := errors.Join(err, hook.Verify(d.body, d.Header)); err != nil {
			return nil, err
		}
		return named(d, "svix-id")
	}},
	"standardwebhooks": {sender: "standard-webhooks", secret: whsec, read: func(d delivery) ([]event, error) {
		hook, err := standardwebhooks.NewWebhook(whsec)
		if err := errors.Join(err, hook.Verify(d.body, d.Header)); err != nil {
			return nil, err
		}
		return named(d, "webhook-id")
	}},
	"paddle-go-sdk": {sender: "paddle", secret: secret, read: func(d delivery) ([]event, error) {
		ok, err := paddle.NewWebhookVerifier(secret).Verify(d.Request)
		if err := errors.Join(err, valid(ok)); err != nil {
			return nil, err
		}
		return member(d.body, "event_id")
	}},
	"go-pagerduty": {sender: "pagerduty", secret: secret, read: func(d delivery) ([]event, error) {
		if err := webhookv3.VerifySignature(d.Request, secret); err != nil {
			return nil, err
		}
		var payload struct{ Event json.RawMessage }
		if err := json.Unmarshal(d.body, &payload); err != nil {
			return nil, err
		}
		return member(payload.Event, "id")
	}},
	"razorpay-go": {sender: "razorpay", secret: secret, read: func(d delivery) ([]event, error) {
		if !razorpay.VerifyWebhookSignature(string(d.body), d.Header.Get("X-Razorpay-Signature"), secret) {
			return nil, errSignature
		}
		return named(d, "X-Razorpay-Event-Id")
	}},
	"discordgo": {sender: "discord", secret: seed, read: func(d delivery) ([]event, error) {
		key := ed25519.NewKeyFromSeed([]byte(secret[:32])).Public().(ed25519.PublicKey)
		if !discordgo.VerifyInteraction(d.Request, key) {
			return nil, errSignature
		}
		return member(d.body, "id")
	}, agree: func(d delivery) string {
		var ping struct{ Type discordgo.InteractionType }
		if json.Unmarshal(d.body, &ping) == nil && ping.Type == discordgo.InteractionPing {
			return `{"type":1}`
		}
		return ""
	}},
	"cloudevents sdk-go, structured": {sender: "cloudevents", read: cloudEvent},
	"cloudevents sdk-go, binary":     {sender: "cloudevents-binary", read: cloudEvent},
	"cloudevents sdk-go, batch": {sender: "cloudevents-batch", read: func(d delivery) ([]event, error) {
		events, err := cloudevents.NewEventsFromHTTPRequest(d.Request)
		if err != nil {
			return nil, err
		}
		var all []event
		for _, e := range events {
			if err := e.Validate(); err != nil {
				return nil, err
			}
			all = append(all, event{e.Source() + " " + e.ID(), e.ID()})
		}
		return all, nil
	}},
}

func cloudEvent(d delivery) ([]event, error) {
	e, err := cloudevents.NewEventFromHTTPRequest(d.Request)
	if err != nil {
		return nil, err
	}
	if err := e.Validate(); err != nil {
		return nil, err
	}
	if strings.HasPrefix(e.DataContentType(), "application/json") && !json.Valid(e.Data()) {
		return nil, errors.New("the data is not JSON")
	}
	return []event{{e.Source() + " " + e.ID(), e.ID()}}, nil
}

func slackSigned(d delivery) error {
	verifier, err := slack.NewSecretsVerifier(d.Header, secret)
	if err != nil {
		return err
	}
	_, err = verifier.Write(d.body)
	return errors.Join(err, verifier.Ensure())
}

// member returns the event whose id is a member of a JSON object.
func member(body []byte, name string) ([]event, error) {
	var object map[string]any
	if err := json.Unmarshal(body, &object); err != nil {
		return nil, err
	}
	id, _ := object[name].(string)
	if id == "" {
		return nil, errors.New("no " + name)
	}
	return identified(id), nil
}

// named returns the event whose id is in a header, and whose body is JSON.
func named(d delivery, header string) ([]event, error) {
	id := d.Header.Get(header)
	if id == "" || !json.Valid(d.body) {
		return nil, errors.New("no event")
	}
	return identified(id), nil
}
