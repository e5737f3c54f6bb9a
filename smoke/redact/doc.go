// Package redact keeps secrets out of reports: it replaces them with the names of the variables that hold them. It does not
// discover secrets.
package redact
