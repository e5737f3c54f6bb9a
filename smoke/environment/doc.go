// Package environment reads the files of smoke/environments: what may be sent where, and what is checked there. It returns
// data, and sends nothing.
package environment
