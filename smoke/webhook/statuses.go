package webhook

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// Statuses is a range of HTTP statuses, both ends included.
type Statuses struct{ From, To int }

var (
	statusClass = regexp.MustCompile(`^([2-5])xx$`)
	statusRange = regexp.MustCompile(`^([2-5][0-9]{2})(?:-([2-5][0-9]{2}))?$`)
)

// UnmarshalYAML reads a status (204), a class (2xx) or a range (200-204). It accepts a range whose ends are swapped.
func (s *Statuses) UnmarshalYAML(unmarshal func(any) error) error {
	var text string
	if err := unmarshal(&text); err != nil {
		return err
	}
	if class := statusClass.FindStringSubmatch(text); class != nil {
		s.From = 100 * int(class[1][0]-'0')
		s.To = s.From + 99
		return nil
	}
	if ends := statusRange.FindStringSubmatch(text); ends != nil {
		s.From, _ = strconv.Atoi(ends[1]) // the pattern has digits alone
		s.To = s.From
		if len(ends[2]) > 0 {
			s.To, _ = strconv.Atoi(ends[2])
		}
		return nil
	}
	return fmt.Errorf("%q: must be a status such as 204, a class such as 2xx, or a range such as 200-204", text)
}

// String writes the range as webhook.yaml does.
func (s Statuses) String() string {
	switch {
	case s.From%100 == 0 && s.To == s.From+99:
		return fmt.Sprintf("%dxx", s.From/100)
	case s.From == s.To:
		return strconv.Itoa(s.From)
	}
	return fmt.Sprintf("%d-%d", s.From, s.To)
}

// Delivers reports whether the sender counts an answer with this status as delivered.
func (p Policy) Delivers(status int) bool {
	if len(p.Delivered) == 0 {
		return status >= 200 && status <= 299
	}
	return slices.ContainsFunc(p.Delivered, func(s Statuses) bool { return s.From <= status && status <= s.To })
}
