package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/environment"
	"github.com/fridaygate/fridaygate/smoke/shard"
)

// The limits of an environment protect what is deployed there, however many machines send to it.
func TestShardsShareTheLimitsOfTheirEnvironment(t *testing.T) {
	divided := func(of int, limits environment.Limits, change func(*smoke.Options)) (smoke.Options, error) {
		o := smoke.Options{
			Environment: &environment.Environment{Path: "staging.yaml", Limits: limits},
			Share:       smoke.Share{Shard: shard.Shard{Index: 1, Of: of}},
			Parallel:    8, Rate: limits.Rate, Budget: limits.Requests,
		}
		if change != nil {
			change(&o)
		}
		return o, divide(&o)
	}
	limits := environment.Limits{Requests: 1000, Rate: 50, Parallel: 8}
	o, err := divided(4, limits, nil)
	require.NoError(t, err)
	require.Equal(t, []any{2, 12.5, 250}, []any{o.Parallel, o.Rate, o.Budget})

	o, err = divided(4, limits, func(o *smoke.Options) { o.Parallel, o.Rate, o.Budget = 1, 5, 100 })
	require.NoError(t, err)
	require.Equal(t, []any{1, 5.0, 100}, []any{o.Parallel, o.Rate, o.Budget}, "flags may lower them")

	o, err = divided(4, limits, func(o *smoke.Options) { o.Share.Own = true })
	require.NoError(t, err)
	require.Equal(t, []any{8, 50.0, 1000}, []any{o.Parallel, o.Rate, o.Budget}, "each has a receiver of its own")

	o, err = divided(4, environment.Limits{}, nil)
	require.NoError(t, err)
	require.Equal(t, []any{8, 0.0, 0}, []any{o.Parallel, o.Rate, o.Budget}, "no limit stays none")

	_, err = divided(9, limits, nil)
	require.ErrorContains(t, err, "staging.yaml: limits: parallel 8 and requests 1000 are for all shards together, and too low for 9")
}
