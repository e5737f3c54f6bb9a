package suites_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/gomodule/redigo/redis"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/consumers/payments"
	"github.com/fridaygate/fridaygate/contracts/pact"
	"github.com/fridaygate/fridaygate/providers"
	"github.com/fridaygate/fridaygate/providers/container"
	"github.com/fridaygate/fridaygate/smoke"
)

// Secrets of the services under test. They protect nothing: the services run only during the tests.
const (
	invoicesSecret = "whsec_Y29udHJhY3QtdGVzdHMtc2VjcmV0LTAwMDAwMDAwMDA="
	stripeSecret   = "whsec_contract_tests_stripe_secret_0001"
	customersToken = "contract-tests-customers-token-000001"
)

// customersSpec describes the customers service, with its own PostgreSQL.
func customersSpec() providers.Spec {
	return providers.Spec{
		Name:    "customers",
		Package: "github.com/fridaygate/fridaygate/providers/reference/customers",
		Needs:   []providers.Need{providers.Postgres},
		Env:     map[string]string{"APP_ENV": "staging", "APP_DATABASE__URL": "{postgres}", "APP_TOKEN": customersToken},
	}
}

// invoicesSpec is the invoices service with everything that it talks to.
func invoicesSpec() providers.Spec {
	return providers.Spec{
		Name:    "invoices",
		Package: "github.com/fridaygate/fridaygate/providers/reference/invoices",
		Needs:   []providers.Need{providers.Postgres, providers.Redis, providers.Service(customersSpec())},
		Env: map[string]string{
			"APP_ENV":                       "staging",
			"APP_DATABASE__URL":             "{postgres}",
			"APP_REDIS__URL":                "{redis}",
			"APP_CUSTOMERS__URL":            "{customers}",
			"APP_WEBHOOKS__INVOICES_SECRET": invoicesSecret,
			"APP_WEBHOOKS__STRIPE_SECRET":   stripeSecret,
		},
	}
}

// running is the invoices service, and what the tests reach behind it.
type running struct {
	providers.Provider
	secrets map[string]string // by the variables that fixtures/*/webhook.yaml name
	redis   *redis.Pool
}

// runtime is the runtime that FRIDAYGATE_RUNTIME names. It must be that of containers: only there can these suites empty,
// lock and stop PostgreSQL.
var runtime = sync.OnceValues(func() (providers.Runtime, error) {
	r, err := container.FromEnvironment(context.Background(), os.Getenv, os.Setenv)
	if err != nil {
		return nil, err
	}
	if _, ok := r.(*container.Runtime); !ok {
		return nil, fmt.Errorf("%s=%s: these suites need the service's own PostgreSQL and Redis: unset it, or make it container",
			container.VariableRuntime, os.Getenv(container.VariableRuntime))
	}
	return r, nil
})

func startInvoices(spec providers.Spec) (*running, error) {
	r, err := runtime()
	if err != nil {
		return nil, err
	}
	p, err := r.Start(context.Background(), spec) // Start limits the time of each of its steps
	if err != nil {
		return nil, err
	}
	dial := func(ctx context.Context) (redis.Conn, error) {
		return redis.DialURLContext(ctx, p.Need("redis").URL()) // which may be another one after a restart
	}
	return &running{
		Provider: p,
		secrets:  map[string]string{"INVOICES_WEBHOOK_SECRET": invoicesSecret, "STRIPE_WEBHOOK_SECRET": stripeSecret},
		redis:    &redis.Pool{DialContext: dial},
	}, nil
}

// redisDo runs one command on a new connection, and waits at most ten seconds for the reply.
func (r *running) redisDo(ctx context.Context, command string, args ...any) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	c, err := r.redis.GetContext(ctx)
	if err != nil {
		return nil, err
	}
	reply, err := redis.DoContext(c, ctx, command, args...)
	return reply, errors.Join(err, c.Close())
}

// stop ends the service and everything that was started for it.
func (r *running) stop() error {
	return errors.Join(r.redis.Close(), r.Stop(context.Background()))
}

// shared is the service that every test of this package may use which leaves it running. TestMain stops it.
var shared struct {
	use sync.RWMutex // held by the tests that use it: for writing by one that needs it for itself

	start    sync.Once
	invoices *running
	err      error
}

