package suite

import (
	"context"

	"github.com/fridaygate/fridaygate/contracts/pact"
)

var states = pact.States{
	"an order exists": func(context.Context, *pact.Setup) error { return nil },
}
