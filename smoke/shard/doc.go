// Package shard splits a run between machines: which part this machine has, and which check belongs to which part. It
// plans nothing and joins no reports: packages smoke and contracts/report do.
package shard
