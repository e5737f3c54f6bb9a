package main

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/shard"
)

// shardFlags are the flags of a run that several machines share.
type shardFlags struct {
	Shard        string `placeholder:"I/N" help:"Run part I of N, from 1 on; auto, or auto/N in Kubernetes, reads the system's variables."`
	ShardTimings string `placeholder:"FILE" help:"Balance the shards by how long checks took in this report of an earlier run."`
	OwnReceiver  bool   `help:"Each shard has a receiver of its own: hooks, sinks and shared subjects disturb no other shard."`
}

// share puts into the options which part of the plan is run.
func (f shardFlags) share(o *smoke.Options, std streams, named bool) error {
	switch {
	case f.Shard == "" && f.ShardTimings != "":
		return errors.New("--shard-timings: needs --shard, such as --shard 1/4")
	case f.Shard == "" && f.OwnReceiver:
		return errors.New("--own-receiver: needs --shard, such as --shard 1/4")
	case f.Shard == "":
		return nil
	}
	part, err := shard.Parse(f.Shard, o.LookupEnv)
	if err != nil {
		return fmt.Errorf("--shard %w", err)
	}
	if part.Split() && !named {
		return errors.New("--shard: the shards of one run need one name: give all the same --run-id, such as the pipeline's id and attempt")
	}
	if part.From != "" {
		_, _ = fmt.Fprintf(std.err, "shard %s, read from %s\n", part, part.From)
	}
	o.Share, o.Version = smoke.Share{Shard: part, Own: f.OwnReceiver}, built()
	if f.ShardTimings != "" {
		o.Share.Earlier, err = timings(f.ShardTimings)
	}
	return err
}

// timings returns how long each check of a report took.
func timings(file string) (map[report.Check]time.Duration, error) {
	earlier, err := readReport(streams{in: noInput{}}, file)
	if err != nil {
		return nil, fmt.Errorf("--shard-timings: %w", err)
	}
	took := make(map[report.Check]time.Duration, len(earlier.Results))
	for _, result := range earlier.Results {
		took[result.Check] = result.Took
	}
	return took, nil
}

// noInput is an empty standard input.
type noInput struct{}

func (noInput) Read([]byte) (int, error) { return 0, io.EOF }

// divide leaves a shard its part of what an environment allows to all of them together.
func divide(o *smoke.Options) error {
	s := o.Share.Shard
	if !s.Split() || o.Share.Own {
		return nil
	}
	limits := o.Environment.Limits
	if (limits.Parallel > 0 && limits.Parallel < s.Of) || (limits.Requests > 0 && limits.Requests < s.Of) {
		return fmt.Errorf("%s: limits: parallel %d and requests %d are for all shards together, and too low for %d: use fewer shards",
			o.Environment.Path, limits.Parallel, limits.Requests, s.Of)
	}
	if limits.Rate > 0 {
		o.Rate = lower(o.Rate, limits.Rate/float64(s.Of))
	}
	if limits.Requests > 0 {
		o.Budget = lower(o.Budget, limits.Requests/s.Of)
	}
	if limits.Parallel > 0 {
		o.Parallel = min(o.Parallel, limits.Parallel/s.Of)
	}
	return nil
}

// built returns what distinguishes one build of this program from another.
func built() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.modified" {
			version += " " + s.Value
		}
	}
	return version
}
