package webhook

import "slices"

// PerSubject reports whether effects are seen as a change of what the event is about.
func (e Effects) PerSubject() bool { return e.HTTP != nil && e.HTTP.Subject != "" }

// SharedSubject reports whether the events of several checks change one subject, so that these cannot run at a time.
func (c *Contract) SharedSubject() bool {
	return c.Effects.PerSubject() && !slices.Contains(c.Fresh, c.Effects.HTTP.Subject)
}
