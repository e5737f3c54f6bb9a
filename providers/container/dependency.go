package container

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gomodule/redigo/redis"
	"github.com/jackc/pgx/v5"

	"github.com/fridaygate/fridaygate/providers"
	"github.com/fridaygate/fridaygate/providers/setup"
)

// dependency is the Dependency of an instance.
type dependency struct {
	*instance
	url func(address string) string

	mu sync.Mutex
}

// needTimeout is how long PostgreSQL or Redis may take to start.
const needTimeout = time.Minute

func (d *dependency) URL() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.url(d.address)
}

func (d *dependency) locked(ctx context.Context, do func(context.Context) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.container == nil {
		return fmt.Errorf("%s was removed with its provider", d.name)
	}
	return do(ctx)
}

func (d *dependency) Stop(ctx context.Context) error   { return d.locked(ctx, d.kill) }
func (d *dependency) Start(ctx context.Context) error  { return d.locked(ctx, d.start) }
func (d *dependency) Pause(ctx context.Context) error  { return d.locked(ctx, d.pause) }
func (d *dependency) Resume(ctx context.Context) error { return d.locked(ctx, d.resume) }
func (d *dependency) Cut(ctx context.Context) error    { return d.locked(ctx, d.cut) }
func (d *dependency) Heal(ctx context.Context) error   { return d.locked(ctx, d.heal) }

// credentials of every PostgreSQL that is started here: user, password and database.
const credentials = "fridaygate"

func postgresURL(address string) string {
	return fmt.Sprintf("postgres://%[1]s:%[1]s@%[2]s/%[1]s?sslmode=disable", credentials, address)
}

func redisURL(address string) string { return "redis://" + address + "/0" }

// checkPostgres finds PostgreSQL ready when it answers a query: the server that only sets the database up, in the
// official image's first seconds, does not listen on the network.
func checkPostgres(ctx context.Context, address string) error {
	connection, err := pgx.Connect(ctx, postgresURL(address))
	if err != nil {
		return err
	}
	return errors.Join(connection.Ping(ctx), connection.Close(ctx))
}

// checkRedis finds Redis ready when it answers PING: one that still loads its data answers LOADING.
func checkRedis(ctx context.Context, address string) error {
	connection, err := redis.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	_, err = redis.DoContext(connection, ctx, "PING")
	return errors.Join(err, connection.Close())
}

// need starts one need of a service, and returns it with its address on the network. prefix makes the host names of
// nested needs unique.
func (r *Runtime) need(ctx context.Context, e *engine, network, prefix string, need providers.Need) (dependent, string, error) {
	if need.Kind == providers.KindService {
		spec := need.Spec
		host := prefix + need.Name
		s, err := r.service(ctx, e, network, host, host+"-", spec)
		return s, fmt.Sprintf("http://%s:%d", host, spec.Port), err
	}
	d := &dependency{instance: &instance{engine: e, name: prefix + need.Name, network: network, timeout: needTimeout}}
	if need.Kind == providers.KindPostgres {
		return d, postgresURL(d.name + ":5432"), r.postgres(ctx, d)
	}
	d.port, d.check, d.url = 6379, checkRedis, redisURL
	image, err := e.image(ctx, r.Images.Redis, setup.Redis)
	if err != nil {
		return d, "", err
	}
	// With its log of writes, Redis forgets nothing when it is stopped at once.
	return d, redisURL(d.name + ":6379"), d.run(ctx, image, nil, "redis-server", "--appendonly", "yes")
}

// postgres starts a PostgreSQL. Without fsync it loses nothing when it is killed, but only when the machine is.
func (r *Runtime) postgres(ctx context.Context, d *dependency) error {
	d.port, d.check, d.url = 5432, checkPostgres, postgresURL
	image, err := d.engine.image(ctx, r.Images.Postgres, setup.Postgres)
	if err != nil {
		return err
	}
	env := map[string]string{"POSTGRES_USER": credentials, "POSTGRES_PASSWORD": credentials, "POSTGRES_DB": credentials}
	return d.run(ctx, image, env, "postgres", "-c", "fsync=off")
}
