// Package history holds what happened to one event id: every attempt on the wire and every look behind the
// answers, in the order of time. It is data alone; package smoke records it and package judge reads it.
package history
