// Package triage looks at a deployed service in the order of the playbook, and says what to look at first: deliveries and tasks against
// their usual level, replicas and settings, and the way of one event. It only reads: what sends is given to it from outside.
package triage
