// Package cleanup removes what a run made in an environment, by the run's id, the ids of its events or other ids in them, and
// verifies that nothing is left. It does not know how a run was made: its caller says which events it was about.
package cleanup
