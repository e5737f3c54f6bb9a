// Package pace limits how much a run sends and how fast, and lets it wait. It sends nothing itself.
package pace
