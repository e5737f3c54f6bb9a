package contracts

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/broker"
)

// completed returns the broker with what the variables say, where its fields say nothing.
func (b Broker) completed(getenv func(string) string) (Broker, error) {
	pending, err := truth(getenv, broker.VariablePending)
	if err != nil {
		return b, err
	}
	publish, err := truth(getenv, broker.VariablePublish)
	if err != nil {
		return b, err
	}
	q := &b.Query
	if text := getenv(broker.VariableSelectors); text != "" && len(q.Selectors) == 0 {
		if q.Selectors, err = broker.ParseSelectors(text); err != nil {
			return b, fmt.Errorf("%s: %w", broker.VariableSelectors, err)
		}
	}
	if text := getenv(broker.VariableWIP); text != "" && q.WIPSince.IsZero() {
		if q.WIPSince, err = time.Parse(time.DateOnly, text); err != nil {
			return b, fmt.Errorf("%s is %q: want a day such as 2026-01-31", broker.VariableWIP, text)
		}
	}
	q.Pending = q.Pending || pending
	tags := list(getenv(broker.VariableProviderTags))
	q.ProviderBranch = cmp.Or(q.ProviderBranch, getenv(broker.VariableProviderBranch))
	if len(q.ProviderTags) == 0 {
		q.ProviderTags = tags
	}
	if b.Publish == nil && publish {
		b.Publish = &broker.Verification{
			ProviderVersion: getenv(broker.VariableProviderVersion), ProviderBranch: q.ProviderBranch,
			ProviderTags: q.ProviderTags, BuildURL: getenv(broker.VariableProviderBuild),
		}
	}
	if b.Publish != nil && b.Publish.ProviderVersion == "" {
		return b, fmt.Errorf("the results are to be published, and the provider's version is not known: "+
			"set %s, or run fridaygate verify --publish", broker.VariableProviderVersion)
	}
	return b, nil
}

// truth reads a variable that is true, false or not set.
func truth(getenv func(string) string, name string) (bool, error) {
	switch value := getenv(name); strings.ToLower(value) {
	case "true", "1":
		return true, nil
	case "", "false", "0":
		return false, nil
	default:
		return false, fmt.Errorf("%s is %q: want true or false", name, value)
	}
}

// list reads what commas separate.
func list(text string) (all []string) {
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}
