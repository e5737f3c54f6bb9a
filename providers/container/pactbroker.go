package container

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/fridaygate/fridaygate/providers"
	"github.com/fridaygate/fridaygate/providers/setup"
)

// PactBroker is a Pact Broker in a container, for tests of what talks to one. It begins empty: no pacts, no environments.
type PactBroker struct {
	URL                string // its base URL
	Username, Password string // required by every request

	instance *instance
	database *dependency // nil: SQLite, in its own container
	mu       sync.Mutex
	stopped  bool
}

// PactBrokerOptions are what a Pact Broker stands on. The zero value is a broker on SQLite that sends no webhooks.
type PactBrokerOptions struct {
	Postgres bool // a PostgreSQL of its own, in another container, as in production
	Webhooks bool // it may send webhooks to HostName over plain HTTP
}

// HostName is the name by which a broker's webhooks reach this machine.
const HostName = "host.docker.internal"

// brokerTimeout is how long a Pact Broker may take to set its database up.
const brokerTimeout = 2 * time.Minute

// PactBroker starts a Pact Broker on an empty database, and returns when it is ready. When it fails, it removes
// everything that it started.
func (r *Runtime) PactBroker(ctx context.Context, options PactBrokerOptions) (*PactBroker, error) {
	e, err := r.connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("start a Pact Broker: %w", err)
	}
	image, err := e.image(ctx, r.Images.PactBroker, setup.PactBroker)
	if err != nil {
		return nil, fmt.Errorf("start a Pact Broker: %w", err)
	}
	network, err := e.createNetwork(ctx)
	if err != nil {
		return nil, fmt.Errorf("start a Pact Broker: %w", err)
	}
	i := &instance{engine: e, name: setup.PactBroker.Name, network: network, port: 9292, timeout: brokerTimeout, check: checkPactBroker}
	b := &PactBroker{Username: credentials, Password: credentials, instance: i}
	if err := b.start(ctx, r, image, options); err != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeTimeout)
		defer cancel()
		return nil, errors.Join(err, b.Stop(ctx))
	}
	b.URL = "http://" + i.address
	return b, nil
}

func (b *PactBroker) start(ctx context.Context, r *Runtime, image string, options PactBrokerOptions) error {
	i := b.instance
	env := map[string]string{
		"PACT_BROKER_PORT": "9292", "PACT_BROKER_DATABASE_URL": "sqlite:////tmp/broker.sqlite3",
		"PACT_BROKER_SEED_EXAMPLE_DATA": "false", "PACT_DO_NOT_TRACK": "true",
		"PACT_BROKER_BASIC_AUTH_ENABLED": "true", "PACT_BROKER_BASIC_AUTH_USERNAME": credentials, "PACT_BROKER_BASIC_AUTH_PASSWORD": credentials,
	}
	if options.Webhooks { // https://docs.pact.io/pact_broker/docker_images/pactfoundation#webhook-whitelists
		i.hosts = []string{HostName + ":host-gateway"}
		env["PACT_BROKER_WEBHOOK_HOST_WHITELIST"] = HostName
		env["PACT_BROKER_WEBHOOK_SCHEME_WHITELIST"] = "http"
		env["PACT_BROKER_WEBHOOK_HTTP_METHOD_WHITELIST"] = "POST"
	}
	if options.Postgres {
		d := &dependency{instance: &instance{engine: i.engine, name: setup.Postgres.Name, network: i.network, timeout: needTimeout}}
		b.database = d
		if err := r.postgres(ctx, d); err != nil {
			return err
		}
		env["PACT_BROKER_DATABASE_URL"] = postgresURL(d.name + ":5432")
	}
	return i.run(ctx, image, env)
}

func checkPactBroker(ctx context.Context, address string) error {
	heartbeat := url.URL{Scheme: "http", User: url.UserPassword(credentials, credentials), Host: address, Path: "/diagnostic/status/heartbeat"}
	return providers.CheckHTTP(ctx, heartbeat.String())
}

// Stop ends the broker and takes its data away. Calling it again is no error.
func (b *PactBroker) Stop(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped {
		return nil
	}
	i := b.instance
	if err := i.remove(ctx, 0); err != nil {
		return err
	}
	if b.database != nil {
		if err := b.database.discard(ctx); err != nil {
			return err
		}
	}
	if err := i.engine.removeNetwork(ctx, i.network, i.name); err != nil {
		return err
	}
	b.stopped = true
	return nil
}
