// Package reporttest leaves what Go tests found where fridaygate verify reads it. Every library entry point that a team's
// test calls records through it. It judges nothing.
package reporttest
