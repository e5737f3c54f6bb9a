package payments

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Client delivers events to one receiver. It is safe for concurrent use once its fields are set.
type Client struct {
	URL     string           // base URL of the invoices service
	Secret  string           // Standard Webhooks secret, "whsec_" and base64
	HTTP    *http.Client     // nil: http.DefaultClient
	Timeout time.Duration    // of one delivery; zero: 10 s
	Now     func() time.Time // nil: time.Now
}

const (
	defaultTimeout = 10 * time.Second
	answerLimit    = 1 << 20
)

// Deliver signs the event and sends it once.
//
// A nil error means that the event took effect, now or before: the receipt says which. A *RefusedError is
// an answer that is not an acceptance. Any other error leaves the delivery unsettled: it may have taken
// effect, and only another delivery of the same event shows that.
func (c *Client) Deliver(ctx context.Context, event Event) (Receipt, error) {
	receipt, err := c.deliver(ctx, event)
	if err != nil {
		return Receipt{}, fmt.Errorf("deliver event %s: %w", event.ID, err)
	}
	return receipt, nil
}

func (c *Client) deliver(ctx context.Context, event Event) (Receipt, error) {
	body, err := json.Marshal(event)
	if err != nil {
		return Receipt{}, err
	}
	timeout := c.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := c.request(ctx, event.ID, body)
	if err != nil {
		return Receipt{}, err
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return Receipt{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit))
	if err != nil {
		return Receipt{}, fmt.Errorf("read answer: %w", err)
	}
	return read(resp, answer)
}

func (c *Client) request(ctx context.Context, id string, body []byte) (*http.Request, error) {
	now := time.Now
	if c.Now != nil {
		now = c.Now
	}
	sent := now()
	signer, err := standardwebhooks.NewWebhook(c.Secret)
	if err != nil {
		return nil, errors.New("the secret is not a Standard Webhooks secret: want whsec_ and base64")
	}
	signature, err := signer.Sign(id, sent, body)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.URL, "/")+"/webhooks/invoices", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.GetBody = nil // net/http would otherwise resend: one call is one delivery
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(standardwebhooks.HeaderWebhookID, id)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(sent.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return req, nil
}

// read turns an answer into a receipt or a *RefusedError; an answer that is neither stays unsettled.
func read(resp *http.Response, body []byte) (Receipt, error) {
	if resp.StatusCode == http.StatusOK {
		receipt := Receipt{Outcome: Accepted}
		if resp.Header.Get("Idempotent-Replayed") == "true" {
			receipt.Outcome = Replayed
		}
		if err := json.Unmarshal(body, &receipt.Result); err != nil {
			return Receipt{}, fmt.Errorf("read result: %w", err)
		}
		if receipt.Result.EventID == "" {
			return Receipt{}, errors.New("read result: it names no event")
		}
		return receipt, nil
	}
	refused := &RefusedError{Outcome: outcome(resp.StatusCode)}
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if refused.Outcome == Unsettled || media != "application/problem+json" {
		return Receipt{}, fmt.Errorf("unexpected answer %s (%s)", resp.Status, media)
	}
	if err := json.Unmarshal(body, &refused.Problem); err != nil {
		return Receipt{}, fmt.Errorf("read problem of %s: %w", resp.Status, err)
	}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
		refused.RetryAfter = time.Duration(seconds) * time.Second
	}
	return Receipt{}, refused
}

func outcome(status int) Outcome {
	switch status {
	case http.StatusConflict:
		return Mismatch
	case http.StatusUnauthorized:
		return BadSignature
	case http.StatusTooEarly:
		return InFlight
	case http.StatusServiceUnavailable:
		return Unavailable
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return Invalid
	default:
		return Unsettled
	}
}
