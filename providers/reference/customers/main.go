package main

import (
	"context"
	"errors"
	"io"

	"github.com/fridaygate/fridaygate/providers/reference/service"
)

// revision is set by the linker: -X main.revision=….
var revision string

func main() { service.Main("customers", run) }

// run is the process.
func run(ctx context.Context, p service.Process) (err error) {
	s, err := loadSettings(p.Environ)
	if err != nil {
		return err
	}
	return p.Traced(ctx, func(ctx context.Context) error { return serve(ctx, s, p.Stdout) })
}

func serve(ctx context.Context, s settings, logs io.Writer) (err error) {
	db, err := service.OpenDatabase(string(s.Database.URL))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	store, err := openStore(ctx, db)
	if err != nil {
		return err
	}
	app := service.New("customers", revision, s.Base, s, logs)
	app.Ready = map[string]func(context.Context) error{"database": db.PingContext}
	return app.Serve(ctx, routes(app, store, string(s.Token)))
}
