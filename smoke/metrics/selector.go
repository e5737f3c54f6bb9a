package metrics

import (
	"fmt"
	"regexp"
	"strings"
)

// Selector chooses the samples of one metric by their labels. It is written as PromQL writes an instant vector selector:
// webhook_deliveries_total{outcome="replayed"}, with =, !=, =~ and !~ (https://prometheus.io/docs/prometheus/latest/querying/basics/).
type Selector struct {
	Metric string
	text   string
	must   []matcher
}

// matcher is what one label must be. A label that a sample lacks has the value "".
type matcher struct {
	label, value string
	not          bool
	pattern      *regexp.Regexp // of the whole value; nil: it is value
}

// NewSelector reads a selector.
func NewSelector(text string) (Selector, error) {
	l := lexer{text}
	name, labels, err := l.series("=~", "!~", "!=", "=")
	if err == nil && strings.TrimSpace(l.rest) != "" {
		err = fmt.Errorf("nothing may follow the labels, and there is %q", clip(l.rest))
	}
	s := Selector{Metric: name, text: text}
	for _, one := range labels {
		m := matcher{label: one.name, value: one.value, not: strings.HasPrefix(one.op, "!")}
		if err == nil && strings.HasSuffix(one.op, "~") {
			m.pattern, err = regexp.Compile("^(?s:" + one.value + ")$")
		}
		s.must = append(s.must, m)
	}
	if err != nil {
		return Selector{}, fmt.Errorf("%q: %w: write it as PromQL does, such as webhook_deliveries_total{outcome=\"replayed\"}", text, err)
	}
	return s, nil
}

func (s Selector) String() string { return s.text }

// matches reports whether a sample is chosen.
func (s Selector) matches(one Sample) bool {
	if one.Metric != s.Metric {
		return false
	}
	for _, m := range s.must {
		value := one.Labels[m.label]
		holds := value == m.value
		if m.pattern != nil {
			holds = m.pattern.MatchString(value)
		}
		if holds == m.not {
			return false
		}
	}
	return true
}