// invoicesProvider returns the shared invoices service, and starts it the first time. Other tests use it at the same time.
func invoicesProvider(t *testing.T) *running {
	t.Helper()
	shared.use.RLock()
	t.Cleanup(shared.use.RUnlock)
	return sharedInvoices(t)
}

// invoicesAlone returns the shared invoices service, which no other test uses until this one has ended.
func invoicesAlone(t *testing.T) *running {
	t.Helper()
	shared.use.Lock()
	t.Cleanup(shared.use.Unlock)
	return sharedInvoices(t)
}

func sharedInvoices(t *testing.T) *running {
	t.Helper()
	shared.start.Do(func() { shared.invoices, shared.err = startInvoices(invoicesSpec()) })
	require.NoError(t, shared.err, "UNKNOWN: the invoices service cannot be started")
	return shared.invoices
}

// stopShared is for the end of TestMain.
func stopShared() error {
	if shared.invoices == nil {
		return nil
	}
	return shared.invoices.stop()
}

// ownInvoices starts an invoices service for this test alone, which may break it: without the customers service, which no webhook
// waits for, and with a lease that is over when a request is.
func ownInvoices(t *testing.T) *running {
	t.Helper()
	spec := invoicesSpec()
	spec.Needs = []providers.Need{providers.Postgres, providers.Redis}
	spec.Env["APP_CUSTOMERS__URL"] = "http://customers.invalid"
	spec.Env["APP_IDEMPOTENCY__LEASE_MS"] = "5000"
	r, err := startInvoices(spec)
	require.NoError(t, err, "UNKNOWN: the invoices service cannot be started")
	t.Cleanup(func() { require.NoError(t, r.stop()) })
	return r
}

// customers is the customers service that invoices calls, as a provider.
type customers struct{ providers.Dependency }

// Name is the service's name in pacts.
func (customers) Name() string { return "customers" }

// payments is the sender's client, with the right secret.
func (r *running) payments() *payments.Client {
	return &payments.Client{URL: r.URL(), Secret: r.secrets["INVOICES_WEBHOOK_SECRET"], Timeout: 30 * time.Second}
}

// hooks let the gate restart the service and make a delivery fail. PostgreSQL makes it fail: when the work writes the
// journal, after its claim and its invoice, the backend terminates itself, once. A sequence counts that, as no rollback
// reverts it.
func (r *running) hooks(t *testing.T) smoke.Hooks {
	db := r.connect(t)
	_, err := db.Exec(t.Context(), `
		CREATE SEQUENCE work;
		SELECT nextval('work');
		CREATE FUNCTION die_once() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			IF nextval('work') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
			RETURN NEW;
		END $$;
		CREATE TRIGGER die_once BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION die_once()`)
	require.NoError(t, err)
	died := func(ctx context.Context) (yes bool, err error) {
		err = db.QueryRow(ctx, "SELECT is_called FROM work").Scan(&yes)
		return yes, err
	}
	t.Cleanup(func() {
		yes, err := died(context.Background())
		require.NoError(t, err)
		require.True(t, yes, "no work failed in the delivery that was meant to")
	})
	return smoke.Hooks{
		Restart: r.Restart,
		FailNext: func(ctx context.Context) error {
			yes, err := died(ctx)
			if err == nil && !yes {
				err = errors.New("no work failed in the last delivery that was meant to")
			}
			if err == nil {
				_, err = db.Exec(ctx, "SELECT setval('work', 1, false)")
			}
			return err
		},
	}
}

// connect opens a connection to the service's PostgreSQL, for as long as the test runs.
func (r *running) connect(t *testing.T) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), r.Need("postgres").URL())
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close(context.Background()) }) // PostgreSQL may be gone by then
	return c
}

// empty is what each interaction begins with: no row in any table, but for the one that holds the tables' versions.
func empty(database providers.Dependency) pact.StateFunc {
	return func(ctx context.Context, _ *pact.Setup) error {
		c, err := pgx.Connect(ctx, database.URL())
		if err != nil {
			return err
		}
		defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
		_, err = c.Exec(ctx, `
			DO $$
			DECLARE names text;
			BEGIN
				SELECT string_agg(quote_ident(tablename), ', ') INTO names FROM pg_tables 
				WHERE schemaname = current_schema() AND tablename <> 'module_versions';
				IF names IS NULL THEN RAISE EXCEPTION 'the service has no table'; END IF;
				EXECUTE 'TRUNCATE ' || names || ' RESTART IDENTITY CASCADE';
			END $$`)
		return err
	}
}
