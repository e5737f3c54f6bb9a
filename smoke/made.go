package smoke

import (
	"slices"
	"sync"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/cleanup"
	"github.com/fridaygate/fridaygate/smoke/probe"
)

// made collects what a run sends, for its clean-up. It is safe for concurrent use.
type made struct {
	mu     sync.Mutex
	events []cleanup.Event
	taken  []cleanup.Event
	wrote  bool // a smoke contract that writes was asked
}

// add records events before they are sent.
func (m *made) add(events []cleanup.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.events = append(m.events, events...)
}

// write records that something else than an event was written.
func (m *made) write() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wrote = true
}

// take records that events were carried out: effects of them were seen, or they were accepted where none are looked at.
func (m *made) take(t *trial) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.taken) > 0 {
		return // one is enough to see whether a verification sees it
	}
	for _, h := range t.histories {
		if !wasTaken(t, h) {
			continue
		}
		at := slices.IndexFunc(m.events, func(e cleanup.Event) bool { return e.ID == h.EventID })
		if at >= 0 {
			m.taken = m.events[at : at+1 : at+1]
			return
		}
	}
}

func wasTaken(t *trial, h history.History) bool {
	if t.probe == nil {
		return t.Case.Name == firstCase && slices.ContainsFunc(h.Attempts, func(a history.Attempt) bool { return a.Status/100 == 2 })
	}
	return slices.ContainsFunc(h.Observations, func(o history.Observation) bool { return o.Err == "" && o.Count > 0 })
}

// all returns what was made; ids is what event ids are made of. It is called when nothing is sent any more.
func (m *made) all(ids string) cleanup.Made {
	m.mu.Lock()
	defer m.mu.Unlock()
	return cleanup.Made{RunID: ids, RunTag: cases.RunTag(ids), Events: m.events, Taken: m.taken}
}

// anything reports whether there is something to remove.
func (m *made) anything() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.events) > 0 || m.wrote
}

// eventsOf returns every event of a case, with the ids at pointers into its bodies. golden is the body that they are made from.
func eventsOf(c cases.Case, golden []byte, pointers []string) []cleanup.Event {
	var all []cleanup.Event
	at := map[identity]int{}
	for _, round := range c.Rounds {
		if len(pointers) > 0 {
			if whole, err := round.Complete(); err == nil {
				round = whole
			}
		}
		for _, id := range idsOf(round) {
			one := identity{id, round.Tenant}
			if _, known := at[one]; !known {
				at[one] = len(all)
				all = append(all, cleanup.Event{ID: id, Tenant: round.Tenant})
			}
		}
		for _, pointer := range pointers {
			e := &all[at[identity{round.EventID, round.Tenant}]]
			sent := bodiesOf(round)
			if !slices.ContainsFunc(sent, func(body []byte) bool { return probe.TextAt(body, pointer) != "" }) {
				sent = [][]byte{round.Body} // what is sent was cut, or is no JSON on purpose
			}
			addValues(e, pointer, probe.TextAt(golden, pointer), sent)
		}
	}
	return all
}

// addValues adds the ids at a pointer into bodies to an event.
func addValues(e *cleanup.Event, pointer, golden string, bodies [][]byte) {
	if e.Values == nil {
		e.Values, e.Golden = map[string][]string{}, map[string]string{}
	}
	for _, body := range bodies {
		switch value := probe.TextAt(body, pointer); {
		case value == "" || slices.Contains(e.Values[pointer], value):
		case value == golden:
			e.Golden[pointer] = value
		default:
			e.Values[pointer] = append(e.Values[pointer], value)
		}
	}
}

func bodiesOf(r cases.Round) [][]byte {
	var all [][]byte
	for _, step := range r.Steps {
		all = append(all, step.Body)
		if step.Rival != nil {
			all = append(all, step.Rival)
		}
	}
	return all
}
