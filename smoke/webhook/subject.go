package webhook

import (
	"slices"
	"strings"
)

// subjectPart stands in a probe's path for the id of what an event is about.
const subjectPart = "{subject}"

func (p *HTTPProbe) check(m *mistakes, key string) {
	part := eventIDPart
	if p.Subject != "" {
		part = subjectPart
	}
	if !strings.HasPrefix(p.Path, "/") || !strings.Contains(p.Path, part) {
		m.add(key+".path", "%q: must start with a slash and contain %s", p.Path, part)
	}
	if p.Subject == "" && strings.Contains(p.Path, subjectPart) {
		m.add(key+".subject", "is missing: say where the body holds the id that {subject} stands for")
	}
	if p.Subject == "" && p.Amount != "" {
		m.add(key+".amount", "%q: needs a subject", p.Amount)
	}
	if p.Absent != 0 && (p.Absent < 400 || p.Absent > 499) {
		m.add(key+".absent", "%d: must be a status from 400 to 499", p.Absent)
	}
	m.pointer(key+".count", p.Count)
	m.pointer(key+".subject", p.Subject)
	m.pointer(key+".amount", p.Amount)
}

// PerSubject reports whether effects are seen as a change of what the event is about.
func (e Effects) PerSubject() bool { return e.HTTP != nil && e.HTTP.Subject != "" }

// SharedSubject reports whether the events of several checks change one subject, so that these cannot run at a time.
func (c *Contract) SharedSubject() bool {
	return c.Effects.PerSubject() && !slices.Contains(c.Fresh, c.Effects.HTTP.Subject)
}
