package contracts

import (
	"testing"

	"github.com/fridaygate/fridaygate/contracts/pact"
)

// subtests are the subtests of the interactions that package testing selects. Package testing does not reveal what
// -run, -skip and the numbers of equal names select, but it enters what it selects. So each subtest begins before anything is
// verified, and waits for its report.
type subtests struct {
	t       *testing.T
	waiting []subtest
}

// subtest is one that was entered.
type subtest struct {
	report chan func(*testing.T)
	ended  chan struct{}
}

func newSubtests(t *testing.T) *subtests { return &subtests{t: t} }

// begin begins a subtest for each interaction, and reports which were entered. It is called once at most.
func (s *subtests) begin(all []pact.Interaction) []bool {
	entered := make([]bool, len(all))
	for n, i := range all {
		one, in := subtest{make(chan func(*testing.T)), make(chan struct{})}, make(chan struct{})
		go func() { // Run returns when the subtest ends
			defer close(one.ended)
			s.t.Run(i.Name(), func(t *testing.T) {
				close(in)
				if report, ok := <-one.report; ok {
					report(t)
					return
				}
				t.Error("UNKNOWN: the verification did not come to this interaction")
			})
		}()
		select {
		case <-in:
			entered[n] = true
			s.waiting = append(s.waiting, one)
		case <-one.ended:
		}
	}
	return entered
}

// next ends the subtest that was entered first, with its report.
func (s *subtests) next(report func(*testing.T)) {
	one := s.waiting[0]
	s.waiting = s.waiting[1:]
	one.report <- report
	<-one.ended
}

// end ends what still waits.
func (s *subtests) end() {
	for _, one := range s.waiting {
		close(one.report)
		<-one.ended
	}
	s.waiting = nil
}
