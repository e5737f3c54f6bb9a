package smoke

import (
	"context"
	"fmt"
	"math/big"

	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

// meet observes the subject of the round's event before its first delivery, if effects are measured as its change.
func (r *round) meet(ctx context.Context) error {
	effects := r.trial.to.contract.Effects
	if !effects.PerSubject() {
		return nil
	}
	body := r.Body
	subject := &probe.Subject{ID: probe.TextAt(body, effects.HTTP.Subject), Amount: big.NewRat(1, 1)}
	if subject.ID == "" {
		return fmt.Errorf("effects.http.subject: the body has no text or number at %s", effects.HTTP.Subject)
	}
	if pointer := effects.HTTP.Amount; pointer != "" {
		value, err := probe.At(body, pointer)
		amount, ok := probe.NumberOf(value)
		if err != nil || !ok || amount.Sign() <= 0 {
			return fmt.Errorf("effects.http.amount: the body has no number above 0 at %s", pointer)
		}
		subject.Amount = amount
	}
	event := probe.Event{ID: r.EventID, Tenant: r.Tenant, Subject: subject}
	before, err := r.trial.lookBefore(ctx, event)
	if err != nil {
		return fmt.Errorf("effects: %s: %s (before the first delivery)",
			r.trial.probe.Where(event), wire.Reason(err, r.trial.runner.options.Timeout))
	}
	subject.Before = before.Number
	r.subject = subject
	return nil
}
