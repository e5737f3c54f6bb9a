// Package metrics reads counters that a service exposes in the text formats of Prometheus and OpenMetrics. It does not fetch them, and
// does not know what they mean.
package metrics
