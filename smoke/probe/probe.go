package probe

import (
	"context"
	"fmt"
	"math/big"
	"net/http"
	"net/url"

	"github.com/fridaygate/fridaygate/smoke/hosts"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// Event is what effects are counted of.
type Event struct {
	ID      string
	Tenant  string   // "" if the contract has no tenants
	Results [][]byte // the bodies of the accepted answers to it
	Subject *Subject // what the event is about; nil where effects are counted by event
}

// Subject is what an event changes, such as a balance.
type Subject struct {
	ID     string
	Before *big.Rat // what its number was before the event; nil: not known yet
	Amount *big.Rat // how much one effect changes it
}

// effects returns how many effects the change of a subject's number shows, whichever way it moved.
func (s Subject) effects(now *big.Rat) (int, error) {
	change := new(big.Rat).Sub(now, s.Before)
	n := new(big.Rat).Quo(new(big.Rat).Abs(change), s.Amount)
	if !n.IsInt() || !n.Num().IsInt64() {
		return 0, fmt.Errorf("it changed from %s to %s, which is no multiple of %s: is something else at work on it?",
			s.Before.RatString(), now.RatString(), s.Amount.RatString())
	}
	return int(n.Num().Int64()), nil
}

// Count is one observation of an event's effects.
type Count struct {
	N       int
	Absent  bool     // the receiver answered that it never took the event
	Counted bool     // it answered so with a count, as only the probe's own path does
	Number  *big.Rat // of a subject: its value; nil for others
}

// Probe counts the effects of events. It is safe for concurrent use.
type Probe interface {
	// Where describes the observation for people.
	Where(Event) string
	// Look counts the effects. It returns an error if they could not be observed.
	Look(context.Context, Event) (Count, error)
	// Close releases the probe's resources.
	Close() error
}

// Options are what probes need beside the contract.
type Options struct {
	Target    *url.URL
	Client    *http.Client
	LookupEnv func(name string) (string, bool)
	Hosts     *hosts.List // those that a database may be on; nil: any
}

// New returns the probe of a contract, or nil if the contract has no observable effects. A sink listens from now on; a
// database connection is opened at the first observation.
func New(e webhook.Effects, o Options) (Probe, error) {
	switch {
	case e.HTTP != nil:
		return &overHTTP{probe: *e.HTTP, options: o}, nil
	case e.Command != nil:
		return command{e.Command.Run}, nil
	case e.SQL != nil:
		return newOverSQL(*e.SQL, o)
	case e.Sink != nil:
		return newSink(*e.Sink)
	case e.Result != nil:
		return result{e.Result.Pointer}, nil
	}
	return nil, nil
}
