// Package database opens the databases of receivers, in which effects are counted and what a run made is removed. It keeps to
// the hosts of an environment.
package database
