package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/fridaygate/fridaygate/consumers/enrichment"
	"github.com/fridaygate/fridaygate/providers/database"
	"github.com/fridaygate/fridaygate/providers/idempotency"
	"github.com/fridaygate/fridaygate/providers/reference/service"
)

// revision is set by the linker: -X main.revision=….
var revision string

func main() { service.Main("invoices", run) }

// run is the process.
func run(ctx context.Context, p service.Process) error {
	s, err := loadSettings(p.Environ)
	if err != nil {
		return err
	}
	return p.Traced(ctx, func(ctx context.Context) (err error) {
		app, err := newApp(ctx, s, p.Stdout)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, app.close()) }()
		if err := app.startTasks(); err != nil {
			return err
		}
		return app.service.Serve(ctx, app.routes())
	})
}

// stream is where the outbox is emptied to.
type stream interface {
	idempotency.Publisher
	Ready(ctx context.Context) error
	Close() error
}

// app is the service with its parts.
type app struct {
	service  *service.Service
	settings settings
	db       *database.DB
	stream   stream
	events   *idempotency.Store
	store    *store
	enricher *enricher
}

func newApp(ctx context.Context, s settings, logs io.Writer) (_ *app, err error) {
	a := &app{settings: s}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	a.service = service.New("invoices", revision, s.Base, s, logs)
	if a.db, err = service.OpenDatabase(string(s.Database.URL)); err != nil {
		return nil, err
	}
	starting, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := a.db.Wait(starting); err != nil {
		return nil, err
	}
	a.events, err = idempotency.Open(starting, a.db, idempotency.Options{
		Wait:  time.Duration(s.Idempotency.WaitMS) * time.Millisecond,
		Lease: time.Duration(s.Idempotency.LeaseMS) * time.Millisecond,
	})
	if err != nil {
		return nil, err
	}
	if a.store, err = openStore(starting, a.db); err != nil {
		return nil, err
	}
	if s.Redis.URL == "" {
		a.stream = &memoryStream{maxLength: int(s.Redis.MaxLength)}
	} else {
		a.stream = newRedisStream(string(s.Redis.URL), s.Redis.Stream, s.Redis.MaxLength)
	}
	a.enricher = &enricher{
		tasks: a.service.Tasks, store: a.store, log: a.service.Log, timeout: time.Duration(s.Customers.TimeoutMS) * time.Millisecond,
		client: enrichment.Client{BaseURL: s.Customers.URL, HTTP: &http.Client{Transport: otelhttp.NewTransport(http.DefaultTransport)}},
	}
	a.service.Ready = map[string]func(context.Context) error{"database": a.db.PingContext, "stream": a.stream.Ready}
	return a, nil
}

// startTasks starts what runs as long as the service.
func (a *app) startTasks() error {
	relay := service.Task{
		Name: "relay outbox", Owner: "idempotency", Reason: "events are published after their transaction",
		Run: func(ctx context.Context) error {
			log := a.service.Log
			a.events.Relay(ctx, logged{a.stream, log}, func(err error) { log.WarnContext(ctx, "events wait in the outbox", "error", err) })
			return ctx.Err()
		},
	}
	resume := service.Task{
		Name: "resume enrichment", Owner: "enrichment", Reason: "invoices may be pending since before the start",
		Run: a.enricher.resume,
	}
	return errors.Join(a.service.Tasks.Start(context.Background(), relay), a.service.Tasks.Start(context.Background(), resume))
}

func (a *app) routes() *http.ServeMux {
	s := a.settings.Webhooks
	take := newWebhooks(webhooks{events: a.events, store: a.store, log: a.service.Log, now: time.Now,
		enrich: func(ctx context.Context, invoiceID, eventID string) {
			a.enricher.start(ctx, invoiceID, "event "+eventID)
		},
	}, a.service.Metrics)
	show := &reads{events: a.events, store: a.store, enriches: a.settings.Customers.URL != "", fail: a.service.Unavailable}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /webhooks/invoices", take.from(sourceInvoices, standardWebhooks(string(s.InvoicesSecret), s.Tolerance),
		readInvoicesEvent))
	mux.HandleFunc("POST /webhooks/stripe", take.from(sourceStripe, stripe(string(s.StripeSecret), s.Tolerance), readStripeEvent))
	mux.HandleFunc("GET /invoices/{id}", show.invoice)
	mux.HandleFunc("GET /invoices", show.invoices)
	mux.HandleFunc("GET /totals", show.totals)
	mux.HandleFunc("GET /events/{event_id}", show.event)
	mux.HandleFunc("GET /events/{event_id}/lineage", show.lineage)
	return mux
}

func (a *app) close() error {
	var all []error
	if a.stream != nil {
		all = append(all, a.stream.Close())
	}
	if a.db != nil {
		all = append(all, a.db.Close())
	}
	return errors.Join(all...)
}
