package triage

import (
	_ "embed"
	"sync"

	"github.com/goccy/go-yaml"
)

// The steps, in the order in which they are looked at.
const (
	Duplicates    = "duplicates"
	Mismatches    = "mismatches"
	Replicas      = "replicas"
	Config        = "config"
	Timeouts      = "timeouts"
	Cancellations = "cancellations"
	Contracts     = "contracts"
	Lineage       = "lineage"
	Logs          = "logs"
)

//go:embed steps.yaml
var stepsFile []byte

// step is how a step is described to people.
type step struct {
	Name string `yaml:"name"`
	Asks string `yaml:"asks"` // what holds where it shows nothing
	Noun string `yaml:"noun"` // what is counted; "": nothing is
	Next string `yaml:"next"` // what to do where it shows something
}

// steps returns all steps, in their order.
var steps = sync.OnceValue(func() []step {
	var all []step
	_ = yaml.Unmarshal(stepsFile, &all) // a test reads it
	return all
})

// described returns the description of a step.
func described(name string) step {
	for _, one := range steps() {
		if one.Name == name {
			return one
		}
	}
	return step{Name: name}
}
