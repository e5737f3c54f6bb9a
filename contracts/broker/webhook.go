package broker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// ContractRequiringVerification is the event that starts a provider's verification: a pact was published that a version
// of the provider, on its main branch or deployed, has not verified
// (https://docs.pact.io/pact_broker/webhooks#the-contract-requiring-verification-published-event).
const ContractRequiringVerification = "contract_requiring_verification_published"

// Webhook is a request that the broker sends when something happens.
type Webhook struct {
	UUID          string            // empty: a new webhook; else it is created or replaced under this id
	Description   string            // for a person
	Consumer      string            // only pacts of this consumer; empty: of all
	Provider      string            // only pacts of this provider; empty: of all
	ConsumerLabel string            // only pacts of consumers with this label; not together with Consumer; empty: of all
	ProviderLabel string            // the same for providers
	Team          string            // PactFlow: the uuid of the team that it belongs to; empty: none
	Events        []string          // at least one, such as ContractRequiringVerification
	Method        string            // such as POST
	URL           string            // where the request goes
	Header        map[string]string // may name secrets: no error or report repeats it
	Body          string            // text, or JSON; ${pactbroker.pactUrl} and its like are filled in by the broker
	Username      string            // of basic authentication there; empty: none
	Password      string
}

type webhookBody struct {
	Description string         `json:"description,omitempty"`
	Consumer    *named         `json:"consumer,omitempty"`
	Provider    *named         `json:"provider,omitempty"`
	Events      []named        `json:"events"`
	Team        string         `json:"teamUuid,omitempty"`
	Request     webhookRequest `json:"request"`
}

// named selects pacticipants; of an event, it has a Name alone.
type named struct {
	Name  string `json:"name,omitempty"`
	Label string `json:"label,omitempty"`
}

type webhookRequest struct {
	Method   string            `json:"method"`
	URL      string            `json:"url"`
	Header   map[string]string `json:"headers,omitempty"`
	Body     any               `json:"body,omitempty"`
	Username string            `json:"username,omitempty"`
	Password string            `json:"password,omitempty"`
}

// SaveWebhook creates the webhook, or replaces the one of its UUID, and returns its UUID. Without a UUID it is not
// idempotent, so a broken connection may leave a webhook behind.
func (c *Client) SaveWebhook(ctx context.Context, w Webhook) (string, error) {
	const op = "save the webhook"
	if err := w.validate(); err != nil {
		return "", usage(op, "%s", oneLine(err))
	}
	k := call{op: op, method: http.MethodPost, body: w.body()}
	relation, variables := "pb:webhooks", map[string]string(nil)
	if w.UUID != "" {
		k.method, k.repeats = http.MethodPut, true
		relation, variables = "pb:webhook", map[string]string{"uuid": w.UUID}
	}
	var err error
	if k.url, err = c.follow(ctx, op, variables, relation); err != nil {
		return "", err
	}
	a, err := c.do(ctx, k)
	if err != nil {
		return "", err
	}
	var saved struct{ UUID string }
	if err := c.decode(op, a, &saved); err != nil {
		return "", err
	}
	if saved.UUID == "" {
		return "", c.unexpected(op, a, "the answer has no webhook's uuid")
	}
	return saved.UUID, nil
}

func (w Webhook) validate() error {
	var wrong []error
	if len(w.Events) == 0 {
		wrong = append(wrong, errors.New("no event is named, so it would never be sent"))
	}
	if w.Consumer != "" && w.ConsumerLabel != "" || w.Provider != "" && w.ProviderLabel != "" {
		wrong = append(wrong, errors.New("a name and a label select the same side: give one of the two"))
	}
	if w.Method == "" {
		wrong = append(wrong, errors.New("the method is missing, such as POST"))
	}
	if _, err := parseURL(w.URL); err != nil && !strings.Contains(w.URL, "${") {
		wrong = append(wrong, errors.New("its URL: "+err.Error()))
	}
	return errors.Join(wrong...)
}

func (w Webhook) body() webhookBody {
	b := webhookBody{
		Description: w.Description, Team: w.Team,
		Request: webhookRequest{Method: w.Method, URL: w.URL, Header: w.Header, Username: w.Username, Password: w.Password},
	}
	if of := (named{w.Consumer, w.ConsumerLabel}); of != (named{}) {
		b.Consumer = &of
	}
	if of := (named{w.Provider, w.ProviderLabel}); of != (named{}) {
		b.Provider = &of
	}
	for _, e := range w.Events {
		b.Events = append(b.Events, named{Name: e})
	}
	switch {
	case w.Body == "":
	case json.Valid([]byte(w.Body)):
		b.Request.Body = json.RawMessage(w.Body)
	default:
		b.Request.Body = w.Body
	}
	return b
}

// TestWebhook lets the broker send a webhook's request now, with its latest matching pact. A request that could not be
// sent, or was answered with 4xx or 5xx, is an ErrWebhookFailed.
func (c *Client) TestWebhook(ctx context.Context, uuid string) error {
	const op = "test the webhook"
	if strings.TrimSpace(uuid) == "" {
		return usage(op, "its uuid is missing")
	}
	_, document, err := c.resource(ctx, op, map[string]string{"uuid": uuid}, "pb:webhook")
	if err != nil {
		return err
	}
	execute, ok := document.Links.find("pb:execute")
	if !ok {
		return &Error{
			Op: op, URL: c.redact(document.from), Kind: ErrUnexpected, Reason: "the webhook has no link pb:execute", Advice: "check the uuid",
		}
	}
	to, err := c.resolve(op, execute, document.from, nil)
	if err != nil {
		return err
	}
	a, err := c.do(ctx, call{op: op, method: http.MethodPost, url: to, body: struct{}{}})
	if err != nil {
		return err
	}
	return c.executed(op, a)
}

// executed judges what became of a webhook's request.
func (c *Client) executed(op string, a answer) error {
	var sent struct {
		Error    *struct{ Message string }
		Response *struct{ Status int }
		Message  string // why a response is not shown
	}
	if err := c.decode(op, a, &sent); err != nil {
		return err
	}
	e := &Error{
		Op: op, URL: c.redact(a.url), Kind: ErrWebhookFailed,
		Advice: "check its URL and credentials, and the broker's lists of allowed webhook hosts, schemes and methods",
	}
	switch {
	case sent.Error != nil:
		e.Reason = "the broker could not send it: " + c.clean(sent.Error.Message)
	case sent.Response == nil:
		e.Kind, e.Reason, e.Advice = ErrUnexpected, "the broker does not say what became of it: "+c.clean(sent.Message),
			"look into the logs of the broker, or of what the webhook starts"
	case sent.Response.Status/100 != 2:
		e.Reason = fmt.Sprintf("it was answered with %d %s", sent.Response.Status, http.StatusText(sent.Response.Status))
	default:
		return nil
	}
	return e
}
