package suites_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/fridaygate/fridaygate/consumers/ledger"
	"github.com/fridaygate/fridaygate/consumers/payments"
	"github.com/fridaygate/fridaygate/contracts/pact"
)

// invoicesStates bring the invoices service into the states that its consumers name. They use what any client
// can: they deliver webhooks. Each interaction begins with empty tables.
func invoicesStates(r *running) pact.States {
	nothing := func(context.Context, *pact.Setup) error { return nil }
	secret := func(value string) pact.StateFunc {
		return func(_ context.Context, s *pact.Setup) error {
			s.Return(signingSecret, value)
			return nil
		}
	}
	return pact.States{
		stateSharedSecret: secret(r.secrets["INVOICES_WEBHOOK_SECRET"]),
		stateOtherSecret:  secret(mockSecret),
		stateNoInvoices:   nothing,
		stateDelivered:    r.deliverEvent,
		statePaid:         r.deliverEvent,
		stateChanged:      r.deliverEvent,
		stateNovember:     r.deliverEvents,
		stateThree: func(ctx context.Context, s *pact.Setup) error {
			if err := r.deliverEvents(ctx, s); err != nil {
				return err
			}
			return r.firstCursor(ctx, s)
		},
	}
}

const (
	signingSecret = "signing secret" // what the filter signs with
	streamStart   = "stream start"   // the last entry of the stream before the interaction
	eventID       = "event id"
)

// deliverEvent delivers the parameter event.
func (r *running) deliverEvent(ctx context.Context, s *pact.Setup) error {
	var event payments.Event
	if err := param(s, "event", &event); err != nil {
		return err
	}
	last, err := r.lastEntry(ctx)
	if err != nil {
		return err
	}
	s.Return(streamStart, last)
	s.Return(eventID, event.ID)
	return r.deliver(ctx, event)
}

// deliverEvents delivers each of the parameter events.
func (r *running) deliverEvents(ctx context.Context, s *pact.Setup) error {
	var events []payments.Event
	if err := param(s, "events", &events); err != nil {
		return err
	}
	for _, event := range events {
		if err := r.deliver(ctx, event); err != nil {
			return err
		}
	}
	return nil
}

// deliver fails unless the event is new: a state that an earlier interaction left would prove nothing.
func (r *running) deliver(ctx context.Context, event payments.Event) error {
	receipt, err := r.payments().Deliver(ctx, event)
	if err == nil && receipt.Outcome != payments.Accepted {
		err = fmt.Errorf("event %s: %s, want accepted", event.ID, receipt.Outcome)
	}
	return err
}

// firstCursor returns the cursor behind the first page of two, as the value next.
func (r *running) firstCursor(ctx context.Context, s *pact.Setup) error {
	query := url.Values{"customer": {"cus_bakkerij_zon"}, "limit": {"2"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL()+"/invoices?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	var page struct{ Next string }
	if err := ask(req, &page); err != nil {
		return err
	}
	if page.Next == "" {
		return errors.New("the first page of three invoices names no next page")
	}
	s.Return("next", page.Next)
	return nil
}

// sign signs what payments recorded anew: a recorded signature is too old, and made with the secret of a mock. The
// provider state of the interaction names the secret.
func sign(r *http.Request, body []byte, s *pact.Setup) error {
	if s.Interaction.Consumer != "payments" {
		return nil
	}
	secret, ok := s.Value(signingSecret).(string)
	if !ok {
		return fmt.Errorf("no provider state says which secret signs: want %q or %q", stateSharedSecret, stateOtherSecret)
	}
	signer, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		return err
	}
	now := time.Now()
	signature, err := signer.Sign(r.Header.Get(standardwebhooks.HeaderWebhookID), now, body)
	if err != nil {
		return err
	}
	r.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	r.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return nil
}

// published reads from the Redis stream what the provider put there for the event that the state delivered.
func (r *running) published(ctx context.Context, s *pact.Setup) (pact.Message, error) {
	after, ok := s.Value(streamStart).(string)
	if !ok {
		return pact.Message{}, errors.New("no provider state delivered an event")
	}
	for {
		entries, err := ledger.Messages(r.redisDo(ctx, "XRANGE", "events", "("+after, "+"))
		switch {
		case ctx.Err() != nil:
			return pact.Message{}, fmt.Errorf("event %s did not come on the stream: %w", s.Value(eventID), ctx.Err())
		case err != nil:
			return pact.Message{}, err
		}
		for _, entry := range entries {
			after = entry.ID
			if entry.Fields["event_id"] != s.Value(eventID) {
				continue
			}
			metadata := map[string]any{"contentType": "application/json"} // of every entry: no field of it names its type
			for name, value := range entry.Fields {
				if name != "data" {
					metadata[name] = value
				}
			}
			return pact.Message{Body: []byte(entry.Fields["data"]), Metadata: metadata}, nil
		}
		time.Sleep(20 * time.Millisecond) // the relay publishes after the transaction
	}
}

// lastEntry is the id of the newest entry of the stream, or the beginning of an empty one.
func (r *running) lastEntry(ctx context.Context) (string, error) {
	entries, err := ledger.Messages(r.redisDo(ctx, "XREVRANGE", "events", "+", "-", "COUNT", 1))
	if err != nil || len(entries) == 0 {
		return "0", err
	}
	return entries[0].ID, nil
}

// param reads a parameter of the state at hand.
func param(s *pact.Setup, name string, v any) error {
	raw, err := json.Marshal(s.Params[name])
	if err == nil && s.Params[name] == nil {
		err = errors.New("the pact does not give it")
	}
	if err == nil {
		err = json.Unmarshal(raw, v)
	}
	if err != nil {
		return fmt.Errorf("parameter %s: %w", name, err)
	}
	return nil
}

// put stores the parameter customer.
func (c customers) put(ctx context.Context, s *pact.Setup) error {
	var customer struct {
		ID      string `json:"id"`
		Name    string `json:"name"`
		Country string `json:"country"`
	}
	if err := param(s, "customer", &customer); err != nil {
		return err
	}
	body, err := json.Marshal(customer)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, c.URL()+"/customers/"+customer.ID, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+customersToken)
	return ask(req, nil)
}

// ask sends a request and decodes its answer into out. A status other than 200 is an error.
func ask(req *http.Request, out any) error {
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s: %s", req.Method, req.URL.Path, resp.Status, answer)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}
