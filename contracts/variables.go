package contracts

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/broker"
)

// Variables that a verification of a broker's pacts reads. A field of Broker that is set overrides its variable. Pact's
// own tools have the first two, and flags of these names for the others.
const (
	VariablePactURL = "PACT_URL"                                 // the one pact to verify, as the broker's webhook names it
	VariablePublish = "PACT_BROKER_PUBLISH_VERIFICATION_RESULTS" // true: publish the results
	VariableVersion = "PACT_PROVIDER_VERSION"                    // the version that is verified; needed to publish
	VariableBranch  = "PACT_PROVIDER_BRANCH"                     // its branch; it also decides what is pending
	VariableTags    = "PACT_PROVIDER_TAGS"                       // its tags, separated by commas
	VariableBuild   = "PACT_PROVIDER_BUILD_URL"                  // the build's page
	VariablePending = "PACT_ENABLE_PENDING"                      // true: pacts that were never kept must not fail the build
	VariableWIP     = "PACT_INCLUDE_WIP_PACTS_SINCE"             // a day, as 2026-01-31; needs VariablePending and a branch or tags
)

// completed returns the broker with what the variables say, where its fields say nothing.
func (b Broker) completed(getenv func(string) string) (Broker, error) {
	pending, err := truth(getenv, VariablePending)
	if err != nil {
		return b, err
	}
	publish, err := truth(getenv, VariablePublish)
	if err != nil {
		return b, err
	}
	q := &b.Query
	if text := getenv(broker.VariableSelectors); text != "" && len(q.Selectors) == 0 {
		if q.Selectors, err = broker.ParseSelectors(text); err != nil {
			return b, fmt.Errorf("%s: %w", broker.VariableSelectors, err)
		}
	}
	if text := getenv(VariableWIP); text != "" && q.WIPSince.IsZero() {
		if q.WIPSince, err = time.Parse(time.DateOnly, text); err != nil {
			return b, fmt.Errorf("%s is %q: want a day such as 2026-01-31", VariableWIP, text)
		}
	}
	q.Pending = q.Pending || pending
	tags := list(getenv(VariableTags))
	q.ProviderBranch = cmp.Or(q.ProviderBranch, getenv(VariableBranch))
	if len(q.ProviderTags) == 0 {
		q.ProviderTags = tags
	}
	if b.Publish == nil && publish {
		b.Publish = &broker.Verification{
			ProviderVersion: getenv(VariableVersion), ProviderBranch: q.ProviderBranch,
			ProviderTags: q.ProviderTags, BuildURL: getenv(VariableBuild),
		}
	}
	if b.Publish != nil && b.Publish.ProviderVersion == "" {
		return b, fmt.Errorf("the results are to be published, and the provider's version is not known: "+
			"set %s, or run fridaygate verify --publish", VariableVersion)
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
