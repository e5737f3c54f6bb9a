package smoke

import (
	"context"
	"fmt"
	"math/big"

	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

// meet looks at what the round's event is about before its first delivery, where effects are seen as a change of that.
func (s *sender) meet(ctx context.Context) error {
	effects := s.check.contract.Effects
	if !effects.PerSubject() {
		return nil
	}
	body := s.round.Body
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
	event := probe.Event{ID: s.round.EventID, Tenant: s.round.Tenant, Subject: subject}
	before, err := s.lookBefore(ctx, s.check, event)
	if err != nil {
		return fmt.Errorf("effects: %s: %s (before the first delivery)", s.check.probe.Where(event), wire.Reason(err, s.options.Timeout))
	}
	subject.Before = before.Number
	s.subject = subject
	return nil
}
