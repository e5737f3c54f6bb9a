package wire

import (
	"context"
	"net/url"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// Receiver is where deliveries go, and what its contract says of them.
type Receiver struct {
	Contract      *webhook.Contract
	URL           *url.URL       // without the query that webhook.yaml adds
	Signed        *url.URL       // whose scheme and host signatures cover instead of URL's; nil: URL's
	Secret        string         // that it shares with its sender; "" when deliveries are not signed
	Confirmations *Confirmations // nil: no challenge asks for a confirmation
}

// Delivery is one step to deliver, in Step.Copies copies.
type Delivery struct {
	To     *Receiver
	Round  cases.Round // that the step is of
	Step   cases.Step
	Index  int        // of the step in its round
	Signed time.Time  // the time that it is signed at, before Step.Age
	Number func() int // returns the number of the next attempt; safe for concurrent use
}

// Send sends every copy of a delivery and returns their attempts once all have ended. The error says why nothing was sent.
func (c *Client) Send(ctx context.Context, d Delivery) ([]history.Attempt, error) {
	if err := c.options.Spend(ctx, d.Step.Copies); err != nil {
		return nil, err
	}
	way := c.way(d.Step)
	if d.Step.Copies == 1 {
		return (&transmission{Delivery: d, client: c, way: way}).send(ctx), nil
	}
	all := make([][]history.Attempt, d.Step.Copies)
	var copies errgroup.Group
	for i := range all {
		t := &transmission{Delivery: d, client: c, rival: d.Step.Rival != nil && i%2 == 1, way: way}
		copies.Go(func() error {
			if d.Step.Wire == cases.Staggered && pace.Wait(ctx, time.Duration(i)*d.Step.Delay) != nil {
				return nil
			}
			all[i] = t.send(ctx)
			return nil
		})
		if way.flight != nil && i == 0 {
			way.parked(ctx) // the first opens the connection that the others share
		}
	}
	if way.flight != nil {
		way.launch(ctx, d.Step.Copies)
		defer way.transport.CloseIdleConnections()
	}
	_ = copies.Wait() // no copy returns an error: what went wrong is in its attempt
	return slices.Concat(all...), nil
}
