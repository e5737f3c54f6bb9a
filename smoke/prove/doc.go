// Package prove breaks a receiver on purpose: a proxy in front of it forwards what it is sent, but for one seeded break. A gate
// that is right turns red then. It does not judge: its caller runs the checks, and asks whether they saw the break.
package prove
