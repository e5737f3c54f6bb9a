package smoke

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fridaygate/fridaygate/providers/testcache"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/redact"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

// Runner carries a plan out. It owns what a run needs and a plan does not have: connections, probes, the budget, the clock,
// secrets, and what the run learns about the target. It is safe for concurrent use, but a receiver's clock and store are
// shared: checks that need power over it are best run one at a time.
type Runner struct {
	options   Options
	plan      Plan
	target    *url.URL
	client    *wire.Client
	budget    *pace.Budget
	sends     *pace.Places // of checks that deliver
	looks     *pace.Places // of looks at effects and states
	today     time.Time
	ahead     atomic.Int64 // how far the receiver's clock was moved, a time.Duration
	redactor  redact.Redactor
	derived   map[string]derived     // by the names of checks
	receivers map[string]*receiver   // by the paths of their folders
	scouts    map[string]*scout      // by their fixtures
	asides    atomic.Int64           // deliveries that are not of the plan
	gone      atomic.Bool            // the receiver was waited for, and did not come back
	stopped   atomic.Pointer[string] // why nothing more is to run; nil: it is
	reached   reached
	clock     atomic.Int64 // how far the receiver's clock is ahead, a time.Duration; see dated
	begun     begun
	made      *made
	proofs    []proof
}

// NewRunner plans a run, as NewPlan does, and opens what it needs: the error holds the mistakes of both. It holds
// connections, and sinks that listen, until it is closed.
func NewRunner(o Options) (*Runner, error) {
	if err := testcache.Disable(); err != nil { // in a test, go test cannot see a change of the receiver
		return nil, err
	}
	o = o.withDefaults()
	p, mistakes := newPlanner(o)
	r := &Runner{
		options: o, budget: cmp.Or(o.Requests, pace.NewBudget(o.Budget, o.Rate)), today: o.Now(),
		made: new(made), derived: p.derived, receivers: map[string]*receiver{}, scouts: map[string]*scout{},
		sends: pace.NewPlaces(o.Parallel), looks: pace.NewPlaces(o.Parallel * pace.Burst),
	}
	r.target, _ = parseTarget(o.Target) // a mistake of the options, if it is one
	if o.Environment != nil {
		o.Transport = o.Environment.Hosts.Guard(cmp.Or(o.Transport, &http.Transport{}))
		r.options.Transport = o.Transport
	}
	r.client = wire.NewClient(wire.Options{
		Transport: o.Transport, Timeout: o.Timeout, Now: o.Now, Spend: r.budget.Spend, Wait: r.budget.WaitAsAsked, Date: r.dated,
	})
	mistakes = errors.Join(mistakes, r.open(p.folders))
	if mistakes == nil {
		mistakes = p.finish()
		r.budget.Keep(p.kept)
	}
	r.plan, r.proofs = p.plan, p.proofs
	if mistakes != nil {
		return nil, errors.Join(mistakes, r.Close())
	}
	for _, c := range p.plan.Checks {
		r.scouts[c.Fixture] = &scout{done: make(chan struct{})}
	}
	return r, nil
}

// Plan returns what the runner carries out.
func (r *Runner) Plan() Plan { return r.plan }

// open opens the receivers of all folders.
func (r *Runner) open(folders []*folder) error {
	o := &opening{runner: r, secrets: map[string]string{}}
	if e := r.options.Environment; e != nil {
		maps.Copy(o.secrets, e.Secrets)
	}
	var mistakes []error
	for _, f := range folders {
		one, err := o.open(f)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		r.receivers[f.path] = one
	}
	r.redactor = redact.New(o.secrets)
	return errors.Join(mistakes...)
}

// Close closes connections, sinks and databases. A runner that was closed cannot run.
func (r *Runner) Close() error {
	r.client.Close()
	var failed []error
	for _, one := range r.receivers {
		failed = append(failed, one.close())
	}
	r.receivers = nil
	return errors.Join(failed...)
}

// now returns the time by this machine's clock.
func (r *Runner) now() time.Time { return r.options.Now() }

// receiverNow returns the time by the receiver's clock, which hooks may have moved.
func (r *Runner) receiverNow() time.Time { return r.now().Add(time.Duration(r.ahead.Load())) }

// reached is what the first request to the target showed.
type reached struct {
	mu      sync.Mutex
	tried   bool
	problem string // why nothing can answer there; "" when something does
}

// reach checks once in a run that the target is up, which also shows whether it speaks HTTP/2, and returns why nothing can
// answer there. An attempt that was interrupted does not count.
func (r *Runner) reach(ctx context.Context) string {
	r.reached.mu.Lock()
	defer r.reached.mu.Unlock()
	if r.reached.tried {
		return r.reached.problem
	}
	why := r.client.Reach(ctx, r.target)
	if why != "" {
		why = fmt.Sprintf("%s cannot be reached: %s", r.target, why)
	}
	if ctx.Err() == nil {
		r.reached.tried, r.reached.problem = true, why
	}
	return why
}
